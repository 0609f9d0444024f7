from pathlib import Path

import pytest

from firedoor.edges.store.database import connect_sqlite
from firedoor.edges.store.store import Store
from firedoor.model.errors import RecordError
from firedoor.model.ids import TokenDigest

pytestmark = pytest.mark.anyio


async def test_grants_that_cannot_be_read_are_an_error_and_never_nobody(tmp_path: Path) -> None:
    """ "Unknown" and "I do not know" are both denied, but not in the same words."""
    store = Store.open("sqlite", tmp_path)
    aside = connect_sqlite(tmp_path / "firedoor.db")
    aside.execute("ALTER TABLE grants RENAME TO gone")
    with pytest.raises(RecordError) as failed:
        await store.grants.grant_of(TokenDigest("0" * 64))
    assert failed.value.code == "store_unavailable"
    assert failed.value.message == "Grants cannot be read at the moment."
    aside.execute("ALTER TABLE gone RENAME TO grants")
    aside.close()
    assert await store.grants.grant_of(TokenDigest("0" * 64)) is None
    store.close()
