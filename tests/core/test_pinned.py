"""The path asks how a definition stands when the rules have allowed, and hides what nobody has accepted."""

import json

import pytest

from firedoor.core.amend import Terms
from firedoor.core.commands import Append
from firedoor.core.mask.messages.message import Seen
from firedoor.core.pinned import RULE, CheckListed, FindDefinition, ListChanged, accepted, pinned
from firedoor.model.definition import DefinitionKind, DefinitionState, PinMode, Standing
from firedoor.model.ids import CallId
from firedoor.model.message import MessageKind
from firedoor.model.verdict import Effect, Verdict
from tests.helpers.nouns import ALLOW_ALL, facts, message, session, upstream
from tests.helpers.playbook import Playbook

ALLOWED = Verdict(effect=Effect.ALLOW, rules=("all",), reasons=("Fine.",))
LIST = b'{"jsonrpc":"2.0","id":7,"result":{"tools":[{"name":"a"},{"name":"b"}]}}'
HASH = "ab" * 32


def decided(standing: Standing | None, method: str = "tools/call", verdict: Verdict = ALLOWED, **changes):
    """What comes out, where the store says this; None: it must not be asked."""
    about = facts(message=message(method), upstream=upstream(**changes))
    path = pinned(session(), "2025-11-25", about, verdict)
    try:
        asked = path.send(None)
        assert standing is not None, f"asked {asked!r}"
        assert asked == FindDefinition(session(), about.message, "2025-11-25")
        path.send(standing)
    except StopIteration as end:
        return end.value
    raise AssertionError("it asks twice")


@pytest.mark.parametrize("method", ["tools/call", "prompts/get"])
def test_what_is_accepted_goes_on_and_the_facts_name_its_definition(method: str) -> None:
    about, verdict = decided(Standing(hash=HASH, state=DefinitionState.ACCEPTED), method)
    assert verdict is ALLOWED
    assert about.definition == HASH


@pytest.mark.parametrize(
    ("standing", "says"),
    [
        (Standing(hash=HASH, state=DefinitionState.CHANGED), "The definition of this tool has changed"),
        (Standing(hash=HASH, state=DefinitionState.NEW), "Nobody has accepted the definition of this tool"),
        (Standing(why="its upstream slept"), "could not be checked: its upstream slept"),
    ],
)
@pytest.mark.parametrize("effect", [Effect.ALLOW, Effect.HOLD])
def test_what_nobody_accepted_is_denied_and_names_the_guard(
    standing: Standing, says: str, effect: Effect
) -> None:
    about, verdict = decided(standing, verdict=Verdict(effect=effect, rules=("all",), is_hidden=True))
    assert (verdict.effect, verdict.rules, verdict.is_hidden) == (Effect.DENY, ("all", RULE), False)
    assert verdict.decisive == (RULE,)
    assert says in verdict.reasons[0]
    assert about.definition == standing.hash


def test_what_is_not_listed_is_denied_only_where_each_must_be_accepted() -> None:
    unlisted = Standing(state=DefinitionState.UNLISTED)
    assert decided(unlisted)[1] is ALLOWED
    _, verdict = decided(unlisted, pin=PinMode.REQUIRE)
    assert verdict.effect is Effect.DENY
    assert "does not list this tool" in verdict.reasons[0]


@pytest.mark.parametrize("method", ["tools/list", "initialize", "resources/read", "completion/complete"])
def test_what_acts_on_no_definition_is_not_asked_about(method: str) -> None:
    assert decided(None, method)[1] is ALLOWED


def test_what_the_rules_deny_is_not_asked_about() -> None:
    """The question may send something upstream, and a denied call sends nothing."""
    no = Verdict(effect=Effect.DENY)
    assert decided(None, verdict=no)[1] is no


def told(method: str, payload: bytes = LIST, view: bytes = b"", **changes) -> tuple[Playbook, list[Seen]]:
    """The path of one message of an upstream, and where what is seen of it will be."""
    found: list[Seen] = []
    withheld = changes.pop("withheld", "")
    about = message(method, kind=changes.pop("kind", MessageKind.REQUEST))
    terms = Terms(
        policy=ALLOW_ALL,
        facts=facts(message=about, upstream=upstream(**changes)),
        call=CallId("call"),
    )

    def path():
        seen = Seen(view=view or payload, raw=payload, withheld=withheld)
        found.append((yield from accepted(terms, session(), "2025-11-25", seen)))

    return Playbook(path(), tells_pins=True), found


def checked(play: Playbook, kind: DefinitionKind, hidden: frozenset[int] = frozenset()) -> Playbook:
    asked = play.asks_a(CheckListed)
    assert (asked.kind, asked.session, asked.version) == (kind, session(), "2025-11-25")
    return play.told(hidden)


def test_a_list_loses_what_nobody_accepted_by_its_place() -> None:
    play, found = told("tools/list")
    checked(play, DefinitionKind.TOOL, frozenset({0})).ends()
    assert json.loads(found[0].view)["result"]["tools"] == [{"name": "b"}]
    assert found[0].raw == LIST


