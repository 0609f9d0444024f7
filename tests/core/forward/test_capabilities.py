"""Closed capabilities are taken out of what the upstream is told; every other byte stays."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.forward.capabilities import with_tasks, without_capabilities
from firedoor.model.era import Era
from firedoor.model.message import Message, MessageKind
from tests.helpers.nouns import MODERN, message

CLOSED = frozenset({"sampling", "roots"})
KEY = "io.modelcontextprotocol/clientCapabilities"
# Written oddly on purpose: these bytes must survive.
ODD = ['{"a" : 1.50}', "{ }", '{"x":"\\u00e9\\/"}', "[1,  2e0]", '"\\ud83d\\ude00"', "1E5", "-0", "null"]


def opening(capabilities: str, more: str = '"x":0') -> Message:
    body = (
        f'{{"jsonrpc":"2.0","id":0,"method":"initialize","params":{{{more},"capabilities":{capabilities}}}}}'
    ).encode()
    return message("initialize", "", body=body, params=json.loads(body)["params"])


def stateless(capabilities: str, **changes) -> Message:
    meta = f'{{"a":[ ],"{KEY}":{capabilities}}}'
    body = f'{{"jsonrpc":"2.0","id":0,"method":"tools/list","params":{{"_meta":{meta}}}}}'
    given_ = {
        "era": Era.MODERN,
        "revision": MODERN,
        "body": body.encode(),
        "params": json.loads(body)["params"],
    }
    return message("tools/list", "", **{**given_, **changes})


def object_of(parts: list[tuple[str, str]]) -> str:
    return "{" + ",".join(f'"{name}":{value}' for name, value in parts) + "}"


PARTS = st.lists(
    st.tuples(st.sampled_from(["sampling", "roots", "elicitation", "x", "Sampling"]), st.sampled_from(ODD)),
    unique_by=lambda part: part[0],
)


@given(PARTS, st.sampled_from([opening, stateless]), st.sampled_from(ODD))
def test_closed_ones_are_gone_and_every_other_byte_is_as_it_was(parts, written, odd) -> None:
    kept = [part for part in parts if part[0] not in CLOSED]
    more = {"more": f'"y":{odd}'} if written is opening else {}
    found = without_capabilities(written(object_of(parts), **more), CLOSED)
    assert found == written(object_of(kept), **more).body


def test_a_body_that_declares_none_of_them_is_the_same_object() -> None:
    for untouched in (opening('{"elicitation" : {}}'), stateless("{ }")):
        assert without_capabilities(untouched, CLOSED) is untouched.body
    declared = opening('{"sampling":{}}')
    assert without_capabilities(declared, frozenset()) is declared.body


@pytest.mark.parametrize(
    "untouched",
    [
        message("tools/call", params={"capabilities": {"sampling": {}}}),
        message("tools/list", "", era=Era.MODERN, params={"_meta": 5}),
        message("tools/list", "", era=Era.MODERN, params={}),
        message("initialize", "", params={"capabilities": None}),
        stateless('{"sampling":{}}', kind=MessageKind.NOTIFICATION),
    ],
)
def test_what_declares_nothing_to_an_upstream_is_left_alone(untouched: Message) -> None:
    assert without_capabilities(untouched, CLOSED) is untouched.body


def test_a_client_is_told_that_the_gateway_may_answer_with_a_task_and_every_other_byte_is_kept() -> None:
    for capabilities, told in (
        ('{"tools":{"n":1.0e1}}', '{"tools":{"n":1.0e1},"extensions":{"io.modelcontextprotocol/tasks":{}}}'),
        ('{"extensions":{"a":{}}}', '{"extensions":{"a":{},"io.modelcontextprotocol/tasks":{}}}'),
    ):
        body = f'{{"jsonrpc":"2.0","id":1,"result":{{"x":1.50,"capabilities":{capabilities}}}}}'
        assert with_tasks(body.encode()).decode() == body.replace(capabilities, told)


@pytest.mark.parametrize(
    "body",
    [
        b'{"result":{"capabilities":{"extensions":{"io.modelcontextprotocol/tasks":{"a":1}}}}}',
        b'{"error":{"code":1}}',
        b'{"result":{}}',
        b'{"result":{"capabilities":{"extensions":[]}}}',
        b"nonsense",
    ],
)
def test_what_says_so_already_or_cannot_be_read_is_left_alone(body: bytes) -> None:
    assert with_tasks(body) is body
