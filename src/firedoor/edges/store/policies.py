"""The versions of the policy, in the database. A version is added and never changed: the newest is in force.

For the path, one number is enough: has a newer version come? Beside SQLite that is counted where every
process sees it (`epochs`); PostgreSQL is asked each time, in a thread.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from sqlalchemy import func, insert, select, text

from firedoor.edges.store.database import Database, connect_sqlite, sqlite_module
from firedoor.edges.store.epochs import BELIEVED_S, Topic
from firedoor.edges.store.faults import explained, or_refused, unavailable
from firedoor.edges.store.tables import policies
from firedoor.model.errors import SettingsError
from firedoor.ports.policy_versions import PolicyVersion

_NEWEST = "SELECT MAX(number) FROM policies"
_POLICIES = Topic.POLICIES
"""By a name of its own: a member of an enumeration is looked up in six steps, each time."""
_UNABLE = "The policy in force cannot be told"
_ONE_AT_A_TIME = text("LOCK TABLE policies IN SHARE ROW EXCLUSIVE MODE")
"""PostgreSQL would let two look for the newest number before either adds the next. Readers do not wait."""


class StoredPolicies:
    """Implements the port `PolicyVersions`, and tells the path the newest number."""

    def __init__(self, database: Database, now_s: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._connection = connect_sqlite(database.file) if database.file is not None else None
        self._epochs = database.epochs
        self._fault: type[Exception] = sqlite_module().Error
        self._epoch = b""
        self._believed_until = 0.0
        self._now_s = now_s
        self._number = 0
        # Two threads between "has somebody written" and "remember it" could remember what is no longer true.
        self._lock = Lock()

    async def number(self) -> int:
        """The number of the version in force, as the database has it at this moment; 0: there is none.

        Raises:
            RecordError: the database cannot be read.
        """
        if self._connection is None or self._epochs is None:
            return await asyncio.to_thread(self._asked)
        try:
            with self._lock:
                # The count is taken before the row: a commit between the two is seen by the next question.
                epoch, now_s = self._epochs.of(_POLICIES), self._now_s()
                if epoch != self._epoch or now_s >= self._believed_until:
                    (number,) = self._connection.execute(_NEWEST).fetchone()
                    self._number, self._epoch = number or 0, epoch
                    self._believed_until = now_s + BELIEVED_S
                return self._number
        except self._fault as fault:
            raise unavailable(_UNABLE, fault) from fault

    def _asked(self) -> int:
        with or_refused(_UNABLE), self._database.reading.connect() as connection:
            return connection.execute(select(func.max(policies.c.number))).scalar() or 0

    def add(self, made: PolicyVersion, *, expected: int | None = None) -> PolicyVersion:
        """Bring a policy into force.

        Raises:
            SettingsError: another one came into force meanwhile, or the store cannot be written.
        """
        newest = select(func.max(policies.c.number))
        with explained(), self._database.writing.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(_ONE_AT_A_TIME)
            number = connection.execute(newest).scalar() or 0
            if expected is not None and number != expected:
                raise SettingsError(
                    "policy_outrun",
                    f"Version {number} came into force meanwhile.",
                    "Look at it with `firedoor policy diff`, then apply again.",
                )
            row = {
                "number": number + 1,
                "version": made.version,
                "documents": made.documents,
                "drafts": made.drafts,
                "applied_by": made.by,
                "note": made.note,
                "applied_at_us": made.at_us,
            }
            connection.execute(insert(policies).values(row))
        self._database.count(Topic.POLICIES)
        return _version_from(row)

    def newest(self) -> PolicyVersion | None:
        """The version in force.

        Raises:
            SettingsError: the store cannot be read.
        """
        return next(iter(self._read(1, None)), None)

    def find(self, number: int) -> PolicyVersion | None:
        """One version.

        Raises:
            SettingsError: the store cannot be read.
        """
        return next(iter(self._read(1, number)), None)

    def list(self) -> tuple[PolicyVersion, ...]:
        """All of them, the newest first.

        Raises:
            SettingsError: the store cannot be read.
        """
        return self._read(None, None)

    def _read(self, limit: int | None, number: int | None) -> tuple[PolicyVersion, ...]:
        query = select(policies).order_by(policies.c.number.desc()).limit(limit)
        if number is not None:
            query = query.where(policies.c.number == number)
        with explained(), self._database.reading.connect() as connection:
            return tuple(_version_from(dict(row)) for row in connection.execute(query).mappings())

    def close(self) -> None:
        """Let the connection of the path go."""
        if self._connection is not None:
            with self._lock:
                self._connection.close()


def _version_from(row: Mapping[str, Any]) -> PolicyVersion:
    return PolicyVersion(
        number=row["number"],
        version=row["version"],
        documents=row["documents"],
        drafts=row["drafts"],
        by=row["applied_by"],
        note=row["note"],
        at_us=row["applied_at_us"],
    )
