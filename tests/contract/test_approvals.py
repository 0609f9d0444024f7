"""What the approvals of the store promise, whichever database keeps them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from firedoor.edges.store.store import Store
from firedoor.model.approval import Approval, ApprovalId, ApprovalState
from firedoor.model.errors import RecordError
from tests.helpers.approvals import approval, review

OPEN = (ApprovalState.REQUESTED, ApprovalState.APPROVED)


def approved(store: Store, **changes) -> Approval:
    made = store.approvals.open(approval(**changes))
    assert store.approvals.change(made, ApprovalState.APPROVED, review("sam"))
    found = store.approvals.find(made.id)
    assert found is not None
    return found


def test_an_approval_comes_back_as_it_was_kept(store: Store) -> None:
    made = store.approvals.open(approval())
    assert store.approvals.find(made.id) == made
    assert store.approvals.open_of(made.digest) == made
    assert store.approvals.listed(OPEN, 10) == (made,)
    assert store.approvals.find(ApprovalId("apr_none")) is None


def test_the_same_call_finds_the_open_approval_and_makes_no_second(store: Store) -> None:
    made = store.approvals.open(approval())
    again = store.approvals.open(replace(approval(), id=ApprovalId("apr_0000000000000002")))
    assert again == made
    assert len(store.approvals.listed(ApprovalState, 10)) == 1


def test_after_an_end_the_same_call_opens_another(store: Store) -> None:
    made = store.approvals.open(approval())
    assert store.approvals.change(made, ApprovalState.REFUSED, review("sam", is_approval=False))
    assert store.approvals.open_of(made.digest) is None
    again = store.approvals.open(replace(approval(), id=ApprovalId("apr_0000000000000002")))
    assert again.id == "apr_0000000000000002"
    assert len(store.approvals.listed(ApprovalState, 10)) == 2
    assert len(store.approvals.listed(ApprovalState, 1)) == 1


def test_who_saw_an_older_turn_changes_nothing(store: Store) -> None:
    made = store.approvals.open(approval())
    assert store.approvals.change(made, ApprovalState.REQUESTED, review("sam"))
    assert not store.approvals.change(made, ApprovalState.WITHDRAWN)
    found = store.approvals.find(made.id)
    assert found is not None
    assert (found.state, found.turns, found.reviews) == (ApprovalState.REQUESTED, 1, (review("sam"),))


def test_one_person_is_kept_once(store: Store) -> None:
    made = store.approvals.open(approval())
    assert store.approvals.change(made, ApprovalState.REQUESTED, review("sam"))
    seen = store.approvals.find(made.id)
    assert seen is not None
    with pytest.raises(RecordError, match="Approvals cannot be kept"):
        store.approvals.change(seen, ApprovalState.APPROVED, review("sam"))
    assert store.approvals.find(made.id) == seen


@pytest.mark.parametrize(
    ("digest", "at_us"), [("e" * 64, 1), ("d" * 64, 10**18)], ids=["another call", "too late"]
)
def test_it_is_redeemed_for_its_own_call_and_in_time_alone(store: Store, digest: str, at_us: int) -> None:
    made = approved(store)
    assert not store.approvals.redeem(made.id, digest, at_us)
    assert store.approvals.redeem(made.id, made.digest, 1)
    assert not store.approvals.redeem(made.id, made.digest, 1)


def test_what_nobody_approved_is_not_redeemed(store: Store) -> None:
    made = store.approvals.open(approval())
    assert not store.approvals.redeem(made.id, made.digest, 1)


@pytest.mark.promise("APR-1")
def test_of_a_thousand_redemptions_at_once_one_succeeds(store: Store) -> None:
    made = approved(store)
    ready = threading.Barrier(20)

    def redeem(_: int) -> int:
        ready.wait(30)
        return sum(store.approvals.redeem(made.id, made.digest, 1) for _ in range(50))

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(redeem, range(20))) == 1
    found = store.approvals.find(made.id)
    assert found is not None
    assert found.state is ApprovalState.EXECUTING


@pytest.mark.promise("APR-1")
def test_a_redemption_and_a_refusal_at_once_never_both_happen(store: Store) -> None:
    for number in range(20):
        made = approved(
            store, id=ApprovalId(f"apr_{number:016x}"), digest=f"{number:064x}", requested_at_us=number
        )
        ready = threading.Barrier(2)

        def redeem(made: Approval = made, ready: threading.Barrier = ready) -> bool:
            ready.wait(30)
            return store.approvals.redeem(made.id, made.digest, 1)

        def refuse(made: Approval = made, ready: threading.Barrier = ready) -> bool:
            ready.wait(30)
            return store.approvals.change(made, ApprovalState.REFUSED, review("kim", is_approval=False))

        with ThreadPoolExecutor(2) as pool:
            assert sorted(f.result() for f in (pool.submit(redeem), pool.submit(refuse))) == [False, True]


def test_it_is_known_who_decided_how_often_since_when(store: Store) -> None:
    assert (store.approvals.reviews_since(0), store.approvals.latest_us()) == ({}, 0)
    made = store.approvals.open(approval(requested_at_us=5))
    assert store.approvals.change(made, ApprovalState.APPROVED, review("sam", at_us=8))
    assert store.approvals.reviews_since(8) == {"sam": 1}
    assert store.approvals.reviews_since(9) == {}
    assert store.approvals.latest_us() == 8


def test_what_is_executed_is_found_by_whose_it_is(store: Store) -> None:
    for number, instance in enumerate(("mine", "others", ""), start=1):
        given = {"id": ApprovalId(f"apr_{number}"), "digest": str(number) * 64}
        made = approved(store, **given)
        assert store.approvals.executing_of("mine") == ()
        assert store.approvals.redeem(made.id, made.digest, 1, instance)
        found = store.approvals.find(made.id)
        assert found is not None
        if instance != "others":
            assert store.approvals.executing_of("mine") == (found,)
            assert store.approvals.change(found, ApprovalState.UNKNOWN)
    assert [each.id for each in store.approvals.executing_of("others")] == ["apr_2"]
