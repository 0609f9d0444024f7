"""The same request, sent straight and through the gateway, is answered with the same messages.

Trees are compared whole, with numbers as they were written and unknown members included. What may differ
is in `ALLOWED`; everything else is a failure.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.conformance.talk import ERAS, LEGACY, MODERN, Exchange, Talk, Tree, encode, tree
from tests.helpers.gateway import Gateway
from tests.helpers.upstreams import Way
from tests.reference.wire import exact

pytestmark = [pytest.mark.timeout(180), pytest.mark.promise("PATH-4")]

WAYS = ["rawproxy", "http", "stdio"]

# Members whose value is new in every answer of the upstream itself, and so cannot be equal.
ALLOWED = {"requestState": "sealed anew by the upstream for every answer"}
# The id of a request that the upstream makes: a number that its session has counted so far.
_COUNTED = "counted by the upstream"

# Requests that the gateway answers itself, whatever the upstream would say, because it forwards only what it
# understands. Its words are its own; the code is the same.
# A request state is taken from the session that it was given to: this one was given to nobody.
REFUSED_BY_THE_GATEWAY = {"no tool named", "method that is not there", "state that was tampered with"}
# Over stdio the gateway is the HTTP server, and headers are its own to check.
REFUSED_OVER_STDIO = {"mirrored argument that differs"}

_ODD_ARGUMENTS = {
    "beyond": exact("9007199254740993"),
    "one": exact("1.0"),
    "minus": exact("-0.0"),
    "exponent": exact("1E+2"),
    "null": None,
    "empty": [{}, [], ""],
    "text": '\U0001f525\u2028\x00"\\/é',
    "": {"\u043a\u043b\u044e\u0447": [True, False]},
    "deep": {"a": {"b": {"c": {"d": [[[[[1]]]]]}}}},
}
_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def call(tool: str, **arguments: Any) -> dict[str, Any]:
    return {"name": tool, "arguments": arguments}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One request, and what this client answers if it is asked back."""

    method: str
    params: dict[str, Any] = field(default_factory=dict)
    id: Any = 1
    eras: tuple[str, ...] = ERAS
    headers: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)


_SAMPLED = {"role": "assistant", "content": {"type": "text", "text": "\U0001f916"}, "model": "m", "odd": None}
_ROUND = {"user_name": {"action": "accept", "content": {"name": "Ada"}}}
_IDS = {"text": "a", "empty text": "", "emoji": "\U0001f525", "zero": 0, "negative": -1, "2^53-1": 2**53 - 1}

