"""The recordings of what a lock holds for are held, and that is recorded; the lock waits for none of it."""

from dataclasses import replace

import pytest

from firedoor.engine.ending.effort import Attempt
from firedoor.engine.ending.preserving import EACH_ENTRY, Preserving, past_of
from firedoor.model.entry import EntryKind
from firedoor.model.errors import RecordError, SettingsError
from firedoor.model.ids import SessionId
from firedoor.model.lock import Lock, LockId, LockMode, Target
from firedoor.model.retention import LegalHold
from tests.helpers.bench import Bench
from tests.helpers.fakes import FakeClock, FakeDirectory, FakeRecorder
from tests.helpers.nouns import grant

pytestmark = pytest.mark.anyio

ONE, TWO = (SessionId(f"01999999-0000-7000-8000-{n:012}") for n in (1, 2))


class Kept:
    """Implements the port `LegalHolds` in memory."""

    def __init__(self) -> None:
        self.holds: list[LegalHold] = []
        self.is_broken = False

    def place(self, hold: LegalHold) -> bool:
        raise AssertionError("the holds of a lock are placed together")

    def place_together(self, hold: LegalHold, sessions) -> list[SessionId]:
        if self.is_broken:
            raise RecordError("hold_not_durable", "The disk is full.")
        known = {held.session for held in self.holds if held.name == hold.name}
        new = [session for session in dict.fromkeys((hold.session, *sessions)) if session not in known]
        self.holds += [replace(hold, session=session) for session in new]
        return new

    def lift(self, session: SessionId, name: str) -> bool:
        raise AssertionError("a lock lifts no legal hold")

    def all(self) -> dict:
        return {hold.session: (hold,) for hold in self.holds}


class Earlier:
    """An index that knows one earlier session, or is gone."""

    def __init__(self) -> None:
        self.is_gone = False
        self.wanted = []

    def sessions(self, wanted) -> tuple:
        if self.is_gone:
            raise SettingsError("store_unreadable", "The database is gone.")
        self.wanted.append(wanted)
        return (Row(TWO),)


class Row:
    def __init__(self, session: SessionId) -> None:
        self.id = session


def lock(*targets: tuple[Target, str]) -> Lock:
    return Lock(
        id=LockId("l_1"), targets=targets or ((Target.PRINCIPAL, "dana"),), mode=LockMode.STOP,
        reason="Stolen.", by="sam", created_at_us=1,
    )  # fmt: skip


def around() -> tuple[Preserving, Kept, Earlier, FakeRecorder]:
    kept, earlier, recorder = Kept(), Earlier(), FakeRecorder([])
    preserving = Preserving(recorder=recorder, now_us=FakeClock(), holds=kept, index=earlier)
    return preserving, kept, earlier, recorder


@pytest.mark.promise("LOCK-3")
async def test_what_runs_and_what_ran_before_is_held_once_and_recorded() -> None:
    preserving, kept, _, recorder = around()
    assert await preserving.preserve(lock(), [ONE]) == Attempt(2)
    assert await preserving.preserve(lock(), [ONE]) == Attempt(2)
    assert [(hold.session, hold.name, hold.reason, hold.by) for hold in kept.holds] == [
        (ONE, "l_1", "Stolen.", "sam"),
        (TWO, "l_1", "Stolen.", "sam"),
    ]
    said = [entry.envelope for entry in recorder.of_kind(EntryKind.CONTROL)]
    assert [(about["what"], about["lock"], about["sessions"]) for about in said] == [
        ("holds_placed", "l_1", [ONE, TWO])
    ]


async def test_thousands_are_held_in_one_act_and_named_in_few_entries() -> None:
    preserving, kept, _, recorder = around()
    many = [SessionId(f"01999999-0000-7000-8000-{n:012}") for n in range(3, 2 * EACH_ENTRY + 4)]
    assert await preserving.preserve(lock(), many) == Attempt(len(many) + 1)
    assert len(kept.holds) == len(many) + 1
    said = [entry.envelope["sessions"] for entry in recorder.of_kind(EntryKind.CONTROL)]
    assert [len(named) for named in said] == [EACH_ENTRY, EACH_ENTRY, 2]
    assert [session for named in said for session in named] == [*many, TWO]


@pytest.mark.promise("LOCK-3")
async def test_without_a_database_what_runs_is_held_all_the_same(caplog) -> None:
    preserving, kept, earlier, _ = around()
    earlier.is_gone = True
    assert await preserving.preserve(lock(), [ONE]) == Attempt(1, is_all=False)
    assert [hold.session for hold in kept.holds] == [ONE]
    assert "not held" in caplog.text


async def test_what_cannot_be_held_or_recorded_is_told_in_the_log(caplog) -> None:
    preserving, kept, _, recorder = around()
    recorder.fails_on = lambda _: True
    assert await preserving.preserve(lock(), [ONE]) == Attempt(2)
    assert "not in the record" in caplog.text
    kept.is_broken = True
    assert await preserving.preserve(lock(), [ONE]) == Attempt(is_all=False)
    assert "The disk is full." in caplog.text


async def test_without_a_place_for_them_nothing_is_held() -> None:
    bench = Bench()
    preserving = Preserving(recorder=bench.recorder, now_us=bench.clock)
    assert await preserving.preserve(lock(), [ONE]) == Attempt()


@pytest.mark.parametrize(
    ("targets", "means"),
    [
        (((Target.PRINCIPAL, "dana"), (Target.UPSTREAM, "crm")), ("dana", "crm")),
        (((Target.UPSTREAM, "crm"),), None),
        (((Target.PRINCIPAL, "dana"), (Target.TOOL, "query")), ("dana", None)),
        (((Target.PRINCIPAL, "dana"), (Target.NETWORK, "10.0.0.0/24")), ("dana", None)),
        (((Target.TOOL, "query"), (Target.NETWORK, "10.0.0.0/24"), (Target.GROUP, "dba")), None),
        (((Target.CREDENTIAL, "0" * 64),), None),
        (((Target.ALL, ""),), None),
    ],
)
def test_earlier_recordings_are_those_of_whom_a_lock_names(targets, means) -> None:
    wanted = past_of(lock(*targets), None)
    assert (wanted and (wanted.principal, wanted.upstream)) == means


def around_token() -> tuple[Preserving, Earlier, FakeDirectory, Lock]:
    preserving, _, earlier, _ = around()
    directory = preserving.directory = FakeDirectory(grant())
    return preserving, earlier, directory, lock((Target.CREDENTIAL, grant().token_digest))


@pytest.mark.promise("LOCK-3")
async def test_earlier_recordings_of_a_token_are_those_of_its_grant() -> None:
    preserving, earlier, _, stolen = around_token()
    assert await preserving.preserve(stolen, []) == Attempt(1)
    assert [wanted.grant for wanted in earlier.wanted] == [grant().id]


async def test_of_a_token_that_nobody_has_there_are_no_earlier_recordings() -> None:
    preserving, earlier, directory, stolen = around_token()
    directory.grants.clear()
    assert await preserving.preserve(stolen, [ONE]) == Attempt(1)
    assert earlier.wanted == []


async def test_where_nobody_can_say_whose_a_token_is_it_is_to_be_tried_again() -> None:
    preserving, _, directory, stolen = around_token()
    directory.failure = RecordError("store_unavailable", "The database is gone.")
    assert await preserving.preserve(stolen, [ONE]) == Attempt(1, is_all=False)
