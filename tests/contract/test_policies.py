"""What the versions of the policy promise, whichever database keeps them."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

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


AT_ONCE = 8


@pytest.fixture
def stores(url: str, tmp_path: Path) -> Iterator[list[Store]]:
    """Of as many processes that share a database."""
    opened = [Store.open(url, tmp_path) for _ in range(AT_ONCE)]
    yield opened
    for each in opened:
        each.close()


def at_once(stores: list[Store], add: Callable[[Store], PolicyVersion]) -> list[int | str]:
    """What each of them got that added at the same instant: a number, or the code of what refused it."""
    together = Barrier(len(stores))

    def one(store: Store) -> int | str:
        store.policies.newest()  # Connected.
        together.wait()
        try:
            return add(store).number
        except SettingsError as fault:
            return fault.code

    with ThreadPoolExecutor(len(stores)) as threads:
        return list(threads.map(one, stores))


def test_of_those_who_apply_on_the_same_ground_at_once_one_does_and_all_others_are_outrun(
    stores: list[Store],
) -> None:
    stores[0].policies.add(MADE)
    got = at_once(stores, lambda store: store.policies.add(MADE, expected=1))
    assert sorted(got, key=str) == [2, *["policy_outrun"] * (AT_ONCE - 1)]


def test_those_who_add_at_once_whatever_came_before_all_do(stores: list[Store]) -> None:
    got = at_once(stores, lambda store: store.policies.add(MADE))
    assert sorted(got, key=str) == list(range(1, AT_ONCE + 1))
