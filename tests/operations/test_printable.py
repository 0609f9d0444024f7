import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.operations.printable import printable

UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode's general categories, https://www.unicode.org/reports/tr44/#General_Category_Values."""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, {} \\n", "plain text, {} \\n"),
        ("Zoë ☃ 日本", "Zoë ☃ 日本"),
        ("\x1b[2J\x1b]0;title\x07", "\\u001b[2J\\u001b]0;title\\u0007"),
        ("one\r\ntwo\tthree", "one\\u000d\\u000atwo\\u0009three"),
        ("\x9b2J", "\\u009b2J"),  # the eight-bit form of ESC [
        ("abc\u202edcb", "abc\\u202edcb"),
        ("a\u2028b", "a\\u2028b"),
        (
            "hidden\U000e0041",
            "hidden\\U000e0041",
        ),  # tag characters: text that models read and people do not see
        ("\ud800", "\\ud800"),
        # Blanks that are no space, fillers, and selectors: a text can hide in them.
        ("a\u00a0b\u3164c\u2800d", "a\\u00a0b\\u3164c\\u2800d"),
        ("x\ufe0f\U000e0141", "x\\ufe0f\\U000e0141"),
        ("\uffff\ue000", "\\uffff\\ue000"),
    ],
)
def test_what_is_not_a_visible_character_is_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters(codec=None)))
def test_nothing_unsafe_is_ever_shown(text: str) -> None:
    assert not {unicodedata.category(character) for character in printable(text)} & UNSAFE
