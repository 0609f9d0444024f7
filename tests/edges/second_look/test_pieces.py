from itertools import pairwise

import pytest

from firedoor.edges.second_look.pieces import merged, moved, pieces_of
from firedoor.model.second_look import Sighting


def seen(start: int, end: int, kind: str = "name") -> Sighting:
    return Sighting(kind=kind, start=start, end=end, confidence="1.00")


@pytest.mark.parametrize("length", [0, 1, 9, 10, 11, 16, 17, 95, 100])
def test_pieces_are_the_whole_text_and_lie_over_each_other(length: int) -> None:
    text = "".join(chr(0x100 + number) for number in range(length))
    pieces = list(pieces_of(text, 10, 4))
    whole = ""
    for at, piece in pieces:
        assert text[at : at + len(piece)] == piece
        assert len(piece) <= 10
        whole = whole[:at] + piece
    assert whole == text
    shared = [first + len(piece) - second for (first, piece), (second, _) in pairwise(pieces)]
    assert all(each == 4 for each in shared)


def test_what_two_pieces_see_of_one_value_is_one_sighting() -> None:
    again = [*moved([seen(2, 6)], 6), seen(8, 10), seen(8, 12), seen(0, 3)]
    assert merged(again) == (seen(0, 3), seen(8, 12))
    assert merged([seen(0, 5), seen(3, 9)]) == (seen(0, 9),)


def test_what_touches_or_is_of_another_kind_stays_apart() -> None:
    assert merged([seen(0, 3), seen(3, 5)]) == (seen(0, 3), seen(3, 5))
    assert merged([seen(0, 9), seen(2, 5, "secret")]) == (seen(0, 9), seen(2, 5, "secret"))
