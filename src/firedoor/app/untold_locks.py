"""Tells the record of changes of the locks that this gateway did not make: while none ran, or by others.

At its start a gateway tells them before it serves, or does not start. While it runs it tells what others have
changed, and what it could not record when it made it. Never changes a lock, and holds none up.
"""

import asyncio
import itertools
import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from firedoor.app.inspect import now_us
from firedoor.app.locking import lock_object
from firedoor.edges.store.lock_changes import Change, LockChanges
from firedoor.edges.store.locks import LockFile
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import IntegrityError, RecordError
from firedoor.model.ids import SessionId
from firedoor.model.json import JsonObject
from firedoor.model.lock import LockId
from firedoor.ports.recorder import Recorder

log = logging.getLogger("firedoor.locks")

CREATED, LIFTED = "lock_created", "lock_lifted"
ELSEWHERE = "without_this_gateway"
LOOK_S = 1.0
"""How often it is looked. What is new stays for one more look: a command that found this process standing
still has kept the lock itself, and asks for it as well."""
BATCH = 256
"""Entries that are under way at once."""


@dataclass(slots=True, kw_only=True)
class Untold:
    """What the file of locks has and the record has not."""

    locks: LockFile
    changes: LockChanges
    recorder: Recorder
    _making: set[tuple[str, LockId]] = field(default_factory=set[tuple[str, LockId]])
    _told: set[tuple[str, LockId]] = field(default_factory=set[tuple[str, LockId]])
    _seen: int = 0
    _has_failed: bool = False

    @contextmanager
    def making(self, what: str, lock: LockId) -> Generator[None]:
        """While this gateway makes a change: it records that itself, and says so by `told`."""
        change, is_made = (what, lock), False
        self._making.add(change)
        try:
            yield
            is_made = True
        finally:
            self._making.discard(change)
            if not is_made:
                self._told.discard(change)

    def told(self, what: str, lock: LockId) -> None:
        """The record has a change that is being made."""
        self._told.add((what, lock))

    async def look(self, *, is_at_once: bool = False) -> None:
        """Record what is not in the record. At once, or what was there at the look before.

        Raises:
            IntegrityError: the locks cannot be read.
            RecordError: the record takes nothing.
        """
        epoch = self.locks.view().epoch
        settled, self._seen = epoch if is_at_once else self._seen, epoch
        if epoch == self.changes.epoch:
            return
        unknown = self.changes.unknown(epoch)
        ready = itertools.takewhile(lambda change: self._is_ready(change, settled), unknown)
        for batch in iter(lambda: tuple(itertools.islice(ready, BATCH)), ()):
            await self._tell(batch)

    async def watch(self) -> None:
        """Look again and again, for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look_on()

    async def look_on(self, *, is_at_once: bool = False) -> None:
        """Look; what cannot be told now is told later."""
        try:
            await self.look(is_at_once=is_at_once)
        except (IntegrityError, RecordError) as fault:
            if not self._has_failed:
                log.error("changes of the locks are not in the record yet: %s", fault.code)  # noqa: TRY400 - no traceback
            self._has_failed = True
        else:
            self._has_failed = False

    def _is_ready(self, change: Change, settled: int) -> bool:
        key = _key(change)
        if key in self._making:
            return False
        return key is None or key in self._told or change.until.epoch <= settled

    async def _tell(self, changes: tuple[Change, ...]) -> None:
        control = self.recorder.control
        missing = [change for change in changes if _key(change) not in self._told]
        entries = [entry for change in missing if (entry := _entry(change, control)) is not None]
        await asyncio.gather(*(self.recorder.append(entry) for entry in entries))
        try:
            self.changes.note(changes[-1])
        except OSError as fault:
            log.warning("the next start tells the record of locks again: %s", fault)
        self._told.difference_update(key for change in changes if (key := _key(change)) is not None)
        if entries:
            log.warning("the record was told of %d changes of the locks made elsewhere", len(entries))


def _key(change: Change) -> tuple[str, LockId] | None:
    if change.made is not None:
        return CREATED, change.made.id
    return None if change.lift is None else (LIFTED, change.lift.id)


def _entry(change: Change, control: SessionId) -> Entry | None:
    """As if it had been made here, and that it was not."""
    said = _said(change)
    if said is None:
        return None
    envelope = {**said, "made": ELSEWHERE, "change": change.until.epoch}
    return Entry(kind=EntryKind.CONTROL, session=control, at_us=now_us(), envelope=envelope)


def _said(change: Change) -> JsonObject | None:
    """What the file says: what was made, by whom and when."""
    if (lock := change.made) is not None:
        about, what, by, at_us = lock_object(lock), CREATED, lock.by, lock.created_at_us
    elif (lift := change.lift) is not None:
        about, what, by, at_us = {"id": lift.id, "reason": lift.reason}, LIFTED, lift.by, lift.at_us
    else:
        return None
    return {**about, "what": what, "by": {"name": by}, "made_at_us": at_us}
