"""What the rules leave of answers, and of what upstreams ask."""

import json

import pytest

from firedoor.core.amend import Terms, amended, asks_rightly
from firedoor.model.ids import call_id
from firedoor.model.message import TASKS_EXTENSION, MessageKind
from firedoor.model.policy import Policy, Rule
from firedoor.model.verdict import NO_OBLIGATIONS, Effect, Obligations
from tests.helpers.nouns import ALLOW_ALL, DENY_ALL, HIDE_ALL, SESSION, facts, message, result, upstream

LIST = message("tools/list", "")
TOOLS = result(7, tools=[{"name": "read"}, {"name": "drop"}])
NO_DROPS = Policy(
    version="x",
    rules=(Rule(id="all", effect=Effect.ALLOW), Rule(id="no", effect=Effect.DENY, tools=("drop",))),
)


def terms(policy: Policy = ALLOW_ALL, about=LIST, duty=NO_OBLIGATIONS, **to) -> Terms:
    return Terms(
        policy=policy, facts=facts(about, upstream(**to)), call=call_id(SESSION, 3), obligations=duty
    )


def names(payload: bytes) -> list[str]:
    return [tool["name"] for tool in json.loads(payload)["result"]["tools"]]


def test_a_list_shows_what_may_be_called_and_nothing_else() -> None:
    assert amended(terms(ALLOW_ALL), TOOLS) is TOOLS
    assert names(amended(terms(NO_DROPS), TOOLS)) == ["read"]
    assert names(amended(terms(HIDE_ALL), TOOLS)) == []
    assert names(amended(terms(DENY_ALL), TOOLS)) == ["read", "drop"]


def test_a_list_on_a_stream_that_is_resumed_is_filtered_too() -> None:
    listening = message("", "", kind=MessageKind.LISTEN)
    assert names(amended(terms(NO_DROPS, listening), TOOLS)) == ["read"]


def test_a_list_that_rules_show_to_some_alone_is_kept_for_nobody_else() -> None:
    listed = result(7, tools=[{"name": "read"}], cacheScope="public")
    closed_to_eve = Rule(id="no", effect=Effect.DENY, principals=("eve",))
    for_some = Policy(version="x", rules=(*ALLOW_ALL.rules, closed_to_eve))
    assert amended(terms(ALLOW_ALL), listed) is listed
    shown = json.loads(amended(terms(for_some), listed))["result"]
    assert (shown["tools"], shown["cacheScope"]) == ([{"name": "read"}], "private")


def test_a_client_learns_of_tasks_where_its_calls_may_have_to_wait() -> None:
    waiting = Policy(version="x", rules=(Rule(id="ask", effect=Effect.HOLD, upstreams=("disk",)),))
    discovery, told = message("server/discover", ""), result(7, capabilities={"tools": {}})
    found = json.loads(amended(terms(waiting, discovery), told))["result"]["capabilities"]
    assert found == {"tools": {}, "extensions": {TASKS_EXTENSION: {}}}
    assert amended(terms(ALLOW_ALL, discovery), told) is told
    assert amended(terms(waiting, discovery, is_observed=True), told) is told
    assert amended(terms(waiting, message()), told) is told


def test_an_upstream_that_is_observed_shows_everything() -> None:
    assert amended(terms(HIDE_ALL, is_observed=True), TOOLS) is TOOLS


def test_an_answer_that_cannot_be_trimmed_is_withheld_and_says_that_it_was_executed() -> None:
    told = json.loads(
        amended(terms(about=message(), duty=Obligations(rows=1)), result(7, content=[{"type": "image"}]))
    )
    text = told["result"]["content"][0]["text"]
    assert told["result"]["isError"] is True
    assert "was executed" in text
    assert f"{SESSION}.3" in text


@pytest.mark.parametrize(
    ("settings", "policy", "method", "may"),
    [
        ({}, ALLOW_ALL, "elicitation/create", True),
        ({}, ALLOW_ALL, "sampling/createMessage", False),
        ({"may_sample": True}, ALLOW_ALL, "sampling/createMessage", True),
        ({"may_sample": True}, HIDE_ALL, "sampling/createMessage", True),
        (
            {"may_sample": True},
            Policy(version="x", rules=(Rule(id="no", effect=Effect.DENY, methods=("sampling/*",)),)),
            "sampling/createMessage",
            False,
        ),
        ({}, DENY_ALL, "ping", True),
        ({}, DENY_ALL, "elicitation/create", False),
    ],
)
def test_an_upstream_asks_what_settings_open_and_no_rule_closes(settings, policy, method, may) -> None:
    asked = json.dumps({"id": 1, "method": method, "params": {"message": "hello"}}).encode()
    assert asks_rightly(terms(policy, message(), **settings), method, asked) is may
    rounds = result(7, resultType="input_required", inputRequests={"q": {"method": method, "params": {}}})
    told = json.loads(amended(terms(policy, message(), **settings), rounds))
    assert ("error" not in told) is may


def test_a_rule_looks_at_what_the_upstream_asks() -> None:
    nosy = Policy(
        version="x",
        rules=(
            Rule(
                id="no-passwords",
                effect=Effect.DENY,
                methods=("elicitation/create",),
                when="texts.exists(t, t.matches('(?i)password'))",
            ),
        ),
    )
    for word, may in (("your password, please", False), ("which colour", True)):
        asked = json.dumps({"id": 1, "method": "elicitation/create", "params": {"message": word}}).encode()
        assert asks_rightly(terms(nosy, message()), "elicitation/create", asked) is may


@pytest.mark.parametrize("payload", [b'{"a":1,"a":2}', b"nonsense", b"[]"])
def test_what_cannot_be_read_strictly_has_no_params(payload: bytes) -> None:
    looking = Policy(
        version="x",
        rules=(Rule(id="r", effect=Effect.DENY, methods=("elicitation/create",), when="args.message != ''"),),
    )
    assert not asks_rightly(terms(looking, message()), "elicitation/create", payload)


def test_an_error_that_speaks_of_input_is_an_error_and_odd_results_do_not_pass() -> None:
    told = b'{"id":7,"error":{"code":1,"message":"no \\"inputRequests\\"","data":{"inputRequests":1}}}'
    assert amended(terms(about=message()), told) is told
    odd = b'{"jsonrpc":"2.0","id":7,"result":[{"inputRequests":{}}]}'
    assert b"error" in amended(terms(about=message()), odd)


def test_templates_of_resources_are_listed_where_a_uri_of_theirs_may_be_read() -> None:
    listed = result(
        7, resourceTemplates=[{"uriTemplate": "file:///etc/{x}"}, {"uriTemplate": "file:///{+x}"}]
    )
    asked = message("resources/templates/list", "")
    no_etc = Policy(
        version="x",
        rules=(
            Rule(id="all", effect=Effect.ALLOW),
            Rule(id="no", effect=Effect.DENY, resources=("file:///etc/*",)),
        ),
    )

    def shown(policy: Policy, **to) -> list[str]:
        kept = json.loads(amended(terms(policy, asked, **to), listed))["result"]["resourceTemplates"]
        return [each["uriTemplate"] for each in kept]

    assert shown(no_etc) == ["file:///{+x}"]
    assert shown(HIDE_ALL) == []
    assert len(shown(HIDE_ALL, is_observed=True)) == 2
    assert len(shown(ALLOW_ALL)) == 2
