"""What the path asks is a value, and its answer comes back where it was asked."""

from firedoor.core.commands import ReadBody, ask
from firedoor.core.kept_back import Next


def test_asking_issues_the_command_and_returns_its_answer() -> None:
    path = ask(ReadBody(5))
    assert next(path) == ReadBody(5)
    try:
        path.send(b"hello")
    except StopIteration as done:
        assert done.value == b"hello"
    else:
        raise AssertionError("one command was asked twice")


def test_commands_are_told_apart_by_what_they_ask() -> None:
    assert ReadBody(5) == ReadBody(5)
    assert ReadBody(5) != ReadBody(6)
    assert Next() != ReadBody(5)
