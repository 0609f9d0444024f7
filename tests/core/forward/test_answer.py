"""What an upstream sent is told apart, and nothing it can send makes the path fall over."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.forward.answer import Says, Spoken, status_of, understand

RESPONSE, REQUEST, NOTIFICATION, NONSENSE = Says.RESPONSE, Says.REQUEST, Says.NOTIFICATION, Says.NONSENSE


@pytest.mark.parametrize(
    ("payload", "spoken"),
    [
        (b'{"id":1,"result":{}}', Spoken(says=RESPONSE, id=1, result="result")),
        (b'{"id":"a","result":{"isError":true}}', Spoken(says=RESPONSE, id="a", result="tool_error")),
        (b'{"id":1,"result":{"isError":false}}', Spoken(says=RESPONSE, id=1, result="result")),
        (b'{"id":1,"result":{"text":"isError"}}', Spoken(says=RESPONSE, id=1, result="result")),
        (b'{"id":1,"error":{"code":1}}', Spoken(says=RESPONSE, id=1, result="error", code=1)),
        (b'{"id":null,"error":{"code":1}}', Spoken(says=RESPONSE, result="error", code=1)),
        (b'{"error":{"code":1}}', Spoken(says=RESPONSE, result="error", code=1)),
        (b'{"id":1,"error":"odd"}', Spoken(says=RESPONSE, id=1, result="error")),
        (b'{"id":1,"error":{"code":"odd"}}', Spoken(says=RESPONSE, id=1, result="error")),
        (b'{"id":1,"method":"ping"}', Spoken(says=REQUEST, id=1, method="ping")),
        (b'{"method":"n/x","params":{}}', Spoken(says=NOTIFICATION, method="n/x")),
        (b'{"id":null,"method":"n/x"}', Spoken(says=NOTIFICATION, method="n/x")),
    ],
)
def test_messages_are_told_apart_by_their_members(payload: bytes, spoken: Spoken) -> None:
    assert understand(payload) == spoken


@pytest.mark.promise("PATH-7")
@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"<html>",
        b"[]",
        b'"x"',
        b"{}",
        b'{"id":1}',
        b'{"id":1,"result":{},"error":{}}',
        b'{"id":1.5,"result":{}}',
        b'{"id":true,"result":{}}',
        b'{"id":[],"result":{}}',
        b'{"id":1,"method":5}',
        b'{"method":"\xff"}',
        b'{"id":"\xff","result":{}}',
        b'{"id":1,"result":{"isError":"yes"}}',
        b'{"id":1,"result":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"\xff\xfe",
    ],
)
def test_what_is_no_message_is_nonsense_and_no_failure(payload: bytes) -> None:
    assert understand(payload).says is NONSENSE


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.dictionaries(st.text(), st.text()).map(json.dumps).map(str.encode)
)
def test_whatever_an_upstream_sends_is_classified(payload: bytes) -> None:
    assert understand(payload).says in Says


@pytest.mark.parametrize(
    ("code", "status"), [(-32601, 404), (-32602, 400), (-32022, 400), (-32603, 200), (0, 200), (4403, 200)]
)
def test_a_response_without_a_status_has_the_one_of_its_code(code: int, status: int) -> None:
    assert status_of(Spoken(says=RESPONSE, code=code)) == status
