import asyncio
import errno
from dataclasses import replace
from pathlib import Path

import pytest

from firedoor.edges.store.journal import Journal
from firedoor.edges.store.journal.layout import key_folder
from firedoor.edges.store.journal.reader import BOTH_LAYERS, read_all, read_session
from firedoor.edges.store.journal.segments import Sizes
from firedoor.edges.store.journal.surroundings import Surroundings
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import RecordError
from tests.edges.store.journal.around import KEYS, GatedDisk, GatedFile, entry, session

ONE, TWO = session(1), session(2)
RESERVED = Sizes(reserve=64 << 10)
BARE = Sizes()


class NoRoomForKeys(GatedDisk):
    """A disk that is full for new files in the folder of keys, at one of their acts."""

    def __init__(self, act: str) -> None:
        super().__init__()
        self.act, self.is_full = act, False

    def _meet(self, act: str, file: Path) -> None:
        if self.is_full and act == self.act and "keys" in file.parts:
            raise OSError(errno.ENOSPC, "full")

    def create(self, file: Path) -> GatedFile:  # type: ignore[override]
        self._meet("open", file)
        return super().create(file)

    def replace(self, new: Path, file: Path) -> None:
        self._meet("rename", file)
        super().replace(new, file)

    def sync_folder(self, folder: Path) -> None:
        self._meet("fsync" if folder.name != "keys" else "fsync of all", folder)
        super().sync_folder(folder)


def masked(whose: str, call: int = 1, kind: EntryKind = EntryKind.OUTCOME) -> Entry:
    plain = entry(session(1) if whose == ONE else session(2), kind, b"EMAIL_1")
    return replace(plain, raw=b"ann@example.com", envelope={"call": call})


async def refused(journal: Journal, what: Entry) -> str:
    with pytest.raises(RecordError) as caught:
        await journal.append(what)
    return caught.value.code


@pytest.fixture(params=["open", "rename", "fsync", "fsync of all"])
def disk(request: pytest.FixtureRequest) -> NoRoomForKeys:
    return NoRoomForKeys(request.param)


def opened(place: Path, disk: NoRoomForKeys, sizes: Sizes = RESERVED) -> Journal:
    journal = Journal.open(place, keys=KEYS, around=Surroundings(disk=disk, sizes=sizes))
    journal.put(entry(ONE, EntryKind.OPEN))
    journal.put(entry(TWO, EntryKind.OPEN))
    return journal


@pytest.mark.promise("REC-1")
@pytest.mark.parametrize("sizes", [RESERVED, BARE], ids=["with a reserve", "without"])
def test_where_there_is_no_room_for_a_raw_key_only_that_answer_is_refused(
    tmp_path: Path, disk: NoRoomForKeys, sizes: Sizes
) -> None:
    journal = opened(tmp_path, disk, sizes)

    async def record() -> None:
        assert await journal.append(entry(ONE)) == 1
        disk.is_full = True
        assert await refused(journal, masked(ONE)) == "disk_full"
        assert journal.failure is None
        # Of the same session what needs no new key, and of others everything.
        assert await journal.append(entry(ONE, EntryKind.OUTCOME, b"small")) == 2
        assert await journal.append(entry(TWO, EntryKind.OUTCOME, b"small")) == 1
        assert await refused(journal, masked(ONE)) == "disk_full"
        journal.put(entry(ONE, EntryKind.CLOSE))
        journal.forget(ONE)
        await journal.append(entry(TWO, EntryKind.CLOSE))

    asyncio.run(record())
    journal.close()
    assert journal.failure is None
    kinds = [each.kind for each in read_session(tmp_path, ONE, keys=KEYS, layers=BOTH_LAYERS)]
    assert kinds == [EntryKind.OPEN, EntryKind.INTENT, EntryKind.OUTCOME, EntryKind.CLOSE]
    assert [file.name for file in key_folder(tmp_path, ONE).iterdir()] == ["view-0.age"]


