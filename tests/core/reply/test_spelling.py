"""JSON text in the spelling that people read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.reply.spelling import is_seen, spelled_out


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r'"\u0044\u0052\u004f\u0050 TABLE"', '"DROP TABLE"'),
        (r'"\u0044\u0020\u00e9\ud83d\ude00\/"', '"D é😀/"'),
        (r'"\\u0044"', r'"\\u0044"'),
        (r'"\\\u0044"', r'"\\D"'),
        (r'"\u0022,\u005c,\u005C"', r'"\u0022,\u005c,\u005c"'),
        (r'"\u202e\u001b\u2028\n\t\""', r'"\u202e\u001b\u2028\n\t\""'),
        (r'"\u3164\ufe0f\u2800\u00a0\udb40\udd41"', r'"\u3164\ufe0f\u2800\u00a0\udb40\udd41"'),
        (r'"a\u0301 \ud83d"', r'"a\u0301 \ud83d"'),
        ('{"a": 1.0,  "b":"x"}', '{"a": 1.0,  "b":"x"}'),
    ],
)
def test_a_letter_that_was_written_as_an_escape_is_that_letter_and_nothing_else_changes(
    text: str, shown: str
) -> None:
    assert spelled_out(text) == shown


@given(st.recursive(st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner, max_size=3)))
def test_it_says_the_same_to_every_reader(value: object) -> None:
    escaped = "".join(
        f"\\u{ord(c):04x}" if c.isalpha() and c.isascii() and c not in "\\bfnrtu" else c
        for c in json.dumps(value)
    )
    assert json.loads(spelled_out(json.dumps(value))) == value
    if "\\" not in json.dumps(value) and "true" not in escaped:
        assert json.loads(spelled_out(escaped)) == value


def test_a_space_is_seen_and_other_blanks_are_not() -> None:
    assert [is_seen(c) for c in " a日☃"] == [True] * 4
    assert [is_seen(c) for c in "\u00a0\u3000\u115f\u034f\ufe00\u200b\ue000\x00"] == [False] * 8
