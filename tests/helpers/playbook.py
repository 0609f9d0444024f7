"""A script of what a path asks and what it is told.

`asks(c)` asserts the next command, `told(x)` answers it, `cancelled()` throws instead, `ends()`
asserts that nothing more is asked. Commands are values: a playbook names them whole.
"""

from typing import TypeVar

import pytest

from firedoor.core.commands import Cancelled, Command, Path

C = TypeVar("C")


class Playbook:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._resume = lambda: path.send(None)

    def asks(self, expected: Command[object]) -> "Playbook":
        assert self._resume() == expected
        return self

    def asks_a(self, kind: type[C]) -> C:
        """The next command, where a test looks at parts of it only."""
        command = self._resume()
        assert isinstance(command, kind), f"expected {kind.__name__}, got {command!r}"
        return command

    def told(self, answer: object = None) -> "Playbook":
        self._resume = lambda: self._path.send(answer)
        return self

    def cancelled(self) -> "Playbook":
        self._resume = lambda: self._path.throw(Cancelled())
        return self

    def gives_up(self) -> None:
        with pytest.raises(Cancelled):
            self._resume()

    def ends(self) -> None:
        try:
            extra = self._resume()
        except StopIteration:
            return
        raise AssertionError(f"expected the end, got {extra!r}")
