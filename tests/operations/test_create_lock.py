"""What can be locked, and what is asked again."""

from dataclasses import replace
from pathlib import Path

import pytest

from firedoor.edges.store.locks import LockFile
from firedoor.model.errors import ClientError
from firedoor.model.lock import Lock, LockId, LockMode, Target
from firedoor.operations.create_lock import LONGEST_US, MOST, LockRequest, create_lock
from tests.helpers.fakes import FakeLocks


def made(folder: Path, *targets: tuple[Target, str], **changes):
    request = LockRequest(targets=targets, **{"reason": "stolen token", "by": "sam", **changes})
    return create_lock(
        request,
        LockFile(folder),
        now_us=1_000,
        random=lambda n: b"\x07" * n,
        known_upstreams=frozenset({"crm"}),
    )


def test_a_lock_is_kept_as_it_was_asked_for(tmp_path: Path) -> None:
    lock = made(tmp_path, (Target.PRINCIPAL, "dana"), (Target.UPSTREAM, "crm"), ttl_us=50, case="c-1")
    assert LockFile(tmp_path).view().locks == (lock,)
    assert lock.id == "l_0707070707070707"
    assert (lock.mode, lock.created_at_us, lock.expires_at_us, lock.case) == (
        LockMode.STOP,
        1_000,
        1_050,
        "c-1",
    )


def test_a_lock_holds_for_ten_years_at_most(tmp_path: Path) -> None:
    assert made(tmp_path, (Target.ALL, ""), ttl_us=LONGEST_US).expires_at_us == 1_000 + LONGEST_US


def test_a_network_is_kept_in_its_usual_form(tmp_path: Path) -> None:
    assert made(tmp_path, (Target.NETWORK, "10.0.0.7")).targets == ((Target.NETWORK, "10.0.0.7/32"),)


def test_everything_needs_no_value(tmp_path: Path) -> None:
    assert made(tmp_path, (Target.ALL, "")).targets == ((Target.ALL, ""),)


@pytest.mark.parametrize(
    ("target", "value"),
    [(Target.SESSION, "01a20a4f-01b6-73d7-a36a-2dde44c5d30b"), (Target.GRANT, "g_0123456789abcdef")],
)
def test_what_the_gateway_named_is_named_whole(tmp_path: Path, target: Target, value: str) -> None:
    assert made(tmp_path, (target, value)).targets == ((target, value),)


def test_somebody_may_be_in_two_groups(tmp_path: Path) -> None:
    both = ((Target.GROUP, "on-call"), (Target.GROUP, "payments"))
    assert made(tmp_path, *both).targets == both


def test_a_token_is_named_by_its_digest(tmp_path: Path) -> None:
    assert made(tmp_path, (Target.CREDENTIAL, "ab" * 32)).targets == ((Target.CREDENTIAL, "ab" * 32),)


@pytest.mark.parametrize(
    ("targets", "changes", "code"),
    [
        ((), {}, "lock_target"),
        (((Target.ALL, ""), (Target.AGENT, "claw")), {}, "lock_target"),
        (((Target.ALL, "dana"),), {}, "lock_target"),
        (((Target.PRINCIPAL, ""),), {}, "lock_target"),
        (((Target.PRINCIPAL, " dana"),), {}, "lock_target"),
        (((Target.PRINCIPAL, "da\x1bna"),), {}, "lock_target"),
        (((Target.PRINCIPAL, "d" * 257),), {}, "lock_target"),
        (((Target.PRINCIPAL, "da*"),), {}, "lock_target"),
        (((Target.PRINCIPAL, "dana"), (Target.PRINCIPAL, "sam")), {}, "lock_target"),
        (((Target.UPSTREAM, "cmr"),), {}, "lock_target"),
        (((Target.NETWORK, "10.0.0.1/8"),), {}, "lock_target"),
        (((Target.SESSION, "01a20a4f"),), {}, "lock_target"),
        (((Target.SESSION, "01A20A4F-01B6-73D7-A36A-2DDE44C5D30B"),), {}, "lock_target"),
        (((Target.SESSION, "01a20a4f-01b6-73d7-a36a-2dde44c5d30b4"),), {}, "lock_target"),
        (((Target.GRANT, "g_0123456789abcde"),), {}, "lock_target"),
        (((Target.GRANT, "0123456789abcdef"),), {}, "lock_target"),
        (((Target.CREDENTIAL, "fd_abc"),), {}, "lock_target"),
        (((Target.CREDENTIAL, "zz" * 32),), {}, "lock_target"),
        (((Target.ALL, ""),), {"reason": " "}, "lock_reason"),
        (((Target.ALL, ""),), {"reason": "r" * 1001}, "lock_reason"),
        (((Target.ALL, ""),), {"reason": "\udcff"}, "lock_reason"),
        (((Target.ALL, ""),), {"case": ""}, "lock_case"),
        (((Target.ALL, ""),), {"case": "\udce9"}, "lock_case"),
        (((Target.ALL, ""),), {"ttl_us": 0}, "lock_ttl"),
        (((Target.ALL, ""),), {"ttl_us": -1}, "lock_ttl"),
        (((Target.ALL, ""),), {"ttl_us": LONGEST_US + 1}, "lock_ttl"),
    ],
)
def test_what_makes_no_sense_is_refused_and_locks_nothing(tmp_path: Path, targets, changes, code) -> None:
    with pytest.raises(ClientError) as refused:
        made(tmp_path, *targets, **changes)
    assert refused.value.code == code
    assert LockFile(tmp_path).view().locks == ()


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ("::ffff:10.0.0.7", "10.0.0.7/32"),
        ("::ffff:10.0.0.0/120", "10.0.0.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("fe80::/10", "fe80::/10"),
        ("::/0", "::/0"),
    ],
)
def test_an_ipv4_network_that_is_written_as_ipv6_holds_for_callers_from_there(
    written: str, held: str, tmp_path: Path
) -> None:
    assert made(tmp_path, (Target.NETWORK, written)).targets == ((Target.NETWORK, held),)


def many(count: int, **changes) -> FakeLocks:
    lock = Lock(
        id=LockId("l_0"),
        targets=((Target.GRANT, "g_0"),),
        mode=LockMode.STOP,
        reason="r",
        by="sam",
        created_at_us=1,
    )
    locks = FakeLocks()
    for number in range(count):
        locks.create(replace(lock, id=LockId(f"l_{number}"), **changes))
    return locks


def one_more(locks: FakeLocks, *targets: tuple[Target, str], **changes):
    request = LockRequest(targets=targets, reason="stolen token", by="sam", **changes)
    return create_lock(request, locks, now_us=1_000, random=lambda n: b"\x07" * n)


def test_so_many_locks_may_stand_and_everything_can_be_locked_all_the_same() -> None:
    locks = many(MOST)
    with pytest.raises(ClientError) as refused:
        one_more(locks, (Target.PRINCIPAL, "dana"))
    assert (refused.value.code, len(locks.view().locks)) == ("lock_many", MOST)
    assert one_more(locks, (Target.ALL, "")).targets == ((Target.ALL, ""),)
    # Who asks again for one that stands is told of it.
    one_more(locks, (Target.PRINCIPAL, "dana"), id=LockId("l_7"))


def test_what_has_run_out_takes_no_room() -> None:
    locks = many(MOST, expires_at_us=1_000)
    assert one_more(locks, (Target.PRINCIPAL, "dana"))
