"""What an approver easily overlooks in the arguments of a call."""

import pytest

from firedoor.core.reply.notices import LONG, notices


@pytest.mark.parametrize(
    "params",
    [
        '{"who":"admin","n":1,"text":"Zo\u00eb \u65e5\u672c \\n\\t \\\\u202e"}',
        '{"who":"\u0430\u0434\u043c\u0438\u043d"}',
        '{"area":"12 km\u00b2","half":"x\u2070\u00bd"}',
        '{"note":"%s"}' % (" " * 39),
        '{"note":"%s"}' % ("x" * (LONG - 11)),
    ],
)
def test_there_is_nothing_to_say_of_what_is_as_it_looks(params: str) -> None:
    assert notices(params) == ()


def test_what_cannot_be_seen_is_counted_in_either_spelling() -> None:
    told = " in it cannot be seen where it is used: here it is an escape."
    assert notices('{"x":"a\\u202eb\u200bc\\nd"}') == (f"2 characters{told}",)
    assert notices('{"x":"a\\u202eb"}') == (f"One character{told}",)


def test_what_stands_behind_a_gap_is_pointed_to() -> None:
    assert notices('{"x":"ok%sDROP"}' % (" " * 3000)) == (
        "It has 3000 spaces in a row: look for what comes after them.",
    )


def test_much_is_said_to_be_much() -> None:
    [told] = notices('{"note":"%s"}' % ("x" * LONG))
    assert told == f"It has {LONG + 11} characters: look at all of them."


def test_a_letter_of_another_script_in_a_word_is_named() -> None:
    [told] = notices('{"who":"\u0430dmin","too":"\u0430dmin"}')
    assert told == ("One word has letters of several scripts: \u0430dmin (U+0430 CYRILLIC SMALL LETTER A).")


def test_of_many_such_words_some_are_named() -> None:
    told = notices(" ".join(f"\u0430{chr(97 + n)}b" for n in range(7)))
    assert len(told) == 6
    assert told[-1] == "2 more words have letters of several scripts."
