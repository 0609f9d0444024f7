"""What grants promise, whichever database keeps them."""

import sys
from pathlib import Path

import anyio
import pytest

from firedoor.edges.store.store import Store
from firedoor.model.errors import SettingsError
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId, TokenDigest
from firedoor.model.principal import Actor, Principal, PrincipalKind

pytestmark = pytest.mark.anyio

IN_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from firedoor.edges.store.store import Store
store = Store.open(sys.argv[1], Path(sys.argv[2]))
assert store.grants.revoke(sys.argv[3], 77, "lost laptop")
store.close()
"""


def grant(number: int = 1, **changes: object) -> Grant:
    given: dict[str, object] = {
        "id": GrantId(f"g_{number:016x}"),
        "principal": Principal(name="ci", kind=PrincipalKind.SERVICE, actors=(Actor(name="triage"),)),
        "token_digest": TokenDigest(f"{number:064x}"),
        "upstreams": frozenset({"crm", "wiki"}),
        "roles": frozenset({"viewer"}),
        "issued_at_us": 1_790_000_000_000_000 + number,
        "expires_at_us": 1_790_000_000_000_000 * 2,
    }
    return Grant(**(given | changes))


@pytest.mark.parametrize(
    "kept",
    [
        grant(),
        grant(upstreams=None, roles=frozenset(), expires_at_us=None),
        grant(upstreams=frozenset()),
        grant(principal=Principal(name="Zoë \N{SNOWMAN}", kind=PrincipalKind.PERSON)),
    ],
)
async def test_a_grant_is_found_by_its_digest_as_it_was_given(store: Store, kept: Grant) -> None:
    assert await store.grants.grant_of(kept.token_digest) is None
    store.grants.create(kept)
    assert await store.grants.grant_of(kept.token_digest) == kept
    assert store.grants.find(kept.id) == kept


async def test_a_digest_that_nobody_was_given_finds_nothing(store: Store) -> None:
    store.grants.create(grant())
    assert await store.grants.grant_of(TokenDigest("f" * 64)) is None
    assert store.grants.find(GrantId("g_none")) is None


def test_grants_are_listed_oldest_first(store: Store) -> None:
    for number in (3, 1, 2):
        store.grants.create(grant(number))
    assert store.grants.list() == (grant(1), grant(2), grant(3))


def test_an_id_or_a_digest_that_is_taken_is_refused_and_changes_nothing(store: Store) -> None:
    store.grants.create(grant(1))
    for twin in (grant(2, id=grant(1).id), grant(2, token_digest=grant(1).token_digest)):
        with pytest.raises(SettingsError, match="already"):
            store.grants.create(twin)
    assert store.grants.list() == (grant(1),)


def test_a_chain_of_agents_is_refused_rather_than_cut(store: Store) -> None:
    chain = Principal(name="ci", kind=PrincipalKind.SERVICE, actors=(Actor(name="a"), Actor(name="b")))
    with pytest.raises(SettingsError, match="one agent"):
        store.grants.create(grant(principal=chain))
    assert store.grants.list() == ()


async def test_a_revoked_grant_is_found_as_revoked_and_stays_listed(store: Store) -> None:
    store.grants.create(grant())
    assert await store.grants.grant_of(grant().token_digest) == grant()
    assert store.grants.revoke(grant().id, 55, "left the team")
    assert await store.grants.grant_of(grant().token_digest) == grant(revoked_at_us=55)
    assert store.grants.list() == (grant(revoked_at_us=55),)


async def test_the_first_revocation_stands(store: Store) -> None:
    store.grants.create(grant())
    assert store.grants.revoke(grant().id, 55, "first")
    assert not store.grants.revoke(grant().id, 66, "second")
    assert not store.grants.revoke(GrantId("g_none"), 66, "nobody")
    assert store.grants.list() == (grant(revoked_at_us=55),)


@pytest.mark.promise("ID-2")
async def test_what_another_process_revokes_is_revoked_on_the_very_next_request(
    store: Store, url: str, tmp_path: Path
) -> None:
    store.grants.create(grant(1))
    store.grants.create(grant(2))
    for number in (1, 2):  # what a gateway may keep in memory is in memory now
        assert await store.grants.grant_of(grant(number).token_digest) == grant(number)
    arguments = [sys.executable, "-c", IN_ANOTHER_PROCESS, url, str(tmp_path), grant(1).id]
    done = await anyio.run_process(arguments, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert await store.grants.grant_of(grant(1).token_digest) == grant(1, revoked_at_us=77)
    assert await store.grants.grant_of(grant(2).token_digest) == grant(2)


async def test_a_store_that_is_opened_again_has_what_was_in_it(
    store: Store, url: str, tmp_path: Path
) -> None:
    store.grants.create(grant())
    again = Store.open(url, tmp_path)
    try:
        assert await again.grants.grant_of(grant().token_digest) == grant()
    finally:
        again.close()
