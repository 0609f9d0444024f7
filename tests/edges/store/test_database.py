import logging
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from firedoor.edges.store.database import connect_sqlite, open_database, sqlite_module
from firedoor.edges.store.tables import metadata
from firedoor.model.errors import SettingsError

OPENS = """
import sys
from pathlib import Path
from firedoor.edges.store.store import Store
Store.open("sqlite", Path(sys.argv[1])).close()
"""


def test_a_new_database_is_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    database = open_database("sqlite", tmp_path / "deep" / "data")
    database.close()
    assert database.file == tmp_path / "deep" / "data" / "firedoor.db"
    assert database.file.stat().st_mode & 0o077 == 0
    assert database.file.parent.stat().st_mode & 0o077 == 0


def test_sqlite_writes_ahead_and_waits_for_the_disk(tmp_path: Path) -> None:
    database = open_database("sqlite", tmp_path)
    with database.reading.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    database.close()


def test_the_sqlite_here_is_sound_or_a_warning_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        open_database("sqlite", tmp_path).close()
    is_sound = sqlite_module().sqlite_version_info >= (3, 51, 3)
    assert bool(caplog.records) is not is_sound


def test_the_steps_make_exactly_the_tables_that_the_program_works_with(tmp_path: Path) -> None:
    database = open_database("sqlite", tmp_path)
    with database.reading.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()


def test_processes_that_open_a_new_database_together_all_succeed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPENS, str(tmp_path)]

    def opened(_number: int) -> str:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stderr if done.returncode else ""

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(opened, range(4))) == [""] * 4


def test_a_database_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    open_database("sqlite", tmp_path).close()
    connection = connect_sqlite(tmp_path / "firedoor.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SettingsError) as refused:
        open_database("sqlite", tmp_path)
    assert refused.value.code == "database_newer"
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    connection.close()


@pytest.mark.parametrize(
    "url",
    ["mysql://root:hunter2@host/db", "sqlite:///elsewhere.db", "postgresql", "", "postgresql+asyncpg://h/d"],
)
def test_another_kind_of_database_is_refused_without_showing_a_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        open_database(url, tmp_path)
    assert refused.value.code == "database_unknown"
    assert "hunter2" not in str(refused.value)


def test_a_postgresql_that_is_not_there_is_refused_without_showing_a_password(tmp_path: Path) -> None:
    url = f"postgresql://root:hunter2@/db?host={tmp_path}"
    with pytest.raises(SettingsError) as refused:
        open_database(url, tmp_path)
    assert refused.value.code == "database_unavailable"
    assert "hunter2" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "firedoor.db").write_bytes(b"a diary, not a database" * 100)
    with pytest.raises(SettingsError):
        open_database("sqlite", tmp_path)
    assert (tmp_path / "firedoor.db").read_bytes() == b"a diary, not a database" * 100


def test_a_place_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError) as refused:
        open_database("sqlite", tmp_path / "file" / "data")
    assert refused.value.code == "database_unavailable"


def test_two_writers_wait_for_each_other(tmp_path: Path) -> None:
    """A transaction that writes takes the write lock at its start: it never finds out half-way."""
    database = open_database("sqlite", tmp_path)
    other = sqlite_module().connect(str(tmp_path / "firedoor.db"), timeout=0, isolation_level=None)
    with database.writing.begin(), pytest.raises(sqlite_module().OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()
    database.close()


def test_the_standard_module_stands_in_where_there_is_no_other() -> None:
    assert sqlite_module().sqlite_version_info >= sqlite3.sqlite_version_info
