"""What the versions of the policy promise, whichever database keeps them."""

import sys
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from firedoor.edges.store.store import Store
from firedoor.model.errors import SettingsError
from firedoor.ports.policy_versions import PolicyVersion

pytestmark = pytest.mark.anyio

MADE = PolicyVersion(version="sha256:1", documents="{}", drafts="d", by="dana", note="first", at_us=7)
IN_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from firedoor.edges.store.store import Store
from firedoor.ports.policy_versions import PolicyVersion
store = Store.open(sys.argv[1], Path(sys.argv[2]))
store.policies.add(PolicyVersion(version="sha256:2", documents="{}", by="eve", at_us=8))
store.close()
"""


async def test_the_newest_version_is_in_force_and_none_is_lost(store: Store) -> None:
    assert store.policies.newest() is None
    assert await store.policies.number() == 0
    first = store.policies.add(MADE)
    assert first == replace(MADE, number=1)
    second = store.policies.add(replace(MADE, version="sha256:2"))
    assert await store.policies.number() == 2
    assert store.policies.newest() == second
    assert store.policies.find(1) == first
    assert store.policies.find(3) is None
    assert store.policies.list() == (second, first)


async def test_a_version_that_another_process_applied_is_seen_at_once(
    store: Store, url: str, tmp_path: Path
) -> None:
    store.policies.add(MADE)
    assert await store.policies.number() == 1
    await anyio.run_process([sys.executable, "-c", IN_ANOTHER_PROCESS, url, str(tmp_path)])
    assert await store.policies.number() == 2


async def test_who_was_outrun_is_refused(store: Store) -> None:
    store.policies.add(MADE, expected=0)
    with pytest.raises(SettingsError, match="Version 1 came into force meanwhile"):
        store.policies.add(MADE, expected=0)
    assert await store.policies.number() == 1
