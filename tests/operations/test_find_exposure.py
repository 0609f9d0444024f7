from collections.abc import Sequence

from firedoor.core.mask.tokens.maker import TokenMaker
from firedoor.edges.keys.mask_keys import passing_keys
from firedoor.model.ids import SessionId
from firedoor.operations.find_exposure import find_values
from firedoor.ports.exposures import ExposureRow


class Marked:
    """Knows that each of these marks was found once."""

    def __init__(self, *marks: str) -> None:
        self.marks = marks
        self.asked: list[int] = []

    def of_session(self, session: str) -> tuple[ExposureRow, ...]:
        raise AssertionError(session)

    def of_marks(self, marks: Sequence[str]) -> tuple[ExposureRow, ...]:
        self.asked.append(len(marks))
        return tuple(
            ExposureRow(session=SessionId("s"), sequence=1, at_us=1, kind="email", action="token", mark=mark)
            for mark in self.marks
            if mark in marks
        )


def test_a_value_is_found_by_its_mark_and_named_by_its_line() -> None:
    tokens = TokenMaker(passing_keys())
    known = Marked(tokens.mark("ada@example.com"))
    found = list(find_values(known, tokens, ["bo@example.com", "", "ada@example.com"]))
    assert [one.line for one in found] == [3]


def test_how_a_value_is_written_does_not_matter() -> None:
    tokens = TokenMaker(passing_keys())
    known = Marked(tokens.mark("4111 1111 1111 1111"), tokens.mark("ada@example.com"))
    found = list(find_values(known, tokens, ["4111-1111-1111-1111", " ADA@example.com "]))
    assert [one.line for one in found] == [1, 2]


def test_values_of_an_older_key_are_found_too() -> None:
    old, new = passing_keys(), passing_keys()
    known = Marked(TokenMaker(old).mark("ada@example.com"))
    found = list(find_values(known, TokenMaker((*new, *old)), ["ada@example.com"]))
    assert len(found) == 1


def test_many_values_are_asked_for_in_parts() -> None:
    tokens = TokenMaker(passing_keys())
    known = Marked(tokens.mark("value 700"))
    found = list(find_values(known, tokens, [f"value {number}" for number in range(1, 1001)]))
    assert [one.line for one in found] == [700]
    assert max(known.asked) <= 200
