import pytest

from firedoor.core.decide.shell.tests_of_shell import refused_test
from firedoor.core.decide.shell.values import ANY_WORDS, ANYTHING, known


def refused(text: str) -> bool:
    return refused_test(tuple(map(known, text.split())), is_double=False) is not None


@pytest.mark.parametrize(
    "text", ["-f x", "! -d x", "a = b", "a != b", "1 -eq 2", "-z", "5 -gt -3", "x -nt y", "-n a -a -n b"]
)
def test_a_plain_test_is_read(text: str) -> None:
    assert not refused(text)


@pytest.mark.parametrize(
    "text", ["-v a[$(id)]", "-R x", "a[$(id)] -eq 1", "1 -eq x", "-eq 1", "1 -lt", "-Q x"]
)
def test_a_test_that_some_shells_run_is_not(text: str) -> None:
    assert refused(text)


def test_a_value_that_is_not_known_is_no_number() -> None:
    assert refused_test((ANYTHING, known("-eq"), known("1")), is_double=False)
    assert refused_test((ANYTHING, known("="), known("1")), is_double=False) is None
    assert refused_test((known("-n"), ANY_WORDS), is_double=False)
