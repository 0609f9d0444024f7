"""A script of what a path asks and what it is told.

`asks(c)` asserts the next command, `told(x)` answers it, `cancelled()` throws instead, `ends()`
asserts that nothing more is asked. Commands are values: a playbook names them whole.
"""

from typing import TypeVar

import pytest

from firedoor.core.commands import Cancelled, Command, Path
from firedoor.core.pinned import CheckListed, FindDefinition, ListChanged
from firedoor.model.definition import DefinitionState, Standing

C = TypeVar("C")
ACCEPTED = {
    FindDefinition: Standing(state=DefinitionState.ACCEPTED),
    CheckListed: frozenset[int](),
    ListChanged: None,
}


class Playbook:
    """Pins are left out, unless a book is about them: every definition is accepted."""

    def __init__(self, path: Path, *, tells_pins: bool = False) -> None:
        self._path = path
        self._tells_pins = tells_pins
        self._step = lambda: path.send(None)

    def _resume(self) -> Command[object]:
        command = self._step()
        while not self._tells_pins and type(command) in ACCEPTED:
            command = self._path.send(ACCEPTED[type(command)])
        return command

    def asks(self, expected: Command[object]) -> "Playbook":
        assert self._resume() == expected
        return self

    def asks_a(self, kind: type[C]) -> C:
        """The next command, where a test looks at parts of it only."""
        command = self._resume()
        assert isinstance(command, kind), f"expected {kind.__name__}, got {command!r}"
        return command

    def told(self, answer: object = None) -> "Playbook":
        self._step = lambda: self._path.send(answer)
        return self

    def cancelled(self) -> "Playbook":
        self._step = lambda: self._path.throw(Cancelled())
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
