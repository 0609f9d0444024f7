import json

from firedoor.core.mask.changes import Change, Found, applied, made, moved, noted
from firedoor.core.mask.structure.json_text import literals
from firedoor.model.mask import Action

CHANGES: list[Change] = [
    (1, 3, "k", Action.TOKEN, "m1", "K_1"),
    (4, 6, "k", Action.NOTE, "m2", None),
    (6, 7, "", Action.NOTE, "", 'q"'),
]


def test_changes_are_made_and_findings_told() -> None:
    assert applied("abcdefgh", CHANGES) == 'aK_1defq"h'
    assert made("abcdefgh", CHANGES).found == (
        Found("k", Action.TOKEN, 1, 3, "m1"),
        Found("k", Action.NOTE, 4, 6, "m2"),
    )


def test_a_text_in_which_nothing_changes_is_the_same_object() -> None:
    text = "".join(["abc", "def"])
    assert applied(text, noted(CHANGES)) is text
    assert made(text, []).found == ()


def test_changes_move_into_the_document_and_are_escaped_there() -> None:
    for text in ("abcdefgh", 'a\nc"e\\gh', "ażc😀efgh"):
        for is_ascii in (True, False):
            document = json.dumps({"x": text}, ensure_ascii=is_ascii)
            there = moved(document, literals(document)[1], CHANGES)
            assert json.loads(applied(document, there)) == {"x": applied(text, CHANGES)}
            start, end = there[1][:2]
            assert json.loads(f'"{document[start:end]}"') == text[4:6]
