import random

import pytest

from firedoor.core.record.checkpoint import Checkpoint, sign_checkpoint
from firedoor.core.record.frame import Header, fresh_session_id, pack_header, session_bytes
from firedoor.core.record.tiles import pack_bundle, read_bundle
from firedoor.core.record.verify_log import CheckedLog, check_log, open_log
from firedoor.core.record.verify_part import check_part
from firedoor.model.entry import EntryKind
from tests.core.record.logged import SIGNER, Folder, leaves_of, log_of

BEGIN_US = 1_795_000_000_000_000
HOUR_US = 3600 * 1_000_000
SESSIONS = [session_bytes(fresh_session_id(BEGIN_US + n * HOUR_US, n.to_bytes(10))) for n in range(400)]
CALLS = 50
WANTED = 200


def frames(session: bytes, at_us: int, *, is_closed: bool = True) -> list[bytes]:
    kinds = [EntryKind.OPEN, *[EntryKind.INTENT] * CALLS, *[EntryKind.CLOSE] * is_closed]
    return [
        pack_header(Header(kind=kind, body_bytes=8, session=session, sequence=number, at_us=at_us + number))
        + number.to_bytes(8)
        for number, kind in enumerate(kinds)
    ]


def built() -> Folder:
    all_frames = [
        frame
        for number, session in enumerate(SESSIONS)
        for frame in frames(session, BEGIN_US + number * HOUR_US, is_closed=number != 399)
    ]
    return log_of(leaves_of(all_frames), history=(5_000, 20_000))


LOG = built()


class Counting(Folder):
    """A folder that counts what is read of it."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(files=dict(files))
        self.asked: list[str] = []

    def read(self, path: str) -> bytes | None:
        self.asked.append(path)
        return super().read(path)


def part(folder: Folder, number: int = WANTED, sizes: tuple[int, ...] = ()) -> tuple[bool, CheckedLog]:
    log = open_log(folder)
    assert isinstance(log, CheckedLog)
    return check_part(log, folder, SESSIONS[number], sizes), log


@pytest.mark.parametrize("number", [0, 1, WANTED, 398, 399])
def test_the_leaves_of_a_session_are_those_that_reading_all_of_the_log_finds(number: int) -> None:
    is_verified, log = part(LOG, number)
    assert is_verified
    whole = open_log(LOG)
    assert isinstance(whole, CheckedLog)
    check_log(whole, LOG)
    session = SESSIONS[number]
    assert list(log.sessions[session]) == list(whole.sessions[session])
    assert [log.leaf(i) for i in log.sessions[session]] == [whole.leaf(i) for i in whole.sessions[session]]
    assert log.beginning == whole.beginning


def test_of_a_large_log_little_is_read() -> None:
    folder = Counting(LOG.files)
    assert part(folder)[0]
    assert len(set(folder.asked)) < 30
    assert len(LOG.files) > 150


def test_earlier_checkpoints_are_shown_to_be_beginnings() -> None:
    is_verified, log = part(LOG, WANTED, (5_000, 20_000))
    whole = open_log(LOG)
    assert isinstance(whole, CheckedLog)
    check_log(whole, LOG, (5_000, 20_000))
    assert is_verified
    assert {size: log.roots[size] for size in (5_000, 20_000)} == {
        size: whole.roots[size] for size in (5_000, 20_000)
    }


def test_one_flipped_bit_in_what_is_read_is_never_accepted() -> None:
    folder = Counting(LOG.files)
    part(folder)
    dice = random.Random(3)  # noqa: S311
    asked = sorted(set(folder.asked) & set(LOG.files) - {"key", "checkpoint", "continues"})
    accepted = 0
    for _ in range(300):
        changed = Folder(files=dict(LOG.files))
        path = dice.choice(asked)
        changed.flip(path, dice.randrange(len(changed.files[path]) * 8))
        is_verified, log = part(changed)
        # A bundle that was only looked at to find the place, or a hash that no proof needs.
        assert not is_verified or all(log.leaf(i) == own(i) for i in log.sessions[SESSIONS[WANTED]])
        accepted += (
            is_verified and "entries" in path and any(log.bundles[n] != BUNDLES[n] for n in log.bundles)
        )
    assert accepted == 0


BUNDLES = [LOG.files[path] for path in sorted(p for p in LOG.files if "entries" in p)]


def own(index: int) -> bytes:
    leaves = read_bundle(BUNDLES[index // 256])
    assert leaves is not None
    return leaves[index % 256]


def test_a_leaf_that_was_taken_for_another_session_is_never_overlooked() -> None:
    is_verified, log = part(LOG)
    assert is_verified
    index = log.sessions[SESSIONS[WANTED]][-1]
    path = sorted(p for p in LOG.files if "entries" in p)[index // 256]
    leaves = read_bundle(LOG.files[path])
    assert leaves is not None
    leaves[index % 256] = leaves[index % 256][:2] + bytes(16) + leaves[index % 256][18:]
    changed = Folder(files={**LOG.files, path: pack_bundle(leaves)})
    assert not part(changed)[0]


def test_a_session_that_is_not_in_the_log_has_no_leaves() -> None:
    log = open_log(LOG)
    assert isinstance(log, CheckedLog)
    other = session_bytes(fresh_session_id(BEGIN_US + 7 * HOUR_US, bytes(10)))
    assert check_part(log, LOG, other)
    assert log.sessions == {}


def test_a_size_that_was_signed_makes_nobody_count_that_far() -> None:
    endless = Checkpoint(origin=SIGNER.key.name, size=1 << 60, root=bytes(32))
    folder = Folder(files={**LOG.files, "checkpoint": sign_checkpoint(endless, SIGNER)})
    assert not part(folder)[0]


def small(without: int) -> Folder:
    """A log of one session that lacks a leaf, hashed and signed without it."""
    leaves = leaves_of(frames(SESSIONS[0], BEGIN_US))
    return log_of([*leaves[:without], *leaves[without + 1 :]])


def test_numbers_that_do_not_follow_each_other_are_for_who_reads_all_of_the_log() -> None:
    assert part(small(52), 0)[0]
    is_verified, log = part(small(5), 0)
    assert (is_verified, log.sessions, log.faults) == (False, {}, [])


def test_a_log_without_its_beginning_is_for_who_reads_all_of_it() -> None:
    is_verified, log = part(small(0), 0)
    assert (is_verified, log.sessions, log.faults) == (False, {}, [])


def test_an_earlier_checkpoint_needs_its_hashes_and_needs_them_whole() -> None:
    without, with_it = Counting(LOG.files), Counting(LOG.files)
    part(without)
    assert part(with_it, WANTED, (5_000,))[0]
    (path,) = sorted(set(with_it.asked) & set(LOG.files) - set(without.asked))
    missing = Folder(files={name: content for name, content in LOG.files.items() if name != path})
    assert not part(missing, WANTED, (5_000,))[0]
    for place in range(0, 256, 15):
        changed = Folder(files=dict(LOG.files))
        changed.flip(path, place * 32 * 8)
        assert not part(changed, WANTED, (5_000,))[0]
