import hashlib
import random

import pytest

from firedoor.core.record.checkpoint import Checkpoint, checkpoint_in, sign_checkpoint
from firedoor.core.record.frame import session_bytes
from firedoor.core.record.leaf import Beginning, leaf_of_beginning
from firedoor.core.record.note import NoteKey, NoteSigner, read_note
from firedoor.core.record.tiles import pack_bundle
from firedoor.core.record.verify import Fault
from firedoor.core.record.verify_log import CheckedLog, check_log, grown, open_log
from tests.core.record.logged import SIGNER, Folder, leaves_of, log_of, plain_frames
from tests.core.record.sealed import SESSION

LEAVES = leaves_of(plain_frames(700))


def whole() -> Folder:
    return log_of(LEAVES, history=(1, 300, 650))


def checked(folder: Folder, sizes: tuple[int, ...] = ()) -> CheckedLog:
    log = open_log(folder)
    assert isinstance(log, CheckedLog), log
    check_log(log, folder, sizes)
    return log


def faults(folder: Folder) -> list[Fault]:
    log = open_log(folder)
    if isinstance(log, Fault):
        return [log]
    check_log(log, folder)
    return log.faults


def test_a_whole_log_has_no_fault_and_its_sessions_are_known() -> None:
    log = checked(whole(), (0, 5, 300))
    assert log.faults == []
    assert list(log.sessions[session_bytes(SESSION)]) == list(range(1, 701))
    assert log.leaf(700) == LEAVES[700]
    assert log.beginning == Beginning(segment=0)
    assert set(log.roots) == {0, 1, 5, 300, 650}


def test_every_flipped_bit_is_found_in_the_file_that_it_is_in() -> None:
    dice = random.Random(7)  # noqa: S311
    paths = sorted(whole().files)
    for _ in range(300):
        folder = whole()
        path = dice.choice(paths)
        folder.flip(path, dice.randrange(len(folder.files[path]) * 8))
        assert f"log/one/{path}" in {fault.file for fault in faults(folder)}, path


def test_a_size_that_was_signed_makes_nobody_count_that_far() -> None:
    folder = whole()
    endless = Checkpoint(origin=SIGNER.key.name, size=1 << 60, root=bytes(32))
    folder.files["checkpoint"] = sign_checkpoint(endless, SIGNER)
    assert [(f.code, f.file) for f in faults(folder)] == [("bundle_damaged", "log/one/checkpoint")]


def test_a_changed_leaf_is_told_from_a_changed_tile() -> None:
    folder = whole()
    folder.flip("tile/entries/001", (3 * 72 + 10) * 8)
    assert [(f.code, f.leaf) for f in faults(folder)] == [("leaf_changed", 259)]
    folder = whole()
    folder.flip("tile/0/002.p/189", 8 * 32 * 5)
    assert [(f.code, f.leaf) for f in faults(folder)] == [("tile_changed", 517)]


def test_where_both_were_changed_both_are_named() -> None:
    folder = whole()
    folder.flip("tile/entries/000", 8 * 40)
    folder.flip("tile/0/000", 8 * 40)
    assert {f.file for f in faults(folder)} >= {"log/one/tile/entries/000", "log/one/tile/0/000"}


@pytest.mark.parametrize("path", sorted(whole().files))
def test_every_missing_file_is_named(path: str) -> None:
    folder = whole()
    del folder.files[path]
    is_history = path.startswith("checkpoints/")
    assert (f"log/one/{path}" in {fault.file for fault in faults(folder)}) != is_history


def test_a_log_that_was_hashed_again_after_a_change_is_not_the_one_that_was_signed() -> None:
    forged = log_of([*LEAVES[:50], LEAVES[51], LEAVES[50], *LEAVES[52:]])
    forged.files["checkpoint"] = whole().files["checkpoint"]
    assert {fault.code for fault in faults(forged)} >= {"root_differs"}


def test_a_log_that_was_signed_again_contradicts_its_history() -> None:
    forged = log_of([*LEAVES[:50], LEAVES[51], LEAVES[50], *LEAVES[52:]])
    forged.files["checkpoints/300"] = whole().files["checkpoints/300"]
    assert "log_forked" in {fault.code for fault in faults(forged)}


def test_a_checkpoint_of_the_size_that_the_log_has_now_is_of_its_history_too() -> None:
    same = log_of(LEAVES)
    same.files[f"checkpoints/{len(LEAVES)}"] = same.files["checkpoint"]
    assert faults(same) == []
    forged = log_of([*LEAVES[:50], LEAVES[51], LEAVES[50], *LEAVES[52:]])
    forged.files[f"checkpoints/{len(LEAVES)}"] = same.files["checkpoint"]
    assert "log_forked" in {fault.code for fault in faults(forged)}


def test_a_log_that_is_shorter_than_its_history_was_rolled_back() -> None:
    shorter = log_of(LEAVES[:300])
    shorter.files["checkpoints/650"] = whole().files["checkpoints/650"]
    assert [fault.code for fault in faults(shorter)] == ["log_rolled_back"]


def test_a_checkpoint_of_another_log_or_size_is_no_history() -> None:
    folder = whole()
    folder.files["checkpoints/299"] = folder.files["checkpoints/300"]
    assert [fault.file for fault in faults(folder)] == ["log/one/checkpoints/299"]


def test_a_key_that_is_not_the_pinned_one_is_refused() -> None:
    pinned = NoteSigner(SIGNER.key.name, bytes(32)).key
    found = open_log(whole(), [pinned])
    assert isinstance(found, Fault)
    assert found.code == "key_not_pinned"
    assert isinstance(open_log(whole(), [NoteKey("another", pinned.public), SIGNER.key]), CheckedLog)