def test_with_room_again_the_session_has_a_raw_layer(tmp_path: Path, disk: NoRoomForKeys) -> None:
    journal = opened(tmp_path, disk, BARE)

    async def record() -> None:
        await journal.append(entry(ONE))
        disk.is_full = True
        assert await refused(journal, masked(ONE)) == "disk_full"
        disk.is_full = False
        assert await journal.append(masked(ONE)) == 3

    asyncio.run(record())
    journal.close()
    (last,) = [each for each in read_session(tmp_path, ONE, keys=KEYS, layers=BOTH_LAYERS) if each.raw]
    assert (last.payload, last.raw) == (b"EMAIL_1", b"ann@example.com")


def test_what_was_queued_behind_it_is_refused_too_and_the_end_of_the_session_stays(
    tmp_path: Path, disk: NoRoomForKeys
) -> None:
    journal = opened(tmp_path, disk)

    async def record() -> None:
        await journal.append(entry(ONE))
        disk.is_full = True
        together = [journal.append(masked(ONE)), journal.append(entry(ONE)), journal.append(entry(TWO))]
        journal.put(entry(ONE, EntryKind.CLOSE))
        journal.forget(ONE)
        said = await asyncio.gather(*together, return_exceptions=True)
        assert [isinstance(each, RecordError) for each in said] == [True, True, False]

    asyncio.run(record())
    journal.close()
    kinds = [each.kind for each in read_session(tmp_path, ONE, keys=KEYS)]
    assert kinds == [EntryKind.OPEN, EntryKind.INTENT, EntryKind.CLOSE]
    assert EntryKind.RECOVERED not in [each.kind for each in read_all(tmp_path, keys=KEYS)]


def test_a_call_goes_on_after_nothing_that_was_lost_without_anybody_waiting(
    tmp_path: Path, disk: NoRoomForKeys
) -> None:
    journal = opened(tmp_path, disk, BARE)

    async def record() -> None:
        await journal.append(entry(ONE))
        disk.is_full = True
        journal.put(masked(ONE, 1, EntryKind.EVENT))
        await journal.append(entry(TWO))
        disk.is_full = False
        assert await refused(journal, masked(ONE, 1)) == "disk_full"
        await journal.append(masked(ONE, 5))

    asyncio.run(record())
    journal.close()
    assert [each.sequence for each in read_session(tmp_path, ONE, keys=KEYS)] == [0, 1, 3]


def test_keys_that_are_renewed_on_a_full_disk_stop_nobody_for_good(
    tmp_path: Path, disk: NoRoomForKeys
) -> None:
    journal = opened(tmp_path, disk, BARE)

    async def record() -> None:
        await journal.append(entry(ONE))
        disk.is_full = True
        journal.renew_keys()
        assert await refused(journal, entry(ONE)) == "disk_full"
        assert await refused(journal, entry(journal.control, EntryKind.CONTROL)) == "disk_full"
        journal.renew_keys()
        disk.is_full = False
        assert await journal.append(entry(ONE)) == 2
        await journal.append(entry(journal.control, EntryKind.CONTROL))

    asyncio.run(record())
    journal.close()
    assert len(list(read_session(tmp_path, ONE, keys=KEYS))) == 3
    assert not journal.failure


def test_an_act_that_was_lost_is_told_to_the_next_one(tmp_path: Path) -> None:
    disk = NoRoomForKeys("open")
    journal = opened(tmp_path, disk, BARE)

    async def record() -> None:
        await journal.append(entry(ONE))
        journal.renew_keys()
        disk.is_full = True
        journal.put(entry(journal.control, EntryKind.CONTROL))
        assert await refused(journal, entry(ONE)) == "disk_full"
        disk.is_full = False
        assert await refused(journal, entry(journal.control, EntryKind.CONTROL)) == "disk_full"
        await journal.append(entry(journal.control, EntryKind.CONTROL))

    asyncio.run(record())
    journal.close()
