"""Changes are counted where every process sees them, and nothing is believed unchanged for long."""

import subprocess
import sys
from pathlib import Path

import pytest

from firedoor.edges.store.database import connect_sqlite
from firedoor.edges.store.epochs import BELIEVED_S, Epochs, Topic
from firedoor.edges.store.lookup import KeptLookup
from firedoor.edges.store.store import Store
from tests.helpers.nouns import grant

DIGEST = grant().token_digest


def test_each_topic_is_counted_for_itself(tmp_path: Path) -> None:
    ours, theirs = Epochs(tmp_path / "a.db"), Epochs(tmp_path / "a.db")
    grants, policies = ours.of(Topic.GRANTS), ours.of(Topic.POLICIES)
    theirs.count(Topic.GRANTS)
    assert ours.of(Topic.GRANTS) != grants
    assert ours.of(Topic.POLICIES) == policies


def test_another_process_counts_too(tmp_path: Path) -> None:
    ours = Epochs(tmp_path / "a.db")
    before = ours.of(Topic.POLICIES)
    code = (
        "import sys; from pathlib import Path; from firedoor.edges.store.epochs import *; "
        "Epochs(Path(sys.argv[1])).count(Topic.POLICIES)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.db")], check=True)
    assert ours.of(Topic.POLICIES) != before


@pytest.mark.anyio
async def test_a_change_that_nobody_counted_is_seen_when_belief_runs_out(tmp_path: Path) -> None:
    store = Store.open("sqlite", tmp_path)
    store.grants.create(grant())
    now_s = [100.0]
    epochs = Epochs(tmp_path / "firedoor.db")
    lookup = KeptLookup(tmp_path / "firedoor.db", epochs, lambda: now_s[0])
    assert await lookup.grant_of(DIGEST) == grant()
    by_hand = connect_sqlite(tmp_path / "firedoor.db")
    by_hand.execute("UPDATE grants SET revoked_at_us = 7").close()
    by_hand.close()
    found = await lookup.grant_of(DIGEST)
    assert found is not None
    assert found.revoked_at_us is None
    now_s[0] += BELIEVED_S
    found = await lookup.grant_of(DIGEST)
    assert found is not None
    assert found.revoked_at_us == 7
    lookup.close()
    epochs.close()
    store.close()


@pytest.mark.anyio
async def test_a_revocation_of_another_store_is_seen_at_the_next_question(tmp_path: Path) -> None:
    ours, theirs = Store.open("sqlite", tmp_path), Store.open("sqlite", tmp_path)
    ours.grants.create(grant())
    assert (await ours.grants.grant_of(DIGEST)) == grant()
    assert theirs.grants.revoke(grant().id, 9, "lost")
    found = await ours.grants.grant_of(DIGEST)
    assert found is not None
    assert found.revoked_at_us == 9
    ours.close()
    theirs.close()