CASES: dict[str, Case] = {
    "tools, first page": Case(method="tools/list"),
    "tools, second page": Case(method="tools/list", params={"cursor": "page-2"}),
    "resources, first page": Case(method="resources/list"),
    "resources, second page": Case(method="resources/list", params={"cursor": "page-2"}),
    "resource templates": Case(method="resources/templates/list"),
    "prompts": Case(method="prompts/list"),
    "read text": Case(method="resources/read", params={"uri": "test://static-text"}),
    "read bytes": Case(method="resources/read", params={"uri": "test://static-binary"}),
    "read a template": Case(method="resources/read", params={"uri": "test://template/a%20b/data"}),
    "read nothing": Case(method="resources/read", params={"uri": "test://nothing"}),
    "prompt": Case(method="prompts/get", params={"name": "test_simple_prompt"}),
    "prompt with arguments": Case(
        method="prompts/get",
        params={"name": "test_prompt_with_arguments", "arguments": {"arg1": "\U0001f525", "arg2": ""}},
    ),
    "prompt with an image": Case(method="prompts/get", params={"name": "test_prompt_with_image"}),
    "prompt that is not there": Case(method="prompts/get", params={"name": "nothing"}),
    "completion": Case(
        method="completion/complete",
        params={
            "ref": {"type": "ref/prompt", "name": "test_prompt_with_arguments"},
            "argument": {"name": "arg1", "value": "par"},
        },
    ),
    "structured content": Case(method="tools/call", params=call("add", a=1.5, b=2)),
    "numbers": Case(method="tools/call", params=call("numbers")),
    "unicode": Case(method="tools/call", params=call("unicode")),
    "nulls": Case(method="tools/call", params=call("nulls")),
    "unknown members": Case(method="tools/call", params=call("open_result")),
    "error with data": Case(method="tools/call", params=call("fail", code=7001)),
    "error in the reserved range": Case(method="tools/call", params=call("fail", code=-32050)),
    "a failed tool": Case(method="tools/call", params=call("test_error_handling")),
    "a tool that is not there": Case(method="tools/call", params=call("nothing")),
    "no tool named": Case(method="tools/call", eras=(LEGACY,)),
    "image": Case(method="tools/call", params=call("test_image_content")),
    "audio": Case(method="tools/call", params=call("test_audio_content")),
    "mixed content": Case(method="tools/call", params=call("test_multiple_content_types")),
    "two megabytes": Case(method="tools/call", params=call("big", bytes=2 << 20)),
    "progress, number": Case(
        method="tools/call", params={**call("count", steps=4), "_meta": {"progressToken": 7}}
    ),
    "progress, text": Case(
        method="tools/call", params={**call("count", steps=2), "_meta": {"progressToken": "\U0001f525"}}
    ),
    "no progress asked for": Case(method="tools/call", params=call("count", steps=2)),
    "log lines": Case(method="tools/call", params=call("test_tool_with_logging")),
    "log lines asked for": Case(
        method="tools/call",
        params={
            **call("test_tool_with_logging"),
            "_meta": {"io.modelcontextprotocol/logLevel": "debug"},
        },
        eras=(MODERN,),
    ),
    "mirrored argument": Case(
        method="tools/call",
        params=call("test_x_mcp_header", region="eu"),
        headers={"Mcp-Param-Region": "eu"},
    ),
    "mirrored argument that differs": Case(
        method="tools/call",
        params=call("test_x_mcp_header", region="eu"),
        headers={"Mcp-Param-Region": "us"},
        eras=(MODERN,),
    ),
    "missing capability": Case(method="tools/call", params=call("test_missing_capability")),
    "method that is not there": Case(method="example.org/nothing", params={"a": exact("1.0")}),
    "ping": Case(method="ping", eras=(LEGACY,)),
    "log level": Case(method="logging/setLevel", params={"level": "info"}, eras=(LEGACY,)),
    "subscribe": Case(
        method="resources/subscribe", params={"uri": "test://watched-resource"}, eras=(LEGACY,)
    ),
    "unsubscribe": Case(
        method="resources/unsubscribe", params={"uri": "test://watched-resource"}, eras=(LEGACY,)
    ),
    "sampling": Case(
        method="tools/call",
        params=call("test_sampling", prompt="\U0001f525?"),
        eras=(LEGACY,),
        answers={"sampling/createMessage": _SAMPLED},
    ),
    "elicitation": Case(
        method="tools/call",
        params=call("test_elicitation", message="who?"),
        eras=(LEGACY,),
        answers={"elicitation/create": {"action": "accept", "content": {"response": "me"}}},
    ),
    "every enumeration": Case(
        method="tools/call",
        params=call("test_elicitation_sep1330_enums"),
        eras=(LEGACY,),
        answers={"elicitation/create": {"action": "decline"}},
    ),
    "roots": Case(
        method="tools/call",
        params=call("ask_roots"),
        eras=(LEGACY,),
        answers={"roots/list": {"roots": [{"uri": "file:///a", "name": "a"}, {"uri": "file:///b"}]}},
    ),
    "input required": Case(
        method="tools/call", params=call("test_input_required_result_multiple_inputs"), eras=(MODERN,)
    ),
    "input given": Case(
        method="tools/call",
        params={**call("test_input_required_result_elicitation"), "inputResponses": _ROUND},
        eras=(MODERN,),
    ),
    "input required by a prompt": Case(
        method="prompts/get", params={"name": "test_input_required_result_prompt"}, eras=(MODERN,)
    ),
    "state that was tampered with": Case(
        method="tools/call",
        params={
            **call("test_input_required_result_tampered_state"),
            "requestState": "not-what-was-given",
            "inputResponses": {"confirm": {"action": "accept", "content": {"ok": True}}},
        },
        eras=(MODERN,),
    ),
    **{f"id: {name}": Case(method="tools/list", id=value) for name, value in _IDS.items()},
}

NAMED = [(name, era) for name, case in CASES.items() for era in case.eras]


def settled(message: Tree) -> Tree:
    """The message without the values that are allowed to differ."""
    if isinstance(message, dict):
        if "method" in message and "id" in message:
            message = {**message, "id": _COUNTED}
        return {name: ALLOWED.get(name) or settled(value) for name, value in message.items()}
    return [settled(item) for item in message] if isinstance(message, list) else message


def compare(one: Exchange, other: Exchange, way: Way) -> None:
    assert [settled(message) for message in other.messages] == [settled(message) for message in one.messages]
    # An upstream over stdio has neither a status nor a kind of body: those are the gateway's own.
    if way.name != "gateway-stdio":
        assert (other.status, other.kind) == (one.status, one.kind)


Talks = Callable[[Way, str], Talk]


@pytest.fixture(scope="session")
def talks() -> Talks:
    """An open conversation for each way and era, shared by the tests."""
    opened: dict[tuple[str, str], Talk] = {}

    def talk(way: Way, era: str) -> Talk:
        if (way.name, era) not in opened:
            opened[way.name, era] = begun = Talk(way=way, era=era)
            begun.open()
        return opened[way.name, era]

    return talk


