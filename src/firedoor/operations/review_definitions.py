"""Says how the definitions of an upstream stand, for people who are to rely on them. Changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from enum import StrEnum
from itertools import groupby

from firedoor.model.definition import Definition, DefinitionKind, Pin
from firedoor.operations.indented import indented
from firedoor.ports.definitions import Definitions

NOTHING_SAID = '{"instructions":null,"name":"instructions"}'
"""The definition of instructions that are not there."""
CONTEXT = 2
"""Lines around a difference."""
LONGEST = 400
"""Lines of one difference. The whole text is in the record."""


class Stand(StrEnum):
    """How a definition stands."""

    ACCEPTED = "accepted"
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """One definition, and the one that was relied on before."""

    stand: Stand
    pin: Pin
    before: Pin | None = None
    """The accepted definition of the same name, where this is another one."""

    @property
    def is_waiting(self) -> bool:
        """Whether calls are denied until somebody accepts it."""
        return self.stand in (Stand.NEW, Stand.CHANGED)


def review_definitions(definitions: Definitions, upstream: str) -> tuple[Reviewed, ...]:
    """Every definition that is listed, and those that are gone, by kind and name.

    Raises:
        SettingsError: the store cannot be read.
    """
    pins = definitions.pins(upstream)
    return tuple(each for _, group in groupby(pins, key=_name_of) for each in _reviewed(list(group)))


def _name_of(pin: Pin) -> tuple[DefinitionKind, str]:
    return pin.definition.kind, pin.definition.name


def _reviewed(pins: list[Pin]) -> Iterator[Reviewed]:
    """All definitions of one name."""
    relied = [pin for pin in pins if pin.is_accepted]
    listed = [pin for pin in pins if pin.gone_at_us is None]
    before = max(relied, key=lambda pin: pin.accepted_at_us or 0, default=None)
    for pin in listed:
        if pin.is_accepted:
            yield Reviewed(stand=Stand.ACCEPTED, pin=pin)
        else:
            stand = Stand.NEW if before is None else Stand.CHANGED
            yield Reviewed(stand=stand, pin=pin, before=before)
    if before is not None and not listed and before.definition.text != NOTHING_SAID:
        yield Reviewed(stand=Stand.GONE, pin=before)


def difference(reviewed: Reviewed) -> Iterator[str]:
    """The lines that differ from what was relied on, as `diff -u` marks them; at most `LONGEST`."""
    before = reviewed.before.definition if reviewed.before is not None else None
    after = None if reviewed.stand is Stand.GONE else reviewed.pin.definition
    if reviewed.stand is Stand.GONE:
        before = reviewed.pin.definition
    lines = unified_diff(_lines(before), _lines(after), lineterm="", n=CONTEXT)
    for number, line in enumerate(lines):
        if number >= LONGEST:
            yield f"  … the rest of {reviewed.pin.definition.name} is left out"
            return
        if not line.startswith(("---", "+++", "@@")):
            yield line


def _lines(definition: Definition | None) -> list[str]:
    return [] if definition is None else list(indented(definition.text))
