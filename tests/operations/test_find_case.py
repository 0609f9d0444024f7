import pytest

from firedoor.model.errors import ClientError
from firedoor.model.grant import GrantId
from firedoor.model.ids import CallId, SessionId
from firedoor.model.lock import Lock, LockId, LockMode, Target
from firedoor.model.permit import PermitId, Use
from firedoor.operations.find_case import Touching, touched_by, was_touched
from firedoor.ports.index import CallFilter, CallRow, SessionFilter, SessionRow
from tests.helpers.permits import FakePermits, permit

CREATED, LIFTED = 100, 200
PERMIT = permit().id
OTHER = PermitId("prm_of_another_case")


def row(name: str = "s1", **changes) -> SessionRow:
    given = {
        "id": SessionId(name),
        "principal": "dana",
        "agent": "claw",
        "grant": GrantId("g_1"),
        "upstream": "crm",
        "era": "modern",
        "client_name": None,
        "client_version": None,
        "peer": "10.0.0.7",
        "opened_at_us": 50,
        "closed_at_us": None,
        "close_reason": None,
        "calls": 1,
    }
    return SessionRow(**{**given, **changes})


def lock(*targets: tuple[Target, str], **changes) -> Lock:
    given = {"id": LockId("l_1"), "mode": LockMode.STOP, "reason": "Fire.", "by": "sam", "case": "c-1"}
    return Lock(**{**given, "targets": targets, "created_at_us": CREATED, **changes})


class Sessions:
    def __init__(self, *rows: SessionRow) -> None:
        self.rows = rows

    def sessions(self, wanted: SessionFilter) -> tuple[SessionRow, ...]:
        return self.rows[: wanted.limit]

    def calls(self, wanted: CallFilter) -> tuple[CallRow, ...]:
        raise AssertionError(wanted)


@pytest.mark.parametrize(
    "targets",
    [
        ((Target.PRINCIPAL, "dana"),),
        ((Target.AGENT, "claw"), (Target.UPSTREAM, "crm")),
        ((Target.SESSION, "s1"),),
        ((Target.GRANT, "g_1"),),
        ((Target.NETWORK, "10.0.0.0/8"),),
        ((Target.ALL, ""),),
        ((Target.GROUP, "ops"), (Target.TOOL, "add")),
    ],
)
def test_a_lock_touched_what_it_held_for_and_what_nobody_knows_better(targets) -> None:
    assert was_touched(row(), lock(*targets), None)


@pytest.mark.parametrize(
    ("changes", "lifted"),
    [
        ({"principal": "kim"}, None),
        ({"principal": None}, None),
        ({"closed_at_us": CREATED - 1}, None),
        ({"opened_at_us": LIFTED}, LIFTED),
    ],
)
def test_sessions_of_others_and_of_other_times_were_not_touched(changes, lifted) -> None:
    assert not was_touched(row(**changes), lock((Target.PRINCIPAL, "dana")), lifted)


def test_a_lock_that_ran_out_touched_nothing_that_began_later() -> None:
    short = lock((Target.PRINCIPAL, "dana"), expires_at_us=150)
    assert was_touched(row(opened_at_us=149), short, None)
    assert not was_touched(row(opened_at_us=150), short, LIFTED)
    assert was_touched(row(opened_at_us=None), short, LIFTED)


def test_a_case_has_the_sessions_of_its_locks_and_permits_each_once() -> None:
    index = Sessions(row("s1"), row("s2", principal="kim"), row("s3", agent=None))
    case = Touching(
        locks=((lock((Target.PRINCIPAL, "dana")), None), (lock((Target.ALL, "")), None)), permits=()
    )
    assert set(touched_by(case, index, FakePermits())) == {"s1", "s2", "s3"}
    permits = FakePermits()
    permits.open(permit(case="c-1"))
    for number, session in enumerate(("s9", "s8", "s9")):
        permits.uses[PERMIT, f"call {number}"] = used(session, number)
    permits.uses[OTHER, "call 9"] = used("s7", 9, OTHER)
    touched = touched_by(Touching(locks=(), permits=(permit(case="c-1"),)), index, permits)
    assert sorted(touched) == ["s8", "s9"]


def used(session: str, number: int, of: PermitId = PERMIT) -> Use:
    call = CallId(f"call {number}")
    return Use(
        permit=of, session=SessionId(session), call=call, method="tools/call", name="add", at_us=number
    )


def test_a_case_to_which_nothing_belongs_is_no_case() -> None:
    with pytest.raises(ClientError) as raised:
        touched_by(Touching(locks=(), permits=()), Sessions(), FakePermits())
    assert raised.value.code == "case_unknown"
