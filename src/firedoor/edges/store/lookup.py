"""Finds a grant by its token's digest, on the path: once for each request, as the store has it now.

SQLite is asked on the event loop, and what was read is kept until somebody, of whatever process, has changed
a grant: that is counted beside the database (`epochs`). PostgreSQL is asked each time, in a thread.
It never decides: an expired or revoked grant is found like any other.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.dialects import sqlite

from firedoor.edges.store.database import connect_sqlite, sqlite_module
from firedoor.edges.store.epochs import BELIEVED_S, Epochs, Topic
from firedoor.edges.store.faults import or_refused, unavailable
from firedoor.edges.store.tables import grants
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId, TokenDigest
from firedoor.model.principal import Actor, Principal, PrincipalKind

_GRANTS = Topic.GRANTS
"""By a name of its own: a member of an enumeration is looked up in six steps, each time."""
KEPT = 10_000
"""Grants kept in memory at most. Digests without a grant are not kept: anybody can send those."""

BY_DIGEST = select(grants).where(grants.c.token_digest == bindparam("digest"))
COLUMNS = tuple(column.name for column in grants.columns)
_UNABLE = "Grants cannot be read"


class Lookup(Protocol):
    """One way to find a grant."""

    async def grant_of(self, digest: TokenDigest) -> Grant | None:
        """As in the port `Directory`."""
        ...

    def close(self) -> None:
        """Let the connection go."""
        ...


def grant_from(row: Mapping[str, Any]) -> Grant:
    """Read a row of the table."""
    agent, upstreams = row["agent"], row["upstreams"]
    return Grant(
        id=GrantId(row["id"]),
        principal=Principal(
            name=row["principal"],
            kind=PrincipalKind(row["principal_kind"]),
            groups=frozenset(row["groups"]),
            actors=() if agent is None else (Actor(name=agent),),
        ),
        token_digest=TokenDigest(row["token_digest"]),
        upstreams=None if upstreams is None else frozenset(upstreams),
        roles=frozenset(row["roles"]),
        issued_at_us=row["issued_at_us"],
        expires_at_us=row["expires_at_us"],
        revoked_at_us=row["revoked_at_us"],
    )


class KeptLookup:
    """SQLite: remembers grants for as long as nobody has written any."""

    def __init__(self, file: Path, epochs: Epochs, now_s: Callable[[], float] = time.monotonic) -> None:
        self._epochs = epochs
        self._now_s = now_s
        self._believed_until = 0.0
        self._connection = connect_sqlite(file)
        self._fault: type[Exception] = sqlite_module().Error
        self._select = str(BY_DIGEST.compile(dialect=sqlite.dialect()))
        self._kept: dict[TokenDigest, Grant] = {}
        self._epoch = b""
        # Two threads between "is it still true" and "keep it" could keep what is no longer true.
        self._lock = Lock()

    async def grant_of(self, digest: TokenDigest) -> Grant | None:
        """Find the grant as the file has it at this moment.

        Raises:
            RecordError: the file cannot be read.
        """
        try:
            with self._lock:
                return self._read(digest)
        except self._fault as fault:
            raise unavailable(_UNABLE, fault) from fault

    def _read(self, digest: TokenDigest) -> Grant | None:
        # The count is taken before the row: a commit between the two is then seen by the next question.
        epoch, now_s = self._epochs.of(_GRANTS), self._now_s()
        if epoch != self._epoch or now_s >= self._believed_until or len(self._kept) >= KEPT:
            self._kept.clear()
            self._epoch, self._believed_until = epoch, now_s + BELIEVED_S
        if (kept := self._kept.get(digest)) is not None:
            return kept
        found = self._connection.execute(self._select, (digest,)).fetchone()
        if found is None:
            return None
        row = dict(zip(COLUMNS, found, strict=True))
        for name in ("upstreams", "roles", "groups"):
            row[name] = None if row[name] is None else json.loads(row[name])
        grant = self._kept[digest] = grant_from(row)
        return grant

    def close(self) -> None:
        """Let the connection go."""
        with self._lock:
            self._connection.close()


class AskedLookup:
    """PostgreSQL: asks for each request, in a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def grant_of(self, digest: TokenDigest) -> Grant | None:
        """Find the grant as the database has it at this moment.

        Raises:
            RecordError: the database cannot be read.
        """
        with or_refused(_UNABLE):
            return await asyncio.to_thread(self._read, digest)

    def _read(self, digest: TokenDigest) -> Grant | None:
        with self._engine.connect() as connection:
            row = connection.execute(BY_DIGEST, {"digest": digest}).mappings().one_or_none()
        return None if row is None else grant_from(dict(row))

    def close(self) -> None:
        """Nothing to let go: the engine is somebody else's."""
