"""Whoever approved must still stand when their word is used."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from firedoor.engine.people.approvers import NOWHERE, Approvers, is_by
from firedoor.model.approval import Approval, ApprovalState, Shown
from firedoor.model.entry import EntryKind
from firedoor.model.errors import RecordError, SettingsError
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId
from firedoor.model.lock import Lock, LockId, LockMode, Target, Whom
from firedoor.model.permit import PermitState
from tests.helpers.approvals import approval, approver, review
from tests.helpers.bench import Bench
from tests.helpers.nouns import SESSION
from tests.helpers.permitting import bench_of, call, given, said, sends

pytestmark = pytest.mark.anyio
SAM = approver("sam")


def lock_on_sam(target: Target, value: str, mode: LockMode = LockMode.STOP) -> Callable[[Bench], None]:
    stolen = Lock(
        id=LockId("l_1"), targets=((target, value),), mode=mode, reason="Stolen.", by="kim", created_at_us=1
    )

    def put(bench: Bench) -> None:
        bench.locks.create(stolen)

    return put


def now_is(changed: Grant | None) -> Callable[[Bench], None]:
    return lambda bench: bench.people.update({SAM.id: changed})


FALLS = {
    "revoked": now_is(replace(SAM, revoked_at_us=1)),
    "gone": now_is(None),
    "locked": lock_on_sam(Target.PRINCIPAL, "sam"),
    "grant locked": lock_on_sam(Target.GRANT, SAM.id),
    "token locked": lock_on_sam(Target.CREDENTIAL, SAM.token_digest),
    "suspended": lock_on_sam(Target.PRINCIPAL, "sam", LockMode.SUSPEND),
}
STANDS = {
    "expired": now_is(replace(SAM, expires_at_us=1)),
    "another is locked": lock_on_sam(Target.PRINCIPAL, "kim"),
    "a network is locked": lock_on_sam(Target.NETWORK, "10.9.0.0/16"),
}


async def approved(bench: Bench) -> Approval:
    made = await bench.approving.open(approval(), Shown(params="{}"), approval().call, SESSION)
    assert isinstance(made, Approval)
    return await bench.approving.review(made.id, SAM, is_approval=True, reason="Yes.")


@pytest.mark.promise("APR-1", "APR-2")
@pytest.mark.parametrize("how", FALLS)
async def test_what_somebody_approved_is_not_redeemed_once_they_are_locked_or_revoked(how: str) -> None:
    bench = Bench()
    made = await approved(bench)
    FALLS[how](bench)
    assert await bench.approving.take(made.id, 1) is None
    found = bench.approvals.find(made.id)
    assert found is not None
    assert found.state is ApprovalState.WITHDRAWN
    last = bench.recorder.of_kind(EntryKind.APPROVAL)[-1].envelope
    assert last["what"] == "withdrawn"
    assert "sam" in str(last["why"])
    assert await bench.approving.take(made.id, 2) is None


@pytest.mark.parametrize("how", STANDS)
async def test_what_somebody_approved_stands_although(how: str) -> None:
    bench = Bench()
    made = await approved(bench)
    STANDS[how](bench)
    assert await bench.approving.take(made.id, 1) == bench.clock()


async def test_a_store_that_does_not_say_who_approved_lets_nothing_pass() -> None:
    def broken(_: GrantId) -> Grant | None:
        raise SettingsError("store_unavailable", "The disk is gone.")

    with pytest.raises(RecordError, match=r"^Approvers cannot be looked at at the moment\.$"):
        Approvers(find=broken).found([review("sam")])
    assert Approvers(find=broken).found([review("sam", is_approval=False)]) == []


@pytest.mark.promise("APR-2")
async def test_a_lock_on_who_approved_withdraws_at_once_what_nobody_has_used() -> None:
    bench = Bench()
    made = await approved(bench)
    assert await bench.approving.withdraw_where(lambda whom: whom.principal == "kim", "Locked.") == 0
    assert await bench.approving.withdraw_where(lambda whom: whom.principal == "sam", "Locked.") == 1
    assert await bench.approving.take(made.id, 1) is None


def test_who_refused_is_not_who_approved() -> None:
    seen: list[Whom] = []

    def holds(whom: Whom) -> bool:
        seen.append(whom)
        return True

    assert not is_by(holds, [review("sam", is_approval=False)])
    assert is_by(holds, [review("sam", is_approval=False), review("kim", groups=frozenset({"dba"}))])
    assert [(whom.principal, whom.groups, whom.peer) for whom in seen] == [("kim", {"dba"}, NOWHERE)]


@pytest.mark.parametrize("how", FALLS)
async def test_a_permit_ends_with_who_approved_it_and_its_call_waits_for_people(how: str) -> None:
    bench = await bench_of().opened()
    permit = await given(bench)
    FALLS[how](bench)
    await call(bench)
    assert sends(bench) == 0
    assert said(bench)[3:5] == ["permit_revoked", "requested"]
    assert bench.permits.find(permit.id).state is PermitState.REVOKED
    assert [use.flaw for use in bench.permits.uses_of(permit.id, 9)] != [""]


async def test_a_lock_on_who_approved_a_permit_revokes_it() -> None:
    bench = await bench_of().opened()
    permit = await given(bench)
    assert await bench.permitting.revoke_where(lambda whom: whom.principal == "kim", "Locked.") == 0
    assert await bench.permitting.revoke_where(lambda whom: whom.principal == "sam", "Locked.") == 1
    assert bench.permits.find(permit.id).state is PermitState.REVOKED
