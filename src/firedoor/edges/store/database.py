"""Opens the database and brings its tables to the shape of this program.

SQLite in WAL mode, or PostgreSQL. Every transaction that writes says so beforehand (`writing`): SQLite
then takes its one write lock at the start, so that two processes wait for each other and never deadlock.
It never touches the record.
"""

import importlib
import logging
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from firedoor.edges.store.epochs import Epochs, Topic
from firedoor.edges.store.faults import explained
from firedoor.edges.store.migrations import HEAD
from firedoor.model.errors import SettingsError

log = logging.getLogger(__name__)

FILE = "firedoor.db"
SQLITE = "sqlite"
SOUND_SQLITE = (3, 51, 3)
"""The first SQLite without the WAL-reset bug, which can corrupt a database: https://sqlite.org/wal.html."""
BUSY_MS = 5_000
"""How long a writer waits for another process's transaction."""
MIGRATION_LOCK = 0x46697265
"""PostgreSQL advisory lock: only one process migrates. Any fixed number does."""
WRITES = "firedoor_writes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An open database."""

    reading: Engine
    writing: Engine
    """The same connections, for transactions that write."""
    file: Path | None
    """The SQLite file; None on PostgreSQL."""
    epochs: Epochs | None = None
    """The counts of changes beside the SQLite file."""

    def count(self, topic: Topic) -> None:
        """Tell every process of the machine that something was committed. PostgreSQL is asked each time."""
        if self.epochs is not None:
            self.epochs.count(topic)

    def close(self) -> None:
        """Let every connection go."""
        self.reading.dispose()
        if self.epochs is not None:
            self.epochs.close()


def sqlite_module() -> ModuleType:
    """Find the soundest SQLite here: `pysqlite3` carries its own, the standard one is the system's."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def open_database(url: str, data_dir: Path) -> Database:
    """Open what `database:` in the settings names, and migrate it.

    Raises:
        SettingsError: no such kind of database, unreachable, or made by a newer program.
    """
    file = _sqlite_file(url, data_dir)
    engine = _sqlite(file) if file is not None else _postgresql(_parsed(url))
    database = Database(
        reading=engine,
        writing=engine.execution_options(**{WRITES: True}),
        file=file,
        epochs=None if file is None else Epochs(file),
    )
    try:
        with explained():
            migrate(database.writing)
    except SettingsError:
        database.close()
        raise
    return database


def _sqlite_file(url: str, data_dir: Path) -> Path | None:
    if url == SQLITE:
        return data_dir / FILE
    # Several processes of one machine share it: each has a data directory of its own.
    kind, _, path = url.partition(":")
    return Path(path) if kind == SQLITE and path and not path.startswith("//") else None


def connect_sqlite(file: Path) -> sqlite3.Connection:
    """Open a connection of its own, outside SQLAlchemy, that commits each statement by itself."""
    connection: sqlite3.Connection = sqlite_module().connect(
        str(file), timeout=BUSY_MS / 1_000, isolation_level=None, check_same_thread=False
    )
    return connection


def migrate(writing: Engine) -> None:
    """Bring the tables to the shape of this program, one process at a time.

    Raises:
        SettingsError: the tables are of a newer program.
    """
    # Alembic costs a fifth of a second to import: only who needs it pays.
    with writing.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        version = _version(connection)
        if version != HEAD:
            importlib.import_module("firedoor.edges.store.migrate").upgrade(connection, version)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(select(text("version_num")).select_from(text("alembic_version"))).scalar()
    return None if found is None else str(found)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in {"postgresql", "postgres", "postgresql+psycopg"}:
        # The value is not shown: it may hold a password.
        raise SettingsError(
            "database_unknown",
            "`database:` is neither `sqlite` nor a PostgreSQL address.",
            "Write `sqlite`, `sqlite:` and a file, or `postgresql://user:password@host/name`.",
        )
    return parsed.set(drivername="postgresql+psycopg")


def _postgresql(url: URL) -> Engine:
    try:
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=5,
            # A database that vanished must not hold a request for the minutes TCP would.
            connect_args={"connect_timeout": 5, "tcp_user_timeout": 10_000},
        )
    except ModuleNotFoundError as fault:
        raise SettingsError(
            "database_driver_missing",
            "PostgreSQL needs the driver psycopg, which is not installed.",
            "Install `firedoor[postgres]`.",
        ) from fault


def _sqlite(file: Path) -> Engine:
    module = sqlite_module()
    if module.sqlite_version_info < SOUND_SQLITE:
        log.warning(
            "SQLite %s has a bug that can corrupt the database; 3.51.3 or later has not",
            module.sqlite_version,
        )
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made before SQLite does, which would let everybody read it.
        file.touch(mode=0o600)
    except OSError as fault:
        raise SettingsError(
            "database_unavailable",
            f"The database {file} cannot be made: {fault.strerror}",
            "Check `data_dir:`.",
        ) from fault
    engine = create_engine(
        URL.create("sqlite", database=str(file)), module=module, connect_args={"timeout": BUSY_MS / 1_000}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own idea of when a transaction begins is not ours: `_begin_sqlite` says it.
    connection.isolation_level = None
    # FULL: a revocation that was answered with "done" must outlive a power loss.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
