"""Members are found and replaced by path, and everything else stays as written."""

import msgspec
import pytest

from firedoor.edges.outbound.envelope import Envelope, envelope, key_at, replaced

MESSAGE = b'{"id":1,"x":1.50,"params":{"_meta":{"progressToken":"t\\u00e9"},"big":123456789012345678901}}'


def test_a_replaced_member_leaves_the_rest_as_written() -> None:
    token = ("params", "_meta", "progressToken")
    assert key_at(MESSAGE, token) == "té"
    assert replaced(MESSAGE, token, msgspec.Raw(b"7")) == MESSAGE.replace(b'"t\\u00e9"', b"7")


@pytest.mark.parametrize("path", [("a",), ("params", "a"), ("id", "a"), ("params", "_meta", "a")])
def test_a_member_that_is_not_there_is_not_added(path: tuple[str, ...]) -> None:
    assert key_at(MESSAGE, path) is None
    assert replaced(MESSAGE, path, msgspec.Raw(b"7")) == MESSAGE


@pytest.mark.parametrize("text", [b"", b"hello", b"[]", b'{"id":1.5}', b'{"method":1}', b"{}x"])
def test_what_is_no_message_has_no_envelope(text: bytes) -> None:
    assert envelope(text) is None


def test_an_id_keeps_its_kind() -> None:
    assert envelope(b'{"id":"1"}') == Envelope(id="1") != envelope(b'{"id":1}')
