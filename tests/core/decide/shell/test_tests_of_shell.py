import pytest

from firedoor.core.decide.shell.tests_of_shell import refused_test
from firedoor.core.decide.shell.values import ANY_WORDS, ANYTHING, Argument, known


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


def test_words_between_double_brackets_are_neither_split_nor_looked_up() -> None:
    words = (ANY_WORDS, known("=="), ANY_WORDS)
    assert refused_test(words, is_double=True) is None
    assert refused_test(words, is_double=False)
    assert refused_test((ANY_WORDS, known("-eq"), known("1")), is_double=True)


OPEN = Argument(text=None, spelling="*")


@pytest.mark.parametrize(
    "words",
    [
        [OPEN],
        ["!", OPEN],
        ["-n", OPEN],
        [OPEN, "=", OPEN],
        [OPEN, "!=", "x"],
        ["!", OPEN, "=", "x"],
        ["-n", OPEN, "-a", OPEN, "=", "x"],
        [OPEN, "-o", OPEN],
    ],
)
def test_what_is_open_is_compared(words: list[str | Argument]) -> None:
    assert refused_test(_arguments(words), is_double=False) is None


@pytest.mark.parametrize(
    "words",
    [
        [OPEN, OPEN],
        ["x", OPEN],
        [OPEN, "a[$(id)]"],
        ["!", OPEN, "a[$(id)]"],
        ["x", OPEN, "a[$(id)]"],
        ["-n", OPEN, "a[$(id)]"],
        ["-n", "x", "-a", OPEN, OPEN],
        ["-n", OPEN, "!", OPEN],
        ["x", "=", OPEN, OPEN],
        [ANY_WORDS],
    ],
)
def test_what_is_open_may_not_become_a_sign(words: list[str | Argument]) -> None:
    assert refused_test(_arguments(words), is_double=False)


def test_a_path_is_no_sign() -> None:
    path = Argument(text=None, prefix="/x", is_operand=True)
    many = Argument(text=None, prefix="/x", is_many=True)
    assert refused_test((path, path), is_double=False) is None
    assert refused_test((many,), is_double=False) is None
    assert refused_test((known("-e"), many), is_double=False)


def test_a_count_is_a_number() -> None:
    count = Argument(text=None, is_operand=True, is_count=True)
    assert refused_test((count, known("-eq"), known("0")), is_double=False) is None
    assert refused_test((known("1"), known("-lt"), count), is_double=False) is None
    assert refused_test((count, known("-eq"), ANYTHING), is_double=False)


def _arguments(words: list[str | Argument]) -> tuple[Argument, ...]:
    return tuple(known(word) if isinstance(word, str) else word for word in words)