def test_a_list_in_which_all_is_accepted_keeps_its_bytes() -> None:
    play, found = told("tools/list")
    checked(play, DefinitionKind.TOOL).ends()
    assert found[0].view is LIST


def test_what_is_looked_at_is_what_the_upstream_said_and_not_what_the_mask_left() -> None:
    play, found = told("tools/list", view=LIST.replace(b'"a"', b'"***"'))
    assert play.asks_a(CheckListed).payload == LIST
    play.told(frozenset({1})).ends()
    assert json.loads(found[0].view)["result"]["tools"] == [{"name": "***"}]


@pytest.mark.parametrize("view", [b'{"result":{"tools":[]}}', b'{"error":{}}', b"nonsense"])
def test_a_list_of_which_nobody_can_tell_what_to_hide_is_withheld(view: bytes) -> None:
    play, found = told("tools/list", view=view)
    checked(play, DefinitionKind.TOOL, frozenset({1})).ends()
    assert json.loads(found[0].view)["error"]["code"] == 4403


@pytest.mark.parametrize(
    "payload",
    [
        b'{"id":7,"result":{"tools":[{"name":"evil"}],"tools":[{"name":"a"}]}}',
        b'{"id":7,"result":{"tools":[{"name":"evil"}]},"result":{"tools":[]}}',
        b'{"id":7,"result":{"Tools":[{"name":"evil"}],"tools":[]}}',
        b'{"id":7,"Result":{"tools":[{"name":"evil"}]},"result":{"tools":[]}}',
        b'{"id":7,"result":{"tools":[{"name":"a","inputSchema":{},"inputSchema":{"x":1}}]}}',
        b'{"id":7,"r\\u0065sult":{"tools":[]},"result":{"tools":[]}}',
        b'{"id":7,"result":{"tools":[],"Instructions":"x"}}',
        b'{"id":7,"result":{"tools":[' + b"[" * 200 + b"]" * 200 + b"]}}",
    ],
)
def test_a_list_that_clients_read_in_several_ways_is_withheld(payload: bytes) -> None:
    play, found = told("tools/list", payload)
    play.ends()
    error = json.loads(found[0].view)["error"]
    assert (error["code"], b"evil" in found[0].view) == (4403, False)
    assert found[0].raw == payload
    play, found = told("tools/list", payload, is_observed=True)
    play.ends()
    assert found[0].view == payload
    play, found = told("tools/list", payload, view=b"masked", withheld="it is broken")
    play.ends()
    assert found[0].view == b"masked"


def test_what_is_no_answer_is_not_taken_for_a_list() -> None:
    progress = b'{"method":"notifications/progress","params":{"a":1,"a":2}}'
    play, found = told("tools/list", progress)
    checked(play, DefinitionKind.TOOL).ends()
    assert found[0].view == progress


def test_a_message_that_is_withheld_anyhow_stays_so() -> None:
    play, found = told("tools/list", view=b"withheld", withheld="it is broken")
    checked(play, DefinitionKind.TOOL, frozenset({1})).ends()
    assert found[0].view == b"withheld"


def test_an_upstream_that_is_observed_is_looked_at_and_nothing_is_hidden() -> None:
    play, found = told("prompts/list", is_observed=True)
    checked(play, DefinitionKind.PROMPT, frozenset({0})).ends()
    assert found[0].view is LIST


@pytest.mark.parametrize("method", ["initialize", "server/discover"])
def test_instructions_are_looked_at_where_they_are_told(method: str) -> None:
    opening = b'{"id":7,"result":{"protocolVersion":"1","instructions":"x"}}'
    play, found = told(method, opening)
    checked(play, DefinitionKind.INSTRUCTIONS, frozenset({0})).ends()
    assert json.loads(found[0].view)["result"] == {"protocolVersion": "1"}


def test_a_stream_that_is_resumed_may_carry_any_of_them() -> None:
    play, _ = told("", kind=MessageKind.LISTEN)
    for kind in (DefinitionKind.TOOL, DefinitionKind.PROMPT, DefinitionKind.INSTRUCTIONS):
        checked(play, kind)
    play.ends()


@pytest.mark.parametrize(
    ("method", "kind"), [("tools", DefinitionKind.TOOL), ("prompts", DefinitionKind.PROMPT)]
)
def test_an_upstream_that_says_its_list_changed_is_believed(method: str, kind: DefinitionKind) -> None:
    play, found = told("tools/call", b'{"method":"notifications/%b/list_changed"}' % method.encode())
    play.asks(ListChanged("disk", kind)).told().ends()
    assert found


def test_other_lists_and_a_text_that_says_the_word_change_nothing() -> None:
    for payload in (b'{"method":"notifications/resources/list_changed"}', b'{"result":"list_changed"}'):
        play, found = told("tools/call", payload)
        play.ends()
        assert found[0].view is payload


def test_no_entry_is_written_here() -> None:
    play, _ = told("tools/list")
    assert not isinstance(play.asks_a(CheckListed), Append)
