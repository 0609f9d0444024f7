import pytest

from firedoor.core.record.verify import Ending, Fault, Judgement, Level, Verification

FAULT = Fault(code="frame_changed", file="journal/0", why="x")


@pytest.mark.parametrize(
    ("level", "faults", "questions", "ending"),
    [
        (Level.CONSISTENT, (), (), Ending.VERIFIED),
        (Level.SIGNED, (), (), Ending.VERIFIED),
        (Level.LOGGED, (), (), Ending.NOT_ANCHORED),
        (Level.NOTHING, (), (), Ending.NOT_ANCHORED),
        (Level.SIGNED, (), ("sealed",), Ending.INCOMPLETE),
        (Level.SIGNED, (FAULT,), ("sealed",), Ending.FAILED),
    ],
)
def test_the_ending_says_the_worst(
    level: Level, faults: tuple[Fault, ...], questions: tuple[str, ...], ending: Ending
) -> None:
    found = Verification(level=level, frames=1, sessions=1, logs=(), faults=faults, open_questions=questions)
    assert found.ending is ending


def test_a_level_counts_only_if_all_below_it_do() -> None:
    found = Judgement()
    assert found.reached(Level.CONSISTENT) is Level.CONSISTENT
    found.faults.append(Fault(code="log_forked", file="log", why="x", level=Level.CONSISTENT))
    assert found.reached(Level.CONSISTENT) is Level.SIGNED
    found.faults.append(FAULT)
    assert found.reached(Level.CONSISTENT) is Level.DECODED
    found.faults.append(Fault(code="frame_damaged", file="journal/0", why="x", level=Level.DECODED))
    assert found.reached(Level.CONSISTENT) is Level.NOTHING
