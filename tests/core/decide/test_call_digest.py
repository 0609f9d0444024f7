"""What makes two calls one call for an approval."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.decide.call_digest import call_digest, canonical_params
from firedoor.core.decide.locks import whom_of
from tests.helpers.nouns import grant, message

WHOM = whom_of(grant(), "10.0.0.7", "disk", tool="add")
CALL = message()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def body(params: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()


def shuffled(value: object) -> object:
    if isinstance(value, dict):
        return {name: shuffled(value[name]) for name in reversed(value)}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@given(JSON)
def test_the_order_of_members_does_not_count_at_any_depth(value: object) -> None:
    assert canonical_params(body({"a": value})) == canonical_params(body(shuffled({"a": value})))


@given(JSON, JSON)
def test_what_differs_in_value_differs_in_text(one: object, other: object) -> None:
    is_same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (canonical_params(body([one])) == canonical_params(body([other]))) is is_same


@pytest.mark.promise("APR-1")
@pytest.mark.parametrize(
    "change",
    [
        {"whom": replace(WHOM, principal="kim")},
        {"whom": replace(WHOM, agents=("other",))},
        {"whom": replace(WHOM, agents=())},
        {"whom": replace(WHOM, grant="g_2")},
        {"whom": replace(WHOM, upstream="wiki")},
        {"message": replace(CALL, name="drop")},
        {"message": replace(CALL, method="prompts/get")},
        {"message": replace(CALL, body=body({"name": "add", "arguments": {"a": 2}}))},
        {"definition": "1" * 64},
        {"policy_version": "sha256:2"},
    ],
    ids=["principal", "agent", "no agent", "grant", "upstream", "tool", "method", "arguments", "definition",
         "policy"],
)  # fmt: skip
def test_whatever_an_approval_covers_makes_another_call(change: dict) -> None:
    usual = {"message": CALL, "whom": WHOM, "definition": "", "policy_version": "sha256:1"}
    assert call_digest(**{**usual, **change}) != call_digest(**usual)


@pytest.mark.parametrize(
    "value", [{"run": "rm"}, ["rm"], True, "x" * 8_193], ids=["object", "list", "bool", "long"]
)
def test_what_is_no_trace_counts_wherever_it_stands(value: object) -> None:
    given = {"name": "add", "arguments": {"a": 1}}
    plain = call_digest(replace(CALL, body=body(given)), WHOM, "", "v")
    for name in ("baggage", "traceparent", "progressToken"):
        told = replace(CALL, body=body({**given, "_meta": {name: value}}))
        assert call_digest(told, WHOM, "", "v") != plain
        short = replace(CALL, body=body({**given, "_meta": {name: "a=1"}}))
        assert call_digest(short, WHOM, "", "v") == plain


def test_where_a_client_sits_and_in_which_session_does_not_count() -> None:
    here = call_digest(CALL, WHOM, "", "v")
    assert call_digest(CALL, replace(WHOM, peer="10.0.0.8", session="s", token="t"), "", "v") == here


def test_no_two_lists_of_parts_are_one_text() -> None:
    one = call_digest(replace(CALL, method="ab", name="c"), WHOM, "", "v")
    assert call_digest(replace(CALL, method="a", name="bc"), WHOM, "", "v") != one
    agents = replace(WHOM, principal="a", agents=("b",)), replace(WHOM, principal="a", agents=("b", ""))
    assert call_digest(CALL, agents[0], "", "v") != call_digest(CALL, agents[1], "", "v")


def test_a_message_without_parameters_has_a_text_too() -> None:
    assert canonical_params(b'{"jsonrpc":"2.0","id":1,"method":"x"}') == "null"
    assert canonical_params(b"[1.50]") == "[1.50]"
