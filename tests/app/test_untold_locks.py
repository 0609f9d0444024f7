"""What the file of locks has and the record has not: told in order, by whoever made it, and once."""

from pathlib import Path

import pytest

from firedoor.app.untold_locks import BATCH, CREATED, LIFTED, Untold
from firedoor.edges.store.lock_changes import LockChanges
from firedoor.edges.store.locks import LockFile
from firedoor.model.errors import ClientError, RecordError
from firedoor.model.ids import GrantId
from firedoor.model.lock import Lift, Lock, LockId, LockMode, Target
from tests.helpers.fakes import FakeRecorder

pytestmark = pytest.mark.anyio


class Ground:
    """A folder of locks and a record."""

    def __init__(self, folder: Path) -> None:
        self.locks = LockFile(folder / "locks")
        self.recorder = FakeRecorder([])
        self.folder = folder
        self.untold = self.anew()

    def anew(self) -> Untold:
        """As the next process has it."""
        changes = LockChanges(self.locks.folder, self.folder)
        return Untold(locks=self.locks, changes=changes, recorder=self.recorder)

    def lock(self, name: str) -> None:
        target = (Target.PRINCIPAL, "ci")
        self.locks.create(
            Lock(
                id=LockId(name), targets=(target,), mode=LockMode.STOP, reason="x", by="dana", created_at_us=7
            )
        )

    def lift(self, name: str) -> None:
        self.locks.lift(Lift(id=LockId(name), by="sam", reason="y", at_us=9))

    def told(self) -> list[tuple[object, object]]:
        return [(each.envelope["what"], each.envelope["id"]) for each in self.recorder.entries]


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


async def test_what_was_made_before_the_start_is_told_with_who_made_it_and_when(ground: Ground) -> None:
    ground.lock("l_1")
    ground.locks.complete(LockId("l_1"), GrantId("g_1"), "crm")
    ground.lift("l_1")
    await ground.untold.look(is_at_once=True)
    made, lifted = [each.envelope for each in ground.recorder.entries]
    assert (made["what"], made["id"], made["by"], made["made_at_us"]) == (CREATED, "l_1", {"name": "dana"}, 7)
    assert (lifted["what"], lifted["by"], lifted["made_at_us"]) == (LIFTED, {"name": "sam"}, 9)
    assert (made["grant"], made["made"], lifted["made"]) == ("g_1", *("without_this_gateway",) * 2)
    assert (made["change"], lifted["change"]) == (1, 3)
    for untold in (ground.untold, ground.anew()):
        await untold.look(is_at_once=True)
    assert len(ground.recorder.entries) == 2


async def test_thousands_are_told_in_order(ground: Ground) -> None:
    names = [f"l_{number}" for number in range(2 * BATCH + 3)]
    for name in names:
        ground.lock(name)
    await ground.untold.look(is_at_once=True)
    assert ground.told() == [(CREATED, name) for name in names]


async def test_a_record_that_takes_nothing_opens_no_door_and_is_told_later(ground: Ground) -> None:
    ground.lock("l_1")
    ground.recorder.fails_on = lambda _: True
    with pytest.raises(RecordError):
        await ground.untold.look(is_at_once=True)
    await ground.untold.look_on(is_at_once=True)  # While it runs, that ends nothing.
    ground.recorder.fails_on = lambda _: False
    await ground.anew().look(is_at_once=True)
    assert ground.told() == [(CREATED, "l_1")]


async def test_what_is_made_here_is_told_by_whoever_makes_it(ground: Ground) -> None:
    with ground.untold.making(CREATED, LockId("l_1")):
        ground.lock("l_1")
        ground.lock("l_2")
        await ground.untold.look(is_at_once=True)
        assert ground.told() == []
        ground.untold.told(CREATED, LockId("l_1"))
    await ground.untold.look(is_at_once=True)
    assert ground.told() == [(CREATED, "l_2")]


async def test_what_was_made_here_and_not_recorded_is_told_later(ground: Ground) -> None:
    with ground.untold.making(CREATED, LockId("l_1")):
        ground.lock("l_1")
    await ground.untold.look(is_at_once=True)
    assert ground.told() == [(CREATED, "l_1")]


async def test_a_lift_that_was_recorded_and_failed_hides_no_other(ground: Ground) -> None:
    def fail() -> None:
        with ground.untold.making(LIFTED, LockId("l_1")):
            ground.untold.told(LIFTED, LockId("l_1"))
            raise ClientError("lock_unknown", "The disk is full.")

    ground.lock("l_1")
    with pytest.raises(ClientError):
        fail()
    ground.lift("l_1")
    await ground.untold.look(is_at_once=True)
    assert ground.told() == [(CREATED, "l_1"), (LIFTED, "l_1")]


async def test_what_others_make_waits_for_one_more_look(ground: Ground) -> None:
    ground.lock("l_1")
    await ground.untold.look()
    assert ground.told() == []
    await ground.untold.look()
    assert ground.told() == [(CREATED, "l_1")]
