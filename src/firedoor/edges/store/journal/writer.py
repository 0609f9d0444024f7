"""The recorder: seals on the caller's thread, writes on its own. Never says durable before the disk did.

Theory of operation. `put` and `append` seal an entry and queue its frame, in one critical section: the
order of sequence numbers, of the hash chain and of the bytes on disk is one order. One thread takes all
that is queued, writes key files first, then all frames at once, syncs once, and then wakes everybody who
waits for any of them. While it syncs, the next group gathers by itself. The thread is woken when a turn of
the event loop ends: what was appended in it is one group. Longer waits for company saved nothing.

Any error of writing or syncing poisons the journal for good: after a failed fsync the kernel may have
dropped the pages and call the next one a success. A sealed frame that cannot be queued would break its
session's chain, so that everything that can be refused is refused before sealing.
"""

import asyncio
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from firedoor.core.record.content import ContentPacker
from firedoor.core.record.frame import fresh_session_id
from firedoor.core.record.seal import SessionSealer
from firedoor.edges.store.journal.backlog import Backlog, Long
from firedoor.edges.store.journal.claim import Claim
from firedoor.edges.store.journal.disk import RealDisk
from firedoor.edges.store.journal.group import (
    Queued,
    broken_off,
    frames_of,
    new_keys,
    openings_in,
    rows_of,
    settle,
    unended_in,
)
from firedoor.edges.store.journal.layout import journal_folder, make_folders
from firedoor.edges.store.journal.recover import Recovered, recover
from firedoor.edges.store.journal.room import Level, Room, refusal_at
from firedoor.edges.store.journal.segments import Place, SegmentWriter
from firedoor.edges.store.journal.surroundings import KeyWrap, OnDurable, OnDurableFrames, Surroundings
from firedoor.edges.store.journal.unfinished import Unfinished, batched_facts, unfinished
from firedoor.edges.store.journal.unkept import Unkept, no_room_for_key
from firedoor.edges.store.journal.waiters import Waiters
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import FiredoorError, RecordError
from firedoor.model.ids import SessionId
from firedoor.model.json import Json

_CLOSING_S = 10.0


