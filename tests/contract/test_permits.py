"""What the permits of the store promise, whichever database keeps them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from firedoor.edges.store.store import Store
from firedoor.model.errors import RecordError
from firedoor.model.ids import CallId
from firedoor.model.permit import Permit, PermitId, PermitState, Use
from firedoor.model.verdict import Demand, PermitKind
from tests.helpers.approvals import review
from tests.helpers.nouns import AT_US, SESSION
from tests.helpers.permits import MINUTE_US, POLICY, permit

EVERY = permit(
    kind=PermitKind.BREAK_GLASS, agents=(), tools=(), conditions=("args.a == 1",), uses=3, case="7",
    risk=None, demands=(Demand(quorum=2, groups=frozenset({"dba"})),),
)  # fmt: skip


def use(number: int = 1, at_us: int = AT_US + 5, **changes) -> Use:
    given = {
        "permit": permit().id,
        "call": CallId(f"{SESSION}.{number}"),
        "session": SESSION,
        "method": "tools/call",
        "name": "add",
        "at_us": at_us,
    }
    return Use(**{**given, **changes})


def live(store: Store, **changes) -> Permit:
    asked = permit(**changes)
    store.permits.open(asked)
    after = replace(asked, state=PermitState.LIVE, expires_at_us=AT_US + 30 * MINUTE_US)
    assert store.permits.change(asked, after, review())
    found = store.permits.find(asked.id)
    assert found is not None
    return found


@pytest.mark.parametrize("made", [permit(), EVERY], ids=["permit", "break-glass"])
def test_a_permit_comes_back_as_it_was_kept(store: Store, made: Permit) -> None:
    store.permits.open(made)
    assert store.permits.find(made.id) == made
    assert store.permits.listed((PermitState.REQUESTED,), 9) == (made,)
    assert store.permits.listed((PermitState.LIVE,), 9) == ()
    assert store.permits.find(PermitId("prm_none")) is None


def test_what_people_said_is_kept_with_it_and_an_older_turn_changes_nothing(store: Store) -> None:
    found = live(store)
    assert (found.reviews, found.turns, found.expires_at_us) == ((review(),), 1, AT_US + 30 * MINUTE_US)
    assert not store.permits.change(permit(), replace(found, state=PermitState.REVOKED))
    assert store.permits.change(found, replace(found, state=PermitState.REVOKED, ended_by="sam: Over."))
    ended = store.permits.find(found.id)
    assert ended is not None
    assert (ended.state, ended.ended_by) == (PermitState.REVOKED, "sam: Over.")


def test_it_is_found_for_its_principal_on_its_upstream_while_it_is_live(store: Store) -> None:
    store.permits.open(permit(id="prm_asked"))
    found = live(store)
    until = found.expires_at_us
    assert store.permits.live_for("dana", "disk", until - 1) == (found,)
    assert store.permits.live_for("dana", "disk", until) == ()
    assert store.permits.live_for("eve", "disk", AT_US) == ()
    assert store.permits.live_for("dana", "other", AT_US) == ()


def test_uses_are_counted_kept_and_end_it(store: Store) -> None:
    live(store, uses=2)
    assert store.permits.take(use(1), POLICY)
    assert store.permits.take(use(2, AT_US + 9), POLICY)
    assert not store.permits.take(use(3), POLICY)
    spent = store.permits.find(permit().id)
    assert spent is not None
    assert (spent.state, spent.used) == (PermitState.SPENT, 2)
    store.permits.note_flaw(use(1, flaw="Locked."))
    assert [each.flaw for each in store.permits.uses_of(permit().id, 9)] == ["", "Locked."]
    assert len(store.permits.uses_of(permit().id, 1)) == 1


def test_no_use_is_taken_too_late_under_another_policy_or_of_what_is_not_live(store: Store) -> None:
    store.permits.open(permit(id="prm_asked"))
    found = live(store)
    assert not store.permits.take(use(permit=PermitId("prm_asked")), POLICY)
    assert not store.permits.take(use(permit=PermitId("prm_none")), POLICY)
    assert not store.permits.take(use(at_us=found.expires_at_us), POLICY)
    assert not store.permits.take(use(), "sha256:other")
    assert store.permits.change(found, replace(found, state=PermitState.REVOKED))
    assert not store.permits.take(use(), POLICY)
    assert store.permits.uses_of(permit().id, 9) == ()


def test_one_call_takes_one_use(store: Store) -> None:
    live(store, uses=5)
    assert store.permits.take(use(), POLICY)
    with pytest.raises(RecordError, match="Permits cannot be kept"):
        store.permits.take(use(), POLICY)
    found = store.permits.find(permit().id)
    assert found is not None
    assert found.used == 1


def test_of_a_thousand_at_once_as_many_pass_as_it_has_uses(store: Store) -> None:
    live(store, uses=10)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: store.permits.take(use(number), POLICY), range(1_000)))
    assert sum(taken) == 10
    assert len(store.permits.uses_of(permit().id, 99)) == 10


def test_a_revocation_and_a_use_at_once_do_not_both_come_after_the_other(store: Store) -> None:
    for number in range(20):
        found = live(store, id=PermitId(f"prm_{number}"))
        of = use(permit=found.id)
        with ThreadPoolExecutor(2) as pool:
            taking = pool.submit(store.permits.take, of, POLICY)
            revoking = pool.submit(store.permits.change, found, replace(found, state=PermitState.REVOKED))
        assert revoking.result()
        now = store.permits.find(found.id)
        assert now is not None
        assert (now.state, now.used) == (PermitState.REVOKED, int(taking.result()))


def test_the_latest_instant_is_that_of_the_last_look(store: Store) -> None:
    assert store.permits.latest_us() == 0
    store.permits.open(permit())
    assert store.permits.latest_us() == AT_US
    live(store, id=PermitId("prm_live"))
    store.permits.see(AT_US + 7)
    store.permits.see(AT_US + 6)
    assert store.permits.latest_us() == AT_US + 7


def test_a_database_that_is_gone_is_said(store: Store) -> None:
    with store._database.writing.begin() as connection:
        connection.exec_driver_sql("DROP TABLE permits")
    with pytest.raises(RecordError, match="Permits cannot be kept"):
        store.permits.find(permit().id)
    with pytest.raises(RecordError, match="Permits cannot be kept"):
        store.permits.open(permit())
