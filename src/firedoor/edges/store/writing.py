"""Writes batches of facts into the tables of the index.

Writing the same facts again changes nothing, in whatever order they overlap: that is what lets the index
catch up after a crash by reading the end of the record once more.
"""

from collections.abc import Iterable
from itertools import islice

from sqlalchemy import Connection, Engine, Insert, Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from firedoor.core.record.facts import IndexRow
from firedoor.edges.store.indexed import ENDING, Batch, Fact, Row, Value, batch_of, facts_of
from firedoor.edges.store.tables import calls, exposures, index_watermark, sessions

WATERMARK = "record"
TOGETHER = 2_000
"""Rows in one transaction while catching up: others who write wait that long."""
REMEMBERED = 20_000
"""Sessions whose principal is kept in memory. One that is not is looked up in its table."""
WHO = ("principal", "agent", "upstream", "peer")


class Writing:
    """Writes for one thread. Remembers who began each session, since calls do not repeat it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._who: dict[Value, tuple[Value, ...]] = {}
        insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
        self._open = _merge(insert(sessions).values(calls=0), sessions, keep=("calls", *CLOSING))
        self._call = _merge(insert(calls), calls, keep=ENDING)
        self._expose = _merge(insert(exposures), exposures, keep=())
        self._mark = _merge(insert(index_watermark), index_watermark, keep=())

    def write(self, facts: Iterable[Fact], *, reaches: bool) -> None:
        """Write them in one transaction.

        `reaches`: nothing that was recorded before them is missing, so the watermark moves.

        Raises:
            SQLAlchemyError: nothing of it was written.
        """
        batch = batch_of(facts)
        with self._engine.begin() as connection:
            if batch.opened:
                connection.execute(self._open, batch.opened)
            if batch.called:
                connection.execute(self._call, self._signed(connection, batch))
            if batch.exposed:
                connection.execute(self._expose, batch.exposed)
            if batch.ended:
                connection.execute(END, batch.ended)
            if batch.closed:
                connection.execute(CLOSE, batch.closed)
            if reaches and batch.size:
                connection.execute(self._mark, {"name": WATERMARK, "at_us": batch.until_us})
        for row in batch.closed:
            self._who.pop(row["of_session"], None)

    def catch_up(self, rows: Iterable[IndexRow]) -> int:
        """Write rows of the record, a part at a time; return how many were of use."""
        facts = (fact for row in rows for fact in facts_of(row))
        written = 0
        while part := list(islice(facts, TOGETHER)):
            self.write(part, reaches=True)
            written += len(part)
        return written

    def _signed(self, connection: Connection, batch: Batch) -> list[Row]:
        """Write into each call who made it."""
        for row in batch.opened:
            self._remember(row["id"], tuple(row[name] for name in WHO))
        for (session, _), row in batch.called.items():
            if (who := self._who.get(session)) is None:
                who = self._look_up(connection, session)
            for name, value in zip(WHO, who, strict=True):
                row[name] = row[name] or value
        return list(batch.called.values())

    def _look_up(self, connection: Connection, session: Value) -> tuple[Value, ...]:
        found = connection.execute(FIND, {"session": session}).one_or_none()
        return self._remember(session, (None,) * len(WHO) if found is None else tuple(found))

    def _remember(self, session: Value, who: tuple[Value, ...]) -> tuple[Value, ...]:
        if len(self._who) >= REMEMBERED:
            self._who.clear()
        self._who[session] = who
        return who


CLOSING = ("closed_at_us", "close_reason")
FIND = select(*(sessions.c[name] for name in WHO)).where(sessions.c.id == bindparam("session"))
END = (
    update(calls)
    .where(calls.c.session_id == bindparam("of_session"), calls.c.sequence == bindparam("of_call"))
    .values({name: bindparam(name) for name in ENDING})
)
CLOSE = (
    update(sessions)
    .where(sessions.c.id == bindparam("of_session"))
    .values(
        calls=select(func.count())
        .where(calls.c.session_id == bindparam("of_session"), calls.c.message == "request")
        .scalar_subquery(),
        **{name: bindparam(name) for name in CLOSING},
    )
)


def _merge(insert: postgresql.Insert | sqlite.Insert, table: Table, *, keep: tuple[str, ...]) -> Insert:
    """Insert, or overwrite what is there; what is already known of `keep` stays."""
    key = [column.name for column in table.primary_key.columns]
    fresh = {c.name: insert.excluded[c.name] for c in table.columns if c.name not in {*key, *keep}}
    kept = {name: func.coalesce(insert.excluded[name], table.c[name]) for name in keep if name in ENDING}
    return insert.on_conflict_do_update(index_elements=key, set_=fresh | kept)
