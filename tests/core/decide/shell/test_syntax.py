from firedoor.core.decide.shell.syntax import Part, PartKind, Unclear, Word


def word(*parts: Part) -> Word:
    return Word(parts=parts, start=0, end=1)


def test_only_a_word_without_quotes_is_bare() -> None:
    assert word(Part(kind=PartKind.LITERAL, text="if")).bare == "if"
    assert word(Part(kind=PartKind.QUOTED, text="if", is_quoted=True)).bare == ""
    assert word(Part(kind=PartKind.LITERAL, text="a"), Part(kind=PartKind.LITERAL, text="b")).bare == ""


def test_what_is_unclear_carries_its_reason() -> None:
    assert Unclear("why").reason == "why"