class Journal:
    """An append-only, encrypted, durable record in a data directory."""

    def __init__(self, data_dir: Path, keys: KeyWrap, around: Surroundings) -> None:
        """Use `open`."""
        self._around = around
        self._keys = keys
        self._folder = journal_folder(data_dir)
        self._data_dir = data_dir
        self._packer = ContentPacker()
        self._sealers: dict[SessionId, SessionSealer] = {}
        self._waiters: Waiters | None = None
        self._on_durable: OnDurable | None = None
        self._on_durable_frames: OnDurableFrames | None = None
        self._gate = threading.Condition()
        self._backlog = Backlog(self._gate, around.max_queued)
        self._dropped: set[SessionId] = set()
        self._unkept = Unkept()
        self._is_closing = False
        self._is_stalled = False
        self.left_open: list[Unfinished] = []
        self._failure: RecordError | None = None
        self._control = fresh_session_id(around.now_us(), around.entropy(10))
        self._claim: Claim | None = None
        self.room = Room(self._folder, around.disk, around.marks, reserve=around.sizes.reserve)
        self._segments: SegmentWriter | None = None
        self._thread = threading.Thread(target=self._run, name="firedoor-journal", daemon=True)

    @classmethod
    def open(
        cls,
        data_dir: Path,
        *,
        keys: KeyWrap,
        on_durable: OnDurable | None = None,
        on_durable_frames: OnDurableFrames | None = None,
        around: Surroundings | None = None,
    ) -> "Journal":
        """Recover the journal of a data directory and begin a new control session in a new segment.

        `on_durable` and `on_durable_frames` are called on the writer's thread for each group, after those
        who wait were woken; for the very first group, on the caller's. They must be quick, since the next
        group waits for them, and must not raise.

        Raises:
            RecordError: the directory cannot be written, or another process records in it.
            IntegrityError: the journal is corrupt.
        """
        journal = cls(data_dir, keys, around or Surroundings(disk=RealDisk()))
        journal._on_durable = on_durable
        journal._on_durable_frames = on_durable_frames
        journal._start()
        return journal

    @property
    def control(self) -> SessionId:
        """The session of this process for what belongs to no other."""
        return self._control

    @property
    def is_ready(self) -> bool:
        """Whether new calls can be recorded now."""
        return not self.trouble

    @property
    def trouble(self) -> str:
        """Why new calls cannot be recorded now, as a code; empty if they can."""
        if self._failure is not None:
            return self._failure.code
        if self._is_closing:
            return "record_closed"
        if self._is_stalled:
            return "record_too_slow"
        with self._gate:
            self.room.look()
        return refusal_at(self.room.level).code if self.room.level >= Level.STOPPED else ""

    @property
    def waiting_bytes(self) -> int:
        """Bytes that wait for the disk."""
        return self._backlog.size

    @property
    def failure(self) -> RecordError | None:
        """Why nothing becomes durable any more; None if nothing failed."""
        return self._failure

    def put(self, entry: Entry) -> int:
        """Seal the entry and queue it; return its sequence number. It is durable before any later one.

        Raises:
            RecordError: nothing can be recorded now, or this entry cannot.
        """
        with self._gate:
            return self._enqueue(entry, None).sequence

    def append(self, entry: Entry) -> "asyncio.Future[int]":
        """Like `put`; the future has the sequence number when the entry is durable.

        Raises:
            RecordError: nothing can be recorded now, or this entry cannot; also from the future, in time.
        """
        loop = asyncio.get_running_loop()
        waiters = self._waiters
        if waiters is None or waiters.loop is not loop:
            waiters = self._waiters = Waiters(
                loop, self._around.limits, on_late=self._stall, on_turn=self._notify
            )
        with self._gate:
            future = self._enqueue(entry, waiters).future
        waiters.at_end_of_turn()
        if future is None:
            raise RecordError("record_unavailable", "The entry was queued without anybody waiting.")
        return future

    def renew_keys(self) -> None:
        """Seal what comes under new keys, in every session: those who may read have changed."""
        with self._gate:
            for sealer in self._sealers.values():
                sealer.renew()

    def forget(self, session: SessionId) -> None:
        """Drop the key of a session. It cannot be resumed."""
        with self._gate:
            self._sealers.pop(session, None)
            self._unkept.forget(session)

    def close(self) -> None:
        """Make everything queued durable, end the control session, and stop."""
        with self._gate:
            if self._is_closing:
                return
            self._is_closing = True
            self._gate.notify()
        if self._thread.ident is not None:
            self._thread.join(_CLOSING_S)
        self._unlock()

    def _start(self) -> None:
        try:
            make_folders(self._data_dir, self._around.disk)
            self._claim = Claim(self._data_dir)
            recovered = recover(self._data_dir, self._around.disk)
            self.left_open = unfinished(self._data_dir, self._around.unwrap)
        except OSError as fault:
            self._unlock()
            raise _unwritable(self._data_dir, fault) from fault
        except FiredoorError:
            self._unlock()
            raise
        self._segments = SegmentWriter(
            self._data_dir,
            self._around.disk,
            origin=self._around.origin,
            first=recovered.next_segment,
            previous=recovered.previous,
            sizes=self._around.sizes,
        )
        self._begin(recovered)

    def _begin(self, recovered: Recovered) -> None:
        """Write the first entries before the thread starts: who opens the journal knows that it can write."""
        with self._gate:
            self._enqueue(self._control_entry(EntryKind.OPEN, {"control": True}), None)
            for torn in recovered.torn:
                self._enqueue(self._control_entry(EntryKind.RECOVERED, torn.said), None)
            for lost in batched_facts(self.left_open):
                self._enqueue(self._control_entry(EntryKind.RECOVERED, lost), None)
            first = self._backlog.cut()
            self._backlog.done(first)
        try:
            first, place = self._write(first)
        except OSError as fault:
            self._unlock()
            raise _unwritable(self._data_dir, fault) from fault
        if place is None:
            self._unlock()
            raise _unwritable(self._data_dir, "No space left on device")
        self.room.keep()
        self._tell(first, place)
        self._thread.start()

    def _control_entry(self, kind: EntryKind, said: Mapping[str, Json]) -> Entry:
        return Entry(kind=kind, session=self._control, at_us=self._around.now_us(), envelope=said)

    def _enqueue(self, entry: Entry, waiters: Waiters | None) -> Queued | Long:
        """Seal and queue. Under the gate; whatever can be refused is refused before sealing."""
        self._refuse_if_unable(entry)
        sealer = self._sealers.get(entry.session)
        if sealer is None:
            if entry.kind is not EntryKind.OPEN:
                raise RecordError("session_not_open", f"Session {entry.session} is not open.")
            sealer = SessionSealer(entry, fresh=self._around.fresh_key, packer=self._packer)
        queued = self._backlog.add(sealer, entry, waiters)
        if queued.sequence == 0:
            self._sealers[entry.session] = sealer
        if waiters is None:
            self._gate.notify()
        return queued

    def _notify(self) -> None:
        with self._gate:
            self._gate.notify()

    def _refuse_if_unable(self, entry: Entry) -> None:
        if self._failure is not None:
            raise RecordError(self._failure.code, self._failure.message, self._failure.hint)
        if self._is_closing:
            raise RecordError("record_unavailable", "The journal is closed.")
        if self._is_stalled:
            raise RecordError("record_too_slow", "The disk does not answer.", "See the disk.")
        self._unkept.refuse(entry)
        if not self._backlog.may_take(entry):
            raise RecordError("record_overloaded", "More waits for the disk than may wait.", "See the disk.")
        self.room.refuse(entry, is_control=entry.session == self._control)

    def _stall(self) -> None:
        """Somebody waited too long: refuse until what is being written is durable."""
        with self._gate:
            # Nothing unwritten: it was the loop that was late, and no release would end the stall.
            self._is_stalled = self._backlog.size > 0

    def _run(self) -> None:
        """The writer's thread. However it ends, nobody is left waiting."""
        group: list[Queued] = []
        reason = "the writer ended"
        try:
            while group := self._take():
                group, place = self._write(group)
                self._release(group)
                if place is not None:
                    self._tell(group, place)
                group = []
        except (OSError, FiredoorError) as fault:
            reason = str(fault)
        finally:
            self._end(group, reason)

    def _take(self) -> list[Queued]:
        """Wait for something to write; nothing when closed."""
        with self._gate:
            while self._backlog.is_empty and not self._is_closing:
                self._gate.wait()
            if self._is_closing and not self._backlog.sessions and self._control in self._sealers:
                end = self._control_entry(EntryKind.CLOSE, {"reason": "stopped"})
                self._backlog.add(self._sealers.pop(self._control), end, None)  # last: nothing is left open
            group = self._backlog.cut()
        return self._backlog.fill(group)

    def _write(self, group: list[Queued]) -> tuple[list[Queued], Place | None]:
        """Make a group durable; return what of it was, and where."""
        if self._segments is None:
            raise RecordError("record_unavailable", "The journal was not opened.")
        group = self._without_dropped(group)
        unkept = self._segments.write_keys(new_keys(group, self._keys.wrap))
        if unkept:
            group = self._without_unkept(group, unkept)
        if not group:
            return [], None
        try:
            return group, self._segments.write_group(frames_of(group), at_us=self._around.now_us())
        except OSError as fault:
            if not self.room.may_rescue(fault):
                raise
        return self._rescue(group, self._segments)

    def _rescue(self, group: list[Queued], segments: SegmentWriter) -> tuple[list[Queued], Place | None]:
        """The disk is full. Nobody was told of the group: it is written where the reserve has room for it.

        A session that begins in it never was. One with a long entry that is not all written goes on no more:
        the reserve is for the ends of the others.
        """
        self._use_reserve(segments, openings_in(group) | unended_in(group) | self._backlog.sessions)
        group = self._without_dropped(group)
        if not group:
            return [], None
        return group, segments.write_group(frames_of(group), at_us=self._around.now_us())

    def _use_reserve(self, segments: SegmentWriter, dropped: set[SessionId]) -> None:
        with self._gate:
            self.room.use()
            self._dropped |= dropped
        segments.take_reserve(self.room.reserve_file)

    def _without_unkept(self, group: list[Queued], unkept: set[SessionId]) -> list[Queued]:
        """There is no room for keys: sessions that begin never were, others go back to before their key."""
        with self._gate:
            begun = (openings_in(group) | broken_off(group)) & unkept
            self._dropped |= begun
            refused = self._unkept.take_back(group, self._backlog.queue, unkept - begun)
            behind = self._backlog.drop(unkept - begun)
            self._unkept.note(behind)
            self._backlog.done((*refused, *behind))
        settle((*refused, *behind), no_room_for_key())
        if self._segments is not None and self.room.has_reserve:
            self._use_reserve(self._segments, set())
        return self._without_dropped(group)

    def _without_dropped(self, group: list[Queued]) -> list[Queued]:
        if not self._dropped:
            return group
        with self._gate:
            gone = [queued for queued in group if queued.entry.session in self._dropped]
            behind = self._backlog.drop(self._dropped)
            for queued in (*gone, *behind):
                self._sealers.pop(queued.entry.session, None)
            self._backlog.done((*gone, *behind))
        settle((*gone, *behind), RecordError("disk_full", "The disk is full: the session does not go on."))
        return [queued for queued in group if queued.entry.session not in self._dropped]

    def _release(self, group: list[Queued]) -> None:
        with self._gate:
            self._backlog.done(group)
            self._is_stalled = False
        settle(group, None, self._waiters)

    def _tell(self, group: list[Queued], place: Place) -> None:
        if self._on_durable_frames is not None:
            self._on_durable_frames(place.segment, place.offset, frames_of(group))
        if self._on_durable is not None:
            self._on_durable(rows_of(group))

    def _end(self, group: list[Queued], reason: str) -> None:
        with self._gate:
            is_clean = not group and self._is_closing
            if not is_clean:
                self._failure = RecordError(
                    "record_unavailable",
                    f"The journal cannot be written any more: {reason}",
                    "Repair the disk, then start Firedoor again: it verifies what was written.",
                )
            left = self._backlog.end()
        if self._failure is not None:
            settle((*group, *left), self._failure)
        if self._segments is not None:
            with suppress(OSError):  # all that anybody waited for is durable; the next start cuts it too
                if is_clean:
                    self._segments.finish()
            self._segments.close()
        self.room.let_go()

    def _unlock(self) -> None:
        if self._claim is not None:
            self._claim.release()


def _unwritable(data_dir: Path, fault: object) -> RecordError:
    return RecordError("record_unavailable", f"The journal in {data_dir} cannot be written: {fault}")
