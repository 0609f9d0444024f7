"""Keeps the log while the gateway runs: on its own thread, from what is durable, never on a call's path.

Theory of operation. The journal's writer tells where its durable end is, and goes on at once. The keeper's
thread reads the journal up to there, adds a leaf for each frame, and at most a second later signs. It reads
the files and not the writer's memory: what it takes is what is on disk, and however far it falls behind, it
holds nothing. What fails here stops no call: it is logged, shown as a metric, and tried again.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Thread

from firedoor.core.record.leaf import leaf_of
from firedoor.edges.store.log.cursor import Cursor
from firedoor.edges.store.log.growing import GrowingLog
from firedoor.edges.store.log.sealer import Sealer
from firedoor.edges.store.log.starting import Nature, start_log
from firedoor.model.entry import EntryKind
from firedoor.model.errors import FiredoorError

log = logging.getLogger(__name__)

SIGN_S = 0.5
"""How long leaves wait for company before they are signed: half of what is promised."""
AT_ONCE = frozenset({int(EntryKind.CLOSE), int(EntryKind.CONTROL)})
"""What is signed as soon as it is read: ends of sessions, and what people did, locks among it."""
KEEP_S = 600.0
"""How often a checkpoint goes into the history."""
CLOSING_S = 10.0
GENTLY = 32
"""Frames between two moments in which other threads may run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long the keeper waits."""

    look_s: float = 0.25
    """Between two looks at a journal that grows. More often costs a thousand ends in a second their core."""
    again_s: float = 1.0
    """After a failure."""


PACE = Pace()


@dataclass(slots=True)
class _State:
    """What the thread works with, once it found the log."""

    log: GrowingLog
    cursor: Cursor
    sealer: Sealer
    ended: list[bytes] = field(default_factory=list[bytes])
    """Sessions that ended, and are not in their own files yet."""
    is_caught_up: bool = False
    """What earlier processes recorded is in the log."""
    has_parts: bool = True
    """There may be sessions of earlier processes whose end has left the journal."""
    last_segment: int = 0
    """Where the frame of the last leaf is: what tells that the journal is that of the log."""
    first_unsigned_at: float = 0.0
    kept_at: float = 0.0
    is_urgent: bool = False
    """Something was read that is signed at once."""


class LogKeeper:
    """The log of one journal."""

    def __init__(
        self,
        data_dir: Path,
        nature: Nature,
        *,
        clock: Callable[[], float] = time.monotonic,
        pace: Pace = PACE,
    ) -> None:
        self._pace = pace
        self._data_dir = data_dir
        self._nature = nature
        self._clock = clock
        self._gate = Condition()
        self._run: int | None = None
        self._durable = (0, 0)
        self._is_closing = False
        self._is_idle = False
        self._is_failing = False
        self._is_alone = False
        self._state: _State | None = None
        self._signed_place = (0, 0)
        self._thread = Thread(target=self._work, name="firedoor-log", daemon=True)

    def note(self, segment: int, offset: int, frames: list[bytes]) -> None:
        """Take note that a group is durable. From the writer's thread; costs microseconds, never raises."""
        end = offset + sum(map(len, frames))
        with self._gate:
            if self._run is None:
                self._run = segment
                self._thread.start()
            self._durable = (segment, end)
            if self._is_idle:  # while it looks by itself, waking it for each group would cost each call
                self._gate.notify_all()

    @property
    def is_failing(self) -> bool:
        """Whether the log, or its checkpoint elsewhere, could not be written when it was last tried."""
        return self._is_failing or self._is_alone

    @property
    def size(self) -> int:
        """Leaves that the last checkpoint is over."""
        return 0 if self._state is None else self._state.log.signed

    def settled(self, timeout_s: float = 5.0) -> bool:
        """Wait until all that is durable now is signed; False if that took too long."""
        until = self._durable
        with self._gate:
            return self._gate.wait_for(lambda: self._signed_place >= until, timeout_s)

    def close(self) -> None:
        """Sign what is durable, move what ended, and stop. The journal is closed already."""
        with self._gate:
            self._is_closing = True
            self._gate.notify_all()
        if self._thread.ident is not None:
            self._thread.join(CLOSING_S)

    def _work(self) -> None:
        """The keeper's thread. However it ends, it shows."""
        try:
            self._keep_on()
        finally:
            self._is_failing = self._is_failing or not self._is_closing

    def _keep_on(self) -> None:
        while True:
            is_last = self._is_closing
            try:
                self._step(is_last=is_last)
                self._is_failing = False
            except (OSError, FiredoorError) as fault:
                self._failed(fault)
                if is_last:
                    return
                self._wait(self._pace.again_s)
                continue
            if is_last:
                return
            self._wait(self._pace.look_s if self._has_more() else None)

    def _step(self, *, is_last: bool) -> None:
        if self._state is None:
            self._state = self._start()
        state = self._state
        self._catch_up(state)
        self._read(state, self._durable)
        now = self._clock()
        is_due = state.is_urgent or is_last or now - state.first_unsigned_at >= SIGN_S
        if state.log.size > state.log.signed and is_due:
            is_kept = is_last or not state.kept_at or now - state.kept_at >= KEEP_S
            self._keep(state.log.sign(is_kept=is_kept))
            state.kept_at = now if is_kept else state.kept_at
            state.is_urgent = False
            with self._gate:
                self._signed_place = state.cursor.place
                self._gate.notify_all()
        if state.log.signed == state.log.size:
            self._seal(state)
        if is_last:
            state.log.folder.settle()

    def _start(self) -> _State:
        started = start_log(self._data_dir, self._run or 0, self._nature)
        disk = self._nature.disk
        sealer = Sealer(self._data_dir, settle=started.log.folder.settle, kept=self._nature.kept, disk=disk)
        state = _State(log=started.log, cursor=started.cursor, sealer=sealer)
        for frame in started.retained:
            sealer.take(frame)
            state.last_segment = frame.segment
        return state

    def _catch_up(self, state: _State) -> None:
        """Add what earlier processes recorded. No session outlives its process: all of theirs have ended."""
        if not state.is_caught_up:
            self._read(state, (self._run or 0, 0))
            state.ended = list(state.sealer.known())
            state.is_caught_up = True

    def _read(self, state: _State, until: tuple[int, int]) -> None:
        """Add the leaves of what is durable. Only ever whole groups: where it fails, it goes on later."""
        taken = 0
        for group in state.cursor.read(until):
            if state.log.size == state.log.signed:
                state.first_unsigned_at = self._clock()
            for frame in group:
                state.log.append(leaf_of(frame.content, frame.header))
                state.sealer.take(frame)
                state.last_segment = frame.segment
                if frame.header.kind == EntryKind.CLOSE:
                    state.ended.append(frame.header.session)
                state.is_urgent = state.is_urgent or frame.header.kind in AT_ONCE
                taken += 1
                if taken % GENTLY == 0:
                    self._nature.pause()

    def _keep(self, note: bytes) -> None:
        """Keep the checkpoint elsewhere. Where that fails, the next one is kept instead."""
        try:
            self._nature.keep(note)
        except OSError as fault:
            if not self._is_alone:
                log.warning("the checkpoint is not kept elsewhere: %s", fault)
            self._is_alone = True
        else:
            self._is_alone = False

    def _seal(self, state: _State) -> None:
        """Everything that was read is signed: move what ended, free what nobody needs."""
        while state.ended:
            state.sealer.finish(state.ended[0], state.log.origin)
            del state.ended[0]
            self._nature.pause()
        if state.has_parts:
            state.sealer.finish_parts(state.log.origin)
            state.has_parts = False
        # Older segments belong to a log that ended: a person looks at them first.
        state.sealer.free(state.log.beginning.segment, state.last_segment, state.log.origin)

    def _has_more(self) -> bool:
        state = self._state
        return state is None or state.cursor.place < self._durable or state.log.size > state.log.signed

    def _wait(self, timeout_s: float | None) -> None:
        with self._gate:
            if self._is_closing:
                return
            if timeout_s is None:
                self._is_idle = True
                self._gate.wait_for(lambda: self._is_closing or self._has_more())
                self._is_idle = False
            else:
                self._gate.wait_for(lambda: self._is_closing, timeout_s)

    def _failed(self, fault: OSError | FiredoorError) -> None:
        if not self._is_failing:
            log.error("the log stands still: %s", fault)
        self._is_failing = True