@pytest.mark.parametrize("through", WAYS, indirect=True)
@pytest.mark.parametrize(("name", "era"), NAMED)
def test_an_answer_is_the_same(direct: Way, through: Way, talks: Talks, name: str, era: str) -> None:
    case = CASES[name]
    found = []
    for way in (direct, through):
        talk = talks(way, era)
        talk.answers = case.answers
        if "cursor" in (case.params or {}):
            talk.ask(case.method, {}, id="first-page")  # a page is of whom it was given to
        found.append(talk.ask(case.method, case.params, id=case.id, **case.headers))
    is_refused = name in REFUSED_BY_THE_GATEWAY and through.name != "rawproxy"
    if is_refused or (name in REFUSED_OVER_STDIO and through.name == "gateway-stdio"):
        assert [m["error"]["code"] for m in found[0].messages] == [
            m["error"]["code"] for m in found[1].messages
        ]
        return
    compare(found[0], found[1], through)
    assert found[0].messages


@pytest.mark.parametrize("through", WAYS, indirect=True)
@pytest.mark.parametrize("era", ERAS)
def test_the_beginning_is_the_same(direct: Way, through: Way, era: str) -> None:
    compare(Talk(way=direct, era=era).open(), Talk(way=through, era=era).open(), through)


@pytest.mark.parametrize("through", WAYS, indirect=True)
@pytest.mark.parametrize("era", ERAS)
def test_the_request_that_arrives_is_the_request_that_was_sent(through: Way, talks: Talks, era: str) -> None:
    """Not only the answers: unknown members, odd numbers and keys of the request reach the upstream."""
    talk = talks(through, era)
    params = {
        **call("echo_message", **_ODD_ARGUMENTS),
        "unknownMember": {"kept": exact("1.10")},
        "_meta": {"example.org/unknown": [None], "traceparent": _TRACE},
    }
    answer = talk.ask("tools/call", params, id="echo").messages[-1]
    assert "error" not in answer, answer
    arrived = tree(answer["result"]["content"][0]["text"])
    sent, _ = talk.request("tools/call", params, "echo")
    expected = tree(encode(sent))
    # Ids are each hop's own: the upstream's answer came back under ours, as the case above shows.
    assert {**arrived, "id": "echo"} == expected


@pytest.mark.promise("PATH-6")
def test_the_token_and_the_session_of_the_client_do_not_arrive(gateway: Gateway, talks: Talks) -> None:
    talk = talks(gateway.way("http"), LEGACY)
    answer = talk.ask("tools/call", call("echo_headers")).messages[-1]
    arrived = answer["result"]["content"][0]["text"]
    assert "authorization" not in arrived
    assert gateway.token not in arrived
    assert talk.session is not None
    assert talk.session not in arrived


@pytest.mark.parametrize("through", WAYS, indirect=True)
def test_what_a_session_is_told_unasked_is_the_same(direct: Way, through: Way) -> None:
    told = []
    for way in (direct, through):
        talk = Talk(way=way, era=LEGACY)
        talk.open()
        talk.ask("resources/subscribe", {"uri": "test://watched-resource"})
        with talk.listen() as messages:
            talk.ask("tools/call", call("test_trigger_tool_change"))
            talk.ask("tools/call", call("test_trigger_prompt_change"))
            told.append([next(messages), next(messages)])
        assert talk.close() in {200, 204}
    assert told[0] == told[1]


@pytest.mark.parametrize("through", WAYS, indirect=True)
def test_a_subscription_is_told_the_same(direct: Way, through: Way, talks: Talks) -> None:
    watched = ["test://watched-resource"]
    wanted = {"notifications": {"toolsListChanged": True, "resourceSubscriptions": watched}}
    told = []
    for way in (direct, through):
        talk = talks(way, MODERN)
        with talk.stream("subscriptions/listen", wanted, id="listen") as messages:
            acknowledged = next(messages)
            talk.ask("tools/call", call("touch", uri="test://watched-resource"), id="touch")
            talk.ask("tools/call", call("test_trigger_prompt_change"), id="not wanted")
            talk.ask("tools/call", call("test_trigger_tool_change"), id="change")
            told.append([acknowledged, next(messages), next(messages)])
    assert told[0] == told[1]


@pytest.mark.promise("PATH-5")
@pytest.mark.parametrize("through", WAYS, indirect=True)
@pytest.mark.parametrize("era", ERAS)
def test_a_cancelled_call_is_cancelled_upstream(through: Way, talks: Talks, era: str) -> None:
    key = f"{through.name} {era}"
    talk = talks(through, era)
    params = {**call("wait", key=key), "_meta": {"progressToken": "t"}}
    with talk.stream("tools/call", params, id="waiting") as messages:
        assert next(messages)["method"] == "notifications/progress"
        if era == LEGACY:
            cancel = {"requestId": "waiting", "reason": "enough"}
            talk.post({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancel})
    answer = talk.ask("tools/call", call("was_cancelled", key=key)).messages[-1]
    assert answer["result"]["content"][0]["text"] == "yes"


def test_every_member_that_may_differ_has_a_reason() -> None:
    assert all(ALLOWED.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"n":1.0}', '{"n":1}'),
        ('{"n":1e400}', '{"n":1e401}'),
        ('{"a":null}', "{}"),
        ('{"a":1}', '{"a":"1"}'),
    ],
)
def test_trees_that_a_double_would_confuse_are_different(one: str, other: str) -> None:
    assert tree(one) != tree(other)
