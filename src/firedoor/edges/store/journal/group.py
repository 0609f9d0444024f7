"""Entries that are written and synced together. Wakes those who wait for them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from firedoor.core.record.facts import IndexRow, facts
from firedoor.core.record.seal import Mark, Sealed, SessionSealer
from firedoor.edges.store.journal.segments import NewKey
from firedoor.edges.store.journal.waiters import Waiters, Waiting
from firedoor.model.entry import Entry, EntryKind, Layer
from firedoor.model.errors import RecordError
from firedoor.model.ids import SessionId

if TYPE_CHECKING:
    import asyncio


@dataclass(slots=True)
class Queued:
    """An entry that is sealed and not durable yet."""

    entry: Entry
    sealed: Sealed
    waiters: Waiters | None
    future: "asyncio.Future[int] | None"
    undo: tuple[SessionSealer, Mark] | None = None
    """It begins a key: where its session was before."""
    weight: int | None = None
    is_end: bool = True
    """Whether the entry ends with it."""

    @property
    def sequence(self) -> int:
        """The number of its last frame."""
        return self.sealed.sequence

    @property
    def size(self) -> int:
        """What it counts for in what waits for the disk: its bytes, but for what was cut into pieces."""
        return sum(map(len, self.sealed.frames)) if self.weight is None else self.weight


def frames_of(group: Iterable[Queued]) -> list[bytes]:
    """The frames of a group, in their order."""
    return [frame for queued in group for frame in queued.sealed.frames]


def new_keys(group: Iterable[Queued], wrap: Callable[[bytes, Layer], bytes]) -> list[NewKey]:
    """The keys that a group begins, wrapped."""
    return [
        NewKey(
            session=queued.entry.session, layer=key.layer, epoch=key.epoch, wrapped=wrap(key.key, key.layer)
        )
        for queued in group
        for key in queued.sealed.keys
    ]


def openings_in(group: Iterable[Queued]) -> set[SessionId]:
    """The sessions that begin in a group."""
    return {queued.entry.session for queued in group if queued.entry.kind is EntryKind.OPEN}


def unended_in(group: Iterable[Queued]) -> set[SessionId]:
    """The sessions with an entry that goes on in a later group."""
    return {queued.entry.session for queued in group if not queued.is_end}


def broken_off(group: Iterable[Queued]) -> set[SessionId]:
    """The sessions that begin a key in the middle of an entry: they cannot go back to before it."""
    return {queued.entry.session for queued in group if queued.sealed.keys and queued.undo is None}


def rows_of(group: Iterable[Queued]) -> list[IndexRow]:
    """What the index is told of the entries that end in a group."""
    ended = [(queued.sealed.sequence, queued.entry) for queued in group if queued.is_end]
    return [facts(entry.kind, entry.session, n, entry.at_us, entry.envelope) for n, entry in ended]


class Awaited(Protocol):
    """Something that somebody may wait for."""

    @property
    def waiters(self) -> Waiters | None:
        """On whose loop."""
        ...

    @property
    def future(self) -> "asyncio.Future[int] | None":
        """Who."""
        ...

    @property
    def sequence(self) -> int:
        """The number that they get."""
        ...


def settle(group: Iterable[Awaited], failure: RecordError | None, others: Waiters | None = None) -> None:
    """Wake all who wait for a group, with one call for each event loop. `others` hear that it is durable."""
    if others is not None:
        others.moved()
    waiting: dict[Waiters, list[Waiting]] = {}
    for queued in group:
        if queued.waiters is not None and queued.future is not None:
            waiting.setdefault(queued.waiters, []).append((queued.future, queued.sequence))
    for waiters, those in waiting.items():
        waiters.settle_soon(those, failure)
