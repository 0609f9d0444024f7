"""What goes on where it cannot be recorded: each message is counted, logged, and told to the record later.

Theory of operation. A call that `core.spared` asked for is recorded like every other. Only where the record
takes nothing (a disk that does not answer in time, a writer that stopped for good, a disk without room) it
goes on, and from then on nothing of this call is recorded: a call is in the record with its intent, or not at
all. A session that could not be opened is opened by the first of its messages that finds the record well.
Numbers are the recorder's alone: what it did not take has none, and what comes later begins where it is.

What was let through is kept in a file that has its room already, as well as a failing disk lets us, and told
by one entry as soon as entries are taken again: in this process or by the next. Never lets a write through,
nor what the record refuses for what it is: too large, or of a session that it has dropped.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from firedoor.engine.running import Running
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import RecordError
from firedoor.model.json import Json, JsonObject
from firedoor.ports.recorder import Recorder

log = logging.getLogger("firedoor.unrecorded")

UNRECORDED = -1
"""In the place of the sequence number of what is in no record."""
FAILING = frozenset({"record_unavailable", "record_too_slow", "disk_nearly_full", "disk_full"})
"""Refusals that say something of the record, and nothing of the entry. Not among them is a queue that is
full: whoever sends enough at once could go unrecorded at will."""
WHAT = "unrecorded"
NAMED = 128
"""Sessions that are told by name. Those beyond are counted."""
NAME = 64
"""Characters of a principal's name that are kept."""
LOOK_S = 0.25


@dataclass(slots=True)
class Tally:
    """Messages that are in no record."""

    messages: int = 0
    from_us: int = 0
    to_us: int = 0
    by: Counter[tuple[str, str, str]] = field(default_factory=Counter[tuple[str, str, str]])
    """By session, principal and upstream."""
    beyond: int = 0
    """Of sessions that are not named."""
    is_damaged: bool = False
    """What an earlier process kept of it cannot be read: there were more."""

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.messages) or self.is_damaged

    def note(self, whose: tuple[str, str, str], at_us: int, messages: int = 1) -> None:
        """Count."""
        self.from_us = min(self.from_us or at_us, at_us)
        self.to_us = max(self.to_us, at_us)
        self.messages += messages
        if whose in self.by or len(self.by) < NAMED:
            self.by[whose] += messages
        else:
            self.beyond += messages

    def add(self, other: "Tally") -> None:
        """Count what another has counted."""
        for whose, messages in other.by.items():
            self.note(whose, other.from_us, messages)
        if other.messages:
            self.to_us = max(self.to_us, other.to_us)
        self.messages += other.beyond
        self.beyond += other.beyond
        self.is_damaged = self.is_damaged or other.is_damaged

    @property
    def said(self) -> JsonObject:
        """For the file and for the entry. Empty: nothing."""
        if not self:
            return {}
        sessions: list[Json] = [
            {"session": session, "principal": principal, "upstream": upstream, "messages": messages}
            for (session, principal, upstream), messages in self.by.items()
        ]
        said: dict[str, Json] = {
            "messages": self.messages,
            "from_us": self.from_us,
            "to_us": self.to_us,
            "sessions": sessions,
        }
        if self.beyond:
            said["beyond"] = self.beyond
        if self.is_damaged:
            said["is_damaged"] = True
        return said


@dataclass(slots=True, kw_only=True)
class Unrecorded:
    """What this process let through."""

    now_us: Callable[[], int]
    total: int = 0
    """Since the process began."""
    untold: Tally = field(default_factory=Tally)

    def look(self, running: Running) -> None:
        """Before an entry of a call is recorded.

        Raises:
            RecordError: nothing of it can be: it goes on without, or its session has begun without.
        """
        is_unopened = running.live is not None and running.live.unopened is not None
        if running.is_unrecorded or is_unopened:
            raise RecordError("record_unavailable", "The call is not recorded.")

    def go_on(self, running: Running, entry: Entry, fault: RecordError) -> int:
        """Let a message pass that could not be recorded, if its call is one that may.

        Raises:
            RecordError: it is none.
        """
        live = running.live
        if live is None or not running.is_spared or fault.code not in FAILING:
            raise fault
        session = live.session
        principal = session.grant.principal.name[:NAME]
        self.total += 1
        self.untold.note((session.id, principal, session.upstream), self.now_us())
        what = entry.kind.name.lower()
        told = (what, session.id, principal, session.upstream, fault.code)
        log.warning("not recorded: %s in session %s of %s at %s (%s)", *told)
        running.is_unrecorded = running.is_unrecorded or entry.kind is EntryKind.INTENT
        running.note(entry, UNRECORDED)
        return UNRECORDED


@dataclass(slots=True, kw_only=True)
class Telling:
    """Keeps the count, and tells it to the record."""

    unrecorded: Unrecorded
    recorder: Recorder
    keep: Callable[[JsonObject], object]
    """Keeps it for the next process; from a thread. Raises OSError if it cannot."""
    trouble: Callable[[], str]
    """Why the record takes nothing; empty if it does."""
    _kept: JsonObject = field(default_factory=dict[str, Json])

    async def watch(self) -> None:
        """Look again and again, for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Keep what is new, and tell it if the record takes it."""
        await self._keep()
        if self.unrecorded.untold and not self.trouble():
            await self._tell()
            await self._keep()

    async def _keep(self) -> None:
        said = self.unrecorded.untold.said
        if said == self._kept:
            return
        try:
            await asyncio.to_thread(self.keep, said)
        except OSError as fault:
            log.error("what is unrecorded is kept nowhere but here: %s", fault)  # noqa: TRY400 - no traceback
        self._kept = said

    async def _tell(self) -> None:
        told, self.unrecorded.untold = self.unrecorded.untold, Tally()
        envelope = {**told.said, "what": WHAT}
        now_us = self.unrecorded.now_us()
        entry = Entry(kind=EntryKind.CONTROL, session=self.recorder.control, at_us=now_us, envelope=envelope)
        try:
            await self.recorder.append(entry)
        except RecordError:
            told.add(self.unrecorded.untold)
            self.unrecorded.untold = told
        else:
            log.warning("the record was told that %d messages are not in it", told.messages)


def tally_of(said: JsonObject) -> Tally:
    """What an earlier process kept. Whatever is not as it should be makes it damaged."""
    tally = Tally(is_damaged=bool(said.get("is_damaged")))
    sessions = said.get("sessions", [])
    for each in sessions if isinstance(sessions, list) else ():
        match each:
            case {"session": str(s), "principal": str(p), "upstream": str(u), "messages": int(messages)}:
                tally.note((s, p, u), _instant(said, "from_us"), messages)
            case _:
                tally.is_damaged = True
    beyond = said.get("beyond", 0)
    if isinstance(beyond, int):
        tally.beyond, tally.messages = beyond, tally.messages + beyond
    tally.from_us, tally.to_us = _instant(said, "from_us"), _instant(said, "to_us")
    return tally


def _instant(said: JsonObject, name: str) -> int:
    at_us = said.get(name)
    return at_us if isinstance(at_us, int) else 0
