"""Every contract is held by SQLite and by a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firedoor.edges.store.store import Store
from tests.helpers.postgres import Postgres, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    return "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres").fresh()


@pytest.fixture
def another(url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store with a database of its own, of the same sort, in which nothing is yet."""
    folder = tmp_path / "another"
    folder.mkdir()
    opened = Store.open(url if url == "sqlite" else request.getfixturevalue("postgres").fresh(), folder)
    yield opened
    opened.close()


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(url, tmp_path)
    yield opened
    opened.close()
