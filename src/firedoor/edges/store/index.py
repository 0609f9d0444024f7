"""The index of the record: what `sessions` and `search` look through.

The writer of the journal notes what it made durable; a thread of the index writes that down, off the path,
a few times a second. Nothing that fails here stops or slows traffic: it is logged once and counted, and
the watermark stays where the index was last known to be whole. From there it catches up at the next start.
It is no evidence: the record wins every disagreement, and the index can be made again from it.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice
from threading import Condition, Event, Thread

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from firedoor.core.record.facts import IndexRow
from firedoor.edges.store.database import Database
from firedoor.edges.store.faults import explained, first_line
from firedoor.edges.store.indexed import Fact, facts_of
from firedoor.edges.store.queries import find_calls, find_sessions
from firedoor.edges.store.tables import index_watermark
from firedoor.edges.store.writing import WATERMARK, Writing
from firedoor.ports.index import CallFilter, CallRow, SessionFilter, SessionRow

log = logging.getLogger(__name__)

GATHER_S = 0.2
"""How long facts are gathered before they are written together."""
TOGETHER = 1_000
"""Facts that are written together. After a crowd has ended there are thousands, and others want to go on."""
WAITING = 50_000
"""Facts that may wait for a database that is away. Beyond it they are dropped: memory has an end."""


class StoredIndex:
    """Implements the port `Index`, and takes notes from the journal's writer."""

    def __init__(self, database: Database, pause: Callable[[], object] = lambda: None) -> None:
        """`pause`: called between parts of what is written, so that other threads run."""
        self._database = database
        self._pause = pause
        self._waiting: deque[Fact] = deque()
        self._lost = 0
        self._is_failing = False
        self._noted = 0
        self._settled = 0
        """Facts noted, and facts written or given up, since the start."""
        self._moved = Condition()
        self._something = Event()
        self._hurry = Event()
        self._is_closed = False
        self._thread: Thread | None = None

    @property
    def lost(self) -> int:
        """How many facts are missing because they could not be written."""
        return self._lost

    def note(self, rows: Iterable[IndexRow]) -> None:
        """Take note of entries that are durable. Costs microseconds, never waits, never raises."""
        facts = [fact for row in rows for fact in facts_of(row)]
        if not facts:
            return
        if len(self._waiting) + len(facts) > WAITING:
            self._lost += len(facts)
            return
        self._waiting.extend(facts)
        self._noted += len(facts)
        if self._thread is None:
            self._thread = Thread(target=self._run, name="firedoor-index", daemon=True)
            self._thread.start()
        if not self._something.is_set():
            self._something.set()

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until what was noted before is written or given up; False if that took too long."""
        until = self._noted
        self._hurry.set()
        with self._moved:
            return self._moved.wait_for(lambda: self._settled >= until, timeout_s)

    def close(self) -> None:
        """Write what waits, and stop. What the database does not take now is read from the record later."""
        self._is_closed = True
        self._something.set()
        self._hurry.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def watermark(self) -> int | None:
        """The instant, in unix microseconds, until which nothing is missing; None for a new index.

        Raises:
            SettingsError: the index cannot be read.
        """
        query = select(index_watermark.c.at_us).where(index_watermark.c.name == WATERMARK)
        with explained(), self._database.reading.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def catch_up(self, rows: Iterable[IndexRow]) -> int:
        """Add rows of the record, in its order; return how many. Known ones change nothing.

        Raises:
            SettingsError: the index cannot be written.
        """
        with explained():
            return Writing(self._database.writing).catch_up(rows)

    def sessions(self, wanted: SessionFilter) -> tuple[SessionRow, ...]:
        """Find sessions, the newest first.

        Raises:
            SettingsError: the index cannot be read.
        """
        with explained(), self._database.reading.connect() as connection:
            return find_sessions(connection, wanted)

    def calls(self, wanted: CallFilter) -> tuple[CallRow, ...]:
        """Find calls, the newest first.

        Raises:
            SettingsError: the index cannot be read.
        """
        with explained(), self._database.reading.connect() as connection:
            return find_calls(connection, wanted)

    def _run(self) -> None:
        writing = Writing(self._database.writing)
        while not self._is_closed or self._waiting:
            self._something.wait()
            is_urgent = self._hurry.wait(GATHER_S)
            self._something.clear()
            self._hurry.clear()
            if not self._write_waiting(writing, is_urgent=is_urgent):
                if self._is_closed:
                    return
                # The database is away: what waits goes with what comes, or at the next turn.
                self._something.set()

    def _write_waiting(self, writing: Writing, *, is_urgent: bool) -> bool:
        """Write what waits by now, a part at a time; False if it is to be tried again."""
        for _ in range(0, len(self._waiting), TOGETHER):
            if not is_urgent:
                self._pause()
            if not self._write(writing):
                return False
        return True

    def _write(self, writing: Writing) -> bool:
        # in one step: nothing of ours runs while the interpreter copies it
        taken = list(islice(self._waiting, TOGETHER))
        try:
            writing.write(taken, reaches=self._lost == 0)
        except SQLAlchemyError as fault:
            self._tell(fault)
            if is_passing(fault):
                return False
            self._lost += len(taken)
        else:
            self._is_failing = False
        for _ in taken:
            self._waiting.popleft()
        with self._moved:
            self._settled += len(taken)
            self._moved.notify_all()
        return True

    def _tell(self, fault: SQLAlchemyError) -> None:
        if not self._is_failing:
            self._is_failing = True
            log.error("the index cannot be written, and goes on from the record later: %s", first_line(fault))


def is_passing(fault: SQLAlchemyError) -> bool:
    """Whether the same rows may be taken later: the database is away, locked or full."""
    if not isinstance(fault, DBAPIError):
        return True  # no connection was to be had from the pool in time
    return not isinstance(fault, IntegrityError) and type(fault).__name__ != "DataError"
