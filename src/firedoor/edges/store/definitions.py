"""Definitions that were seen and accepted, in the database. Never takes back that one was accepted."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, Table, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from firedoor.edges.store.database import Database
from firedoor.edges.store.faults import explained
from firedoor.edges.store.tables import definitions, first_lists
from firedoor.model.definition import Definition, DefinitionKind, Pin, Suspicion
from firedoor.ports.definitions import Key, Known

LONGEST = 65_536
"""Characters of a definition that are kept for people to read. Its hash covers all of it."""
FORMER = 200
"""Definitions of an upstream that are kept though they are gone and were never accepted. A server that says
something new with each list would fill the disk.
"""
_AT_ONCE = 200
"""Keys of one statement: SQLite takes a limited number of variables."""

_t = definitions.c


class StoredDefinitions:
    """Implements the port `Definitions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, upstream: str) -> Known:
        """What is known of an upstream.

        Raises:
            SettingsError: the store cannot be read.
        """
        columns = select(_t.kind, _t.hash, _t.name, _t.accepted_at_us, _t.gone_at_us)
        begun = select(first_lists.c.kind).where(first_lists.c.upstream == upstream)
        with explained(), self._database.reading.connect() as connection:
            rows = connection.execute(columns.where(_t.upstream == upstream)).all()
            kinds = connection.execute(begun).scalars().all()
        keyed = [(DefinitionKind(row.kind), row) for row in rows]
        relied = [(kind, row) for kind, row in keyed if row.accepted_at_us is not None]
        names = frozenset((kind, row.name) for kind, row in relied)
        listed = frozenset((kind, row.name) for kind, row in keyed if row.gone_at_us is None)
        return Known(
            names=names,
            waiting=listed - names,
            seen=frozenset((kind, row.hash) for kind, row in keyed),
            gone=frozenset((kind, row.hash) for kind, row in keyed if row.gone_at_us is not None),
            accepted=frozenset((kind, row.hash) for kind, row in relied),
            begun=frozenset(DefinitionKind(kind) for kind in kinds),
        )

    def pins(self, upstream: str) -> tuple[Pin, ...]:
        """Every definition of an upstream that was seen, by kind and name, the oldest first.

        Raises:
            SettingsError: the store cannot be read.
        """
        query = select(definitions).where(_t.upstream == upstream)
        query = query.order_by(_t.kind, _t.name, _t.first_seen_at_us, _t.hash)
        with explained(), self._database.reading.connect() as connection:
            return tuple(_pin(dict(row)) for row in connection.execute(query).mappings())

    def see(self, upstream: str, found: Sequence[Definition], at_us: int) -> None:
        """Keep definitions that were not seen before; those that were gone are back.

        Raises:
            SettingsError: the store cannot be written.
        """
        rows = {(each.kind, each.hash): _row(upstream, each, at_us) for each in found}
        with explained(), self._database.writing.begin() as connection:
            for part in _parts(list(rows)):
                there = connection.execute(select(_t.kind, _t.hash).where(_these(upstream, part))).all()
                connection.execute(update(definitions).where(_these(upstream, part)).values(gone_at_us=None))
                for kind, digest in there:
                    rows.pop((DefinitionKind(kind), digest))
            if rows:
                # In one order everywhere: two that wait for rows of each other would wait for ever.
                new = sorted(rows.values(), key=lambda row: (row["kind"], row["hash"]))
                connection.execute(_insert_new(connection, definitions), new)
            former = and_(_t.upstream == upstream, _t.accepted_at_us.is_(None), _t.gone_at_us.is_not(None))
            newest = select(_t.kind, _t.hash).where(former).order_by(_t.gone_at_us.desc(), _t.hash)
            too_many = connection.execute(newest.offset(FORMER)).all()
            for part in _parts([(DefinitionKind(kind), digest) for kind, digest in too_many]):
                connection.execute(delete(definitions).where(_these(upstream, part)))

    def begin(self, upstream: str, kind: DefinitionKind, at_us: int) -> None:
        """A whole list of this kind was seen.

        Raises:
            SettingsError: the store cannot be written.
        """
        row = {"upstream": upstream, "kind": kind.value, "at_us": at_us}
        with explained(), self._database.writing.begin() as connection:
            connection.execute(_insert_new(connection, first_lists), row)

    def lose(self, upstream: str, keys: Sequence[Key], at_us: int) -> None:
        """These are listed no longer.

        Raises:
            SettingsError: the store cannot be written.
        """
        self._set(upstream, keys, _t.gone_at_us.is_(None), {"gone_at_us": at_us})

    def accept(self, upstream: str, keys: Sequence[Key], by: str, at_us: int) -> None:
        """Rely on these from now on.

        Raises:
            SettingsError: the store cannot be written.
        """
        values = {"accepted_at_us": at_us, "accepted_by": by}
        self._set(upstream, keys, _t.accepted_at_us.is_(None), values)

    def _set(
        self, upstream: str, keys: Sequence[Key], still: ColumnElement[bool], values: Mapping[str, Any]
    ) -> None:
        with explained(), self._database.writing.begin() as connection:
            for part in _parts(keys):
                these = and_(_these(upstream, part), still)
                connection.execute(update(definitions).where(these).values(values))


def _insert_new(connection: Connection, table: Table) -> Insert:
    """Insert, but for what is there: PostgreSQL lets another gateway see the same at the same time."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def _parts(keys: Sequence[Key]) -> list[Sequence[Key]]:
    return [keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE)]


def _these(upstream: str, keys: Sequence[Key]) -> ColumnElement[bool]:
    named = or_(*(and_(_t.kind == kind.value, _t.hash == digest) for kind, digest in keys))
    return and_(_t.upstream == upstream, named)


def _row(upstream: str, found: Definition, at_us: int) -> dict[str, Any]:
    return {
        "upstream": upstream,
        "kind": found.kind.value,
        "hash": found.hash,
        "name": _kept(found.name),
        "content": _kept(found.text),
        "suspicions": [[each.kind, _kept(each.where), _kept(each.what)] for each in found.suspicions],
        "first_seen_at_us": at_us,
        "accepted_at_us": None,
        "accepted_by": "",
        "gone_at_us": None,
    }


def _kept(text: str) -> str:
    # PostgreSQL has no NUL in a text, and no database has half a character.
    return text[:LONGEST].replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _pin(row: Mapping[str, Any]) -> Pin:
    definition = Definition(
        kind=DefinitionKind(row["kind"]),
        name=row["name"],
        hash=row["hash"],
        text=row["content"],
        suspicions=tuple(Suspicion(*each) for each in row["suspicions"]),
    )
    return Pin(
        upstream=row["upstream"],
        definition=definition,
        first_seen_at_us=row["first_seen_at_us"],
        accepted_at_us=row["accepted_at_us"],
        accepted_by=row["accepted_by"],
        gone_at_us=row["gone_at_us"],
    )
