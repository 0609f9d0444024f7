"""A credential in pieces: at most its first three characters are seen, and nothing else changes."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.mask.credentials import spellings
from firedoor.core.mask.spread import Spread

CREDENTIAL = "sk-7Hq2Xw9ZbLt4"
SPELLED = spellings([CREDENTIAL])
PLAIN = st.text(st.sampled_from('abc "\\\n{}:é😀0'), max_size=12)


def said(text: str, member: str = "message") -> bytes:
    return json.dumps({"method": "notifications/message", "params": {"n": 1.50, member: text}}).encode()


def shown(messages: list[bytes], member: str = "message") -> str:
    spread = Spread(SPELLED)
    return "".join(json.loads(spread.without(m))["params"][member] for m in messages)


@pytest.mark.promise("PATH-6")
@given(st.lists(st.integers(1, len(CREDENTIAL) - 1), max_size=6), PLAIN, PLAIN)
def test_wherever_it_is_split_no_more_than_its_beginning_is_seen(cuts, before, after) -> None:
    edges = sorted({0, len(CREDENTIAL), *cuts})
    pieces = [CREDENTIAL[a:b] for a, b in pairwise(edges)]
    seen = shown([said(before), *map(said, pieces), said(after)])
    if len(pieces) > 1:
        assert CREDENTIAL[:4] not in seen
        assert all(CREDENTIAL[at : at + 4] not in seen for at in range(len(CREDENTIAL) - 3))
    assert seen.startswith(before)


@given(st.lists(PLAIN, max_size=6))
def test_what_holds_none_passes_as_the_same_object(pieces) -> None:
    spread = Spread(SPELLED)
    for piece in map(said, pieces):
        assert spread.without(piece) is piece


def test_pieces_of_other_members_are_not_one_text() -> None:
    spread = Spread(SPELLED)
    for payload in (said("sk-", "text"), said("7Hq2Xw9ZbLt4", "data")):
        assert spread.without(payload) is payload


def test_the_texts_of_one_message_are_one_text_too() -> None:
    payload = json.dumps({"content": [{"text": CREDENTIAL[:3]}, {"text": CREDENTIAL[3:] + " end"}]}).encode()
    masked = json.loads(Spread(SPELLED).without(payload))
    assert [item["text"] for item in masked["content"]] == ["sk-", "[credential withheld] end"]


def test_every_other_byte_stays_as_it_was() -> None:
    spread = Spread(SPELLED)
    spread.without(said("sk-"))
    payload = b'{ "n":1.50, "message" : "7Hq2Xw9ZbLt4\\u00e9" ,"big":12345678901234567890 }'
    assert spread.without(payload) == payload.replace(
        b"7Hq2Xw9ZbLt4\\u00e9", "[credential withheld]é".encode()
    )


def test_without_credentials_nothing_is_looked_at() -> None:
    assert Spread(()).without(b"sk-7Hq2") == b"sk-7Hq2"


def test_what_is_no_json_string_is_left() -> None:
    assert Spread(SPELLED).without(b'"\xff" "\\x"') == b'"\xff" "\\x"'


def test_a_credential_whose_end_is_its_beginning_is_withheld_once() -> None:
    spread = Spread(spellings(["abcd-12345-abcd"]))
    spread.without(said("abc"))
    assert spread.without(said("d-12345-abcd")) == said("[credential withheld]")