def test_a_checkpoint_that_names_another_origin_is_refused() -> None:
    folder = whole()
    other = NoteSigner("gw.example/door/two", bytes(range(32)))
    folder.files["key"] = f"{other.key}\n".encode()
    folder.place = "log/two"
    assert [fault.file for fault in faults(folder)] == ["log/two/checkpoint"]
    folder.files["checkpoint"] = other.sign(folder.files["checkpoint"].decode().split("\n\n")[0] + "\n")
    assert [fault.code for fault in faults(folder)] == ["checkpoint_of_another"]


class GrowingFolder(Folder):
    """Its checkpoint is read, and then another one is put."""

    def read(self, path: str) -> bytes | None:
        content = super().read(path)
        if path == "checkpoint" and "next" in self.files:
            self.files["checkpoint"] = self.files.pop("next")
        return content


def test_a_log_that_grows_while_it_is_read_was_not_rolled_back() -> None:
    older, newer = log_of(LEAVES[:300]), log_of(LEAVES, history=(400,))
    folder = GrowingFolder(files={**older.files, **newer.files, "next": newer.files["checkpoint"]})
    folder.files["checkpoint"] = older.files["checkpoint"]
    assert checked(folder).checkpoint.size == 300
    folder.files["checkpoint"] = older.files["checkpoint"]
    assert {fault.code for fault in faults(folder)} == {"log_rolled_back"}


def test_of_a_log_that_has_grown_only_what_continues_it_is_taken() -> None:
    older, newer, another = log_of(LEAVES[:300]), log_of(LEAVES), log_of([LEAVES[0], *LEAVES[2:3]])
    before = open_log(older)
    assert isinstance(before, CheckedLog)
    assert [log.checkpoint.size for log in grown([newer], [before])] == [len(LEAVES)]
    broken = log_of(LEAVES)
    broken.files["checkpoint"] = b""
    stranger = log_of(LEAVES, NoteSigner("gw.example/door/two", bytes(32)))
    assert grown([another, broken, stranger], [before]) == []


def test_a_log_in_a_folder_of_another_name_is_none() -> None:
    folder = whole()
    folder.place = "log/two"
    assert [(fault.code, fault.file) for fault in faults(folder)] == [("log_misplaced", "log/two/key")]


def test_a_log_that_continues_another_holds_its_last_checkpoint() -> None:
    note = whole().files["checkpoint"]
    begun = Beginning(segment=9, continued=701, digest=hashlib.sha256(note).digest(), length=len(note))
    folder = log_of([leaf_of_beginning(begun)], NoteSigner("gw.example/door/two", bytes(range(32))))
    assert [fault.file for fault in faults(folder)] == ["log/two/continues"]
    folder.files["continues"] = note
    log = checked(folder)
    opened = read_note(note)
    assert log.faults == []
    assert opened is not None
    assert log.continued == checkpoint_in(opened)


def test_a_log_begins_once_and_with_its_beginning() -> None:
    assert [f.leaf for f in faults(log_of(LEAVES[1:4]))] == [0]
    assert [f.leaf for f in faults(log_of([*LEAVES[:4], LEAVES[0]]))] == [4]


def test_a_log_of_nothing_has_no_fault_and_says_nothing() -> None:
    log = checked(log_of([]))
    assert (log.faults, log.bundles, log.sessions, log.beginning) == ([], {}, {}, None)


def test_numbers_of_a_session_have_no_gaps_and_no_doubles() -> None:
    assert [f.leaf for f in faults(log_of([LEAVES[0], LEAVES[1], LEAVES[3]]))] == [2]
    assert [f.leaf for f in faults(log_of([LEAVES[0], LEAVES[1], LEAVES[1]]))] == [2]


def test_tiles_that_were_not_full_yet_are_the_beginning_of_the_fuller_ones() -> None:
    folder = whole()
    older = log_of(LEAVES[:600])
    folder.files |= {path: content for path, content in older.files.items() if ".p/" in path}
    assert faults(folder) == []
    folder.flip("tile/0/002.p/88", 9)
    assert [fault.file for fault in faults(folder)] == ["log/one/tile/0/002.p/88"]


def test_tiles_that_are_ahead_of_the_checkpoint_claim_nothing() -> None:
    folder = whole()
    ahead = log_of([*LEAVES, *LEAVES])
    folder.files |= {path: content for path, content in ahead.files.items() if path not in folder.files}
    del folder.files["tile/0/002.p/189"]
    folder.files["checkpoint"] = whole().files["checkpoint"]
    grown = log_of([*LEAVES, *plain_leaves(100)])
    folder.files |= {p: c for p, c in grown.files.items() if p.startswith("tile/") and p not in folder.files}
    folder.files["tile/0/002"] = whole_tile()
    folder.files["tile/entries/002"] = whole_bundle()
    assert faults(folder) == []


def plain_leaves(count: int) -> list[bytes]:
    return leaves_of(plain_frames(count, "0193f0aa-1122-7333-8444-555566660001"))[1:]


def whole_tile() -> bytes:
    return log_of([*LEAVES, *plain_leaves(67)]).files["tile/0/002"]


def whole_bundle() -> bytes:
    return log_of([*LEAVES, *plain_leaves(67)]).files["tile/entries/002"]


def test_a_file_that_belongs_to_no_log_is_named() -> None:
    folder = whole()
    folder.files["notes.txt"] = b"hello"
    assert [(f.code, f.file) for f in faults(folder)] == [("file_unknown", "log/one/notes.txt")]


def test_a_bundle_of_other_things_than_leaves_is_damage() -> None:
    folder = whole()
    folder.files["tile/entries/000"] = pack_bundle([b"x"] * 256)
    assert faults(folder)[0].code == "bundle_damaged"
