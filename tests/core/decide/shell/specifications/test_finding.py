import pytest

from firedoor.core.decide.shell.specification import Inner, Parsed
from firedoor.core.decide.shell.specifications.finding import unwrap
from firedoor.core.decide.shell.understand import understand_shell
from firedoor.core.decide.shell.values import ANYTHING, Argument, known


def read(*words: str | Argument):
    return unwrap(
        Parsed(path=("find",), operands=tuple(known(w) if isinstance(w, str) else w for w in words))
    )


def test_tests_and_prints_run_nothing() -> None:
    assert read("/x", "-name", "*.py", "-newermt", "2026-01-01", "-printf", "%p") == Inner()


@pytest.mark.parametrize(
    "word", ["-delete", "-fprint", "-fls", "-ok", "-okdir", "-frobnicate", "-files0-from"]
)
def test_other_words_are_not_specified(word: str) -> None:
    assert isinstance(read("/x", word, "y"), str)


def test_what_is_run_is_handed_on_with_paths_that_begin_where_the_search_began() -> None:
    inner = read("/x", "-exec", "grep", "a", "{}", "+")
    assert isinstance(inner, Inner)
    assert [a.prefix for a in inner.commands[0] if a.text is None] == ["/"]


@pytest.mark.parametrize("words", [("-exec", "ls"), ("-name",), ("-exec", ANYTHING)])
def test_what_has_no_end_is_not_read(words: tuple) -> None:
    assert isinstance(read("/x", *words), str)


def test_a_pattern_that_cannot_be_a_word_of_find_is_harmless() -> None:
    star = Argument(text=None, is_many=True, pattern="*")
    logs = Argument(text=None, is_many=True, pattern="*.log")
    assert isinstance(read(".", "-name", logs), Inner)
    assert isinstance(read(".", "-name", star), str)
    assert isinstance(read(star), str)
    assert isinstance(read(ANYTHING), str)


@pytest.mark.parametrize(
    ("line", "is_allowed"),
    [
        ("find / -name '*.pem' -exec cat {} \\;", False),
        ("find / -iname '*.KEY' -exec head -5 {} +", False),
        ("find / -path '*/tls/*.p12' -execdir base64 {} \\;", False),
        ("find / -name '*.pem' -exec ls -l {} \\;", True),
        ("find /var/log -name '*.log' -exec grep -l ERROR {} +", True),
        ("find / -name '*.pem'", True),
    ],
)
def test_what_ends_like_keys_is_found_and_not_printed(line: str, is_allowed: bool) -> None:
    assert understand_shell(line).allowed is is_allowed


def test_what_is_found_is_one_word_or_many() -> None:
    assert understand_shell("find . -type l ! -exec test -e {} \\; -print").allowed
    assert not understand_shell("find . -type l -exec test -e {} +").allowed
    one, many = read(".", "-exec", "ls", "{}", ";"), read(".", "-exec", "ls", "{}", "+")
    assert isinstance(one, Inner) and isinstance(many, Inner)
    assert not one.commands[0][1].is_many
    assert many.commands[0][1].is_many
