from firedoor.core.mask.detectors.scanner import Span
from firedoor.core.mask.spans import apart


def test_what_overlaps_becomes_one_of_the_kind_of_the_longest() -> None:
    spans = [Span(10, 14, "card"), Span(0, 3, "name"), Span(2, 9, "email"), Span(8, 9, "phone")]
    assert apart(spans) == [Span(0, 9, "email"), Span(10, 14, "card")]


def test_what_only_touches_stays_apart() -> None:
    assert apart([Span(0, 3, "a"), Span(3, 5, "b")]) == [Span(0, 3, "a"), Span(3, 5, "b")]
    assert apart([]) == []
