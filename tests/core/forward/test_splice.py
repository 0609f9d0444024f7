"""Members are taken apart and put together; the bytes of their values stay."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.forward.splice import joined, members, mentions

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
SPACED = st.builds(
    lambda value, indent, plain: json.dumps(value, indent=indent, ensure_ascii=plain).replace(
        "Infinity", "1"
    ),
    VALUES,
    st.sampled_from([None, 0, 3]),
    st.booleans(),
)


@given(st.dictionaries(st.text(max_size=5), SPACED, max_size=5))
def test_a_value_keeps_its_bytes(parts: dict[str, str]) -> None:
    body = "{" + " , ".join(f"{json.dumps(name)} : {value}" for name, value in parts.items()) + "}"
    taken = members(body.encode())
    assert {name: bytes(raw) for name, raw in taken.items()} == {n: v.encode() for n, v in parts.items()}
    assert list(members(joined(taken))) == list(parts)
    assert [bytes(raw) for raw in members(joined(taken)).values()] == [v.encode() for v in parts.values()]


@pytest.mark.parametrize("body", [b"[]", b"1", b"", b"{", b'{"a":}', b"{}x"])
def test_what_is_no_object_has_no_members(body: bytes) -> None:
    with pytest.raises(ValueError):
        members(body)


@given(st.binary(max_size=20), st.binary(min_size=1, max_size=3))
def test_a_mark_is_mentioned_where_it_stands_anywhere_in_a_payload(payload: bytes, mark: bytes) -> None:
    assert mentions(payload, mark) is (mark in payload)
    assert mentions(mark + payload, mark)
    assert mentions(payload + mark, mark)
