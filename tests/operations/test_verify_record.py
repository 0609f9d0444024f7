import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from firedoor.core.record.leaf import Beginning, leaf_of_beginning
from firedoor.core.record.note import NoteSigner
from firedoor.core.record.tombstone import Tombstone, tombstone_entry
from firedoor.core.record.unseal import SessionUnsealer
from firedoor.core.record.verify import Ending, Level
from firedoor.core.record.verify_frames import FoundFrame
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import SessionId
from firedoor.operations.verify_record import Asked, verify_record
from firedoor.ports.evidence import Damage
from tests.core.record.logged import SIGNER, Folder, found_in_journal, leaves_of, log_of
from tests.core.record.sealed import KEY, RECORDING, SESSION, frames, sealer

OTHER = SessionId("0193f0aa-1122-7333-8444-555566660001")
FRAMES = frames()
PINNED = Asked(keys=(SIGNER.key,))


def frames_of(session: SessionId, *entries: Entry) -> list[bytes]:
    is_control = any(each.kind in (EntryKind.CONTROL, EntryKind.RECOVERED) for each in entries)
    opening = replace(RECORDING[0], session=session, envelope={"control": is_control})
    sealing = sealer(opening)
    return [f for e in (opening, *entries) for f in sealing.seal(replace(e, session=session)).frames]


@dataclass
class Opener:
    unsealer: SessionUnsealer
    may_open: bool
    lacks: tuple[str, ...] = ()

    def unseal(self, frame: bytes) -> Entry | None:
        return self.unsealer.unseal(frame)


@dataclass
class Kept:
    """Evidence in memory."""

    folders: list[Folder] = field(default_factory=list)
    found: list[FoundFrame | Damage] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)
    sealed: set[SessionId] = field(default_factory=set)
    lacks: dict[SessionId, tuple[str, ...]] = field(default_factory=dict)
    grown: list[Folder] = field(default_factory=list)
    """What the logs are when they are read again."""

    def logs(self) -> list[Folder]:
        now, self.folders = self.folders, self.grown or self.folders
        return now

    def frames(self, session: SessionId | None) -> Iterator[FoundFrame | Damage]:
        for found in self.found:
            if isinstance(found, Damage) or session is None or session_of(found) == session:
                yield found

    def keys(self, session: SessionId | None) -> Iterator[Damage]:
        yield from self.damage

    def unsealer(self, session: SessionId) -> Opener:
        key = None if session in self.sealed else KEY
        return Opener(SessionUnsealer(session, lambda *_: key), key is not None, self.lacks.get(session, ()))


def session_of(found: FoundFrame) -> str:
    digits = found.header.session.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def kept(recorded: list[bytes] | None = None, **more) -> Kept:
    recorded = FRAMES if recorded is None else recorded
    return Kept(folders=[log_of(leaves_of(recorded))], found=list(found_in_journal(recorded)), **more)


def test_what_a_pinned_key_signed_is_verified() -> None:
    found = verify_record(kept(), PINNED)
    assert (found.level, found.ending) == (Level.SIGNED, Ending.VERIFIED)
    assert (found.frames, found.sessions) == (4, 1)
    assert found.logs[0].origin == SIGNER.key.name
    assert found.logs[0].is_pinned


def test_without_a_pinned_key_nothing_is_anchored() -> None:
    found = verify_record(kept(), Asked())
    assert (found.level, found.ending) == (Level.LOGGED, Ending.NOT_ANCHORED)


def test_a_log_that_continues_a_checkpoint_that_is_held_is_consistent() -> None:
    held = log_of(leaves_of(FRAMES[:2])).files["checkpoint"]
    found = verify_record(kept(), replace(PINNED, held=(held,)))
    assert (found.level, found.ending) == (Level.CONSISTENT, Ending.VERIFIED)
    assert found.logs[0].held == (3,)


def test_a_log_that_forked_or_was_rolled_back_is_seen_by_who_holds_a_checkpoint() -> None:
    forked = log_of(leaves_of(FRAMES[1:3])).files["checkpoint"]
    newer = log_of([*leaves_of(FRAMES), *leaves_of(FRAMES)]).files["checkpoint"]
    for held, code in ((forked, "log_forked"), (newer, "log_rolled_back")):
        found = verify_record(kept(), replace(PINNED, held=(held,)))
        assert (found.ending, [f.code for f in found.faults]) == (Ending.FAILED, [code])
        assert found.level is Level.SIGNED
        assert found.logs[0].held == ()  # nobody is told that the log continues it


def test_a_checkpoint_that_no_pinned_key_signed_is_no_evidence() -> None:
    stranger = NoteSigner("gw.example/door/two", bytes(32))
    held = log_of(leaves_of(FRAMES), stranger).files["checkpoint"]
    found = verify_record(kept(), replace(PINNED, held=(held,)))
    assert found.ending is Ending.INCOMPLETE
    assert "no key is pinned" in found.open_questions[0]
    forged = log_of(leaves_of(FRAMES), NoteSigner(SIGNER.key.name, bytes(32))).files["checkpoint"]
    for content in (forged, b"nothing"):
        found = verify_record(kept(), replace(PINNED, held=(content,)))
        assert [f.code for f in found.faults] == ["checkpoint_damaged"]


def test_a_log_that_was_pinned_and_is_not_here_is_missed() -> None:
    other = NoteSigner("gw.example/door/two", bytes(32)).key
    found = verify_record(kept(), Asked(keys=(SIGNER.key, other)))
    assert [f.code for f in found.faults] == ["log_missing"]
    found = verify_record(Kept(found=list(found_in_journal(FRAMES))), PINNED)
    assert (found.level, found.ending) == (Level.DECODED, Ending.FAILED)


def test_frames_without_any_log_reach_the_lowest_level() -> None:
    found = verify_record(Kept(found=list(found_in_journal(FRAMES))), Asked())
    assert (found.level, found.ending) == (Level.DECODED, Ending.INCOMPLETE)
    assert verify_record(Kept(), Asked()).level is Level.NOTHING
    assert verify_record(Kept(), Asked()).ending is Ending.INCOMPLETE


def test_a_changed_frame_is_named_and_denies_its_level() -> None:
    evidence = kept()
    third = evidence.found[2]
    assert isinstance(third, FoundFrame)
    evidence.found[2] = replace(third, content=third.content[:-1] + b"x")
    found = verify_record(evidence, PINNED)
    assert (found.level, found.ending) == (Level.NOTHING, Ending.FAILED)
    assert {(f.code, f.offset, f.sequence) for f in found.faults} >= {
        ("frame_changed", third.offset, 2),
        ("frame_damaged", third.offset, 2),
    }


def test_a_log_with_a_fault_fails_and_names_the_file() -> None:
    evidence = kept()
    evidence.folders[0].flip("checkpoint", 8)
    found = verify_record(evidence, PINNED)
    assert found.ending is Ending.FAILED
    assert found.faults[0].file == "log/one/checkpoint"


def test_what_is_too_young_to_be_logged_is_no_question() -> None:
    evidence = kept()
    evidence.folders = [log_of(leaves_of(FRAMES[:3]))]
    found = verify_record(evidence, replace(PINNED, due_us=RECORDING[3].at_us))
    assert (found.level, found.ending) == (Level.SIGNED, Ending.VERIFIED)
    found = verify_record(evidence, replace(PINNED, due_us=RECORDING[3].at_us + 1))
    assert (found.level, found.ending) == (Level.DECODED, Ending.INCOMPLETE)
    assert "1 frames are in no log" in found.open_questions[0]


def test_sealed_sessions_are_a_question_unless_the_auditor_says_so() -> None:
    found = verify_record(kept(sealed={SESSION}), PINNED)
    assert found.ending is Ending.INCOMPLETE
    assert "not opened" in found.open_questions[0]
    assert (
        verify_record(kept(sealed={SESSION}), replace(PINNED, may_be_sealed=True)).ending is Ending.VERIFIED
    )


def test_damage_is_a_fault_and_doubt_a_question() -> None:
    damage = Damage(code="key_damaged", file="keys/x/view-0.age", why="broken")
    found = verify_record(kept(damage=[damage]), PINNED)
    assert [(f.code, f.file) for f in found.faults] == [("key_damaged", "keys/x/view-0.age")]
    found = verify_record(kept(damage=[replace(damage, is_doubt=True)]), PINNED)
    assert (found.faults, found.ending) == ((), Ending.INCOMPLETE)
    sealed = replace(PINNED, may_be_sealed=True)
    assert verify_record(kept(damage=[replace(damage, is_doubt=True)]), sealed).ending is Ending.VERIFIED


@pytest.mark.parametrize(("logged", "is_fault"), [(4, True), (3, False)])
def test_a_torn_tail_is_damage_only_where_a_log_knows_what_stood_there(logged: int, is_fault: bool) -> None:
    evidence = kept(FRAMES[:logged])
    evidence.found = [
        *found_in_journal(FRAMES[:3]),
        Damage(code="group_damaged", file="journal/0.seg", why="torn", offset=900, is_tail=True),
    ]
    found = verify_record(evidence, PINNED)
    assert ("group_damaged" in {fault.code for fault in found.faults}) == is_fault
    assert found.ending is (Ending.FAILED if is_fault else Ending.INCOMPLETE)


CONTROL = frames_of(
    OTHER,
    tombstone_entry(
        Tombstone(
            session=SESSION, log=SIGNER.key.name, first_leaf=1, last_leaf=4, frames=4, reason="30 days"
        ),
        control=OTHER,
        at_us=9,
    ),
)


def shredded(control: list[bytes] = CONTROL, **more) -> Kept:
    evidence = kept([*FRAMES, *control], **more)
    evidence.found = evidence.found[len(FRAMES) :]
    return evidence


def test_a_shredded_session_is_told_from_a_missing_one() -> None:
    found = verify_record(shredded(), PINNED)
    assert (found.shredded, found.ending, found.level) == ((SESSION,), Ending.VERIFIED, Level.SIGNED)
    without = frames_of(OTHER, replace(RECORDING[1], kind=EntryKind.CONTROL))
    found = verify_record(shredded(without), PINNED)
    assert [(f.code, f.session, f.sequence, f.leaf) for f in found.faults] == [
        ("frame_missing", SESSION, 0, 1)
    ]
    assert found.level is Level.DECODED


def test_one_shredded_session_can_be_asked_for() -> None:
    found = verify_record(shredded(), replace(PINNED, session=SESSION))
    assert (found.shredded, found.ending) == ((SESSION,), Ending.VERIFIED)
    assert verify_record(kept(), replace(PINNED, session=SESSION)).ending is Ending.VERIFIED
    assert verify_record(kept(), replace(PINNED, session=OTHER)).ending is Ending.INCOMPLETE


def test_without_a_key_to_the_tombstones_nobody_can_tell() -> None:
    asked = replace(PINNED, may_be_sealed=True)
    found = verify_record(shredded(sealed={OTHER}), asked)
    assert found.ending is Ending.INCOMPLETE
    assert "missing or was shredded" in found.open_questions[0]


def test_a_tombstone_of_fewer_frames_does_not_cover_the_rest() -> None:
    stone = Tombstone(session=SESSION, log="x", first_leaf=1, last_leaf=3, frames=3, reason="")
    found = verify_record(shredded(frames_of(OTHER, tombstone_entry(stone, control=OTHER, at_us=9))), PINNED)
    assert found.ending is Ending.FAILED


def headless(control: list[bytes] = CONTROL, **more) -> Kept:
    """The first frames of a session left the journal with its file; the others stand in a later segment."""
    evidence = kept([*FRAMES, *control], **more)
    evidence.found = evidence.found[2:]
    return evidence


def test_what_the_journal_still_has_of_a_shredded_session_is_no_fault() -> None:
    found = verify_record(headless(), PINNED)
    assert (found.shredded, found.ending, found.faults) == ((SESSION,), Ending.VERIFIED, ())


def test_a_session_without_its_beginning_is_missing_unless_a_tombstone_covers_it() -> None:
    without = frames_of(OTHER, replace(RECORDING[1], kind=EntryKind.CONTROL))
    found = verify_record(headless(without), PINNED)
    assert [(f.code, f.session, f.sequence) for f in found.faults] == [("frame_missing", SESSION, 0)]
    found = verify_record(headless(sealed={OTHER}), replace(PINNED, may_be_sealed=True))
    assert (found.ending, found.faults) == (Ending.INCOMPLETE, ())


def test_a_beginning_that_no_log_knows_is_told_too() -> None:
    evidence = kept(FRAMES)
    evidence.folders, evidence.found = [log_of(leaves_of(CONTROL))], evidence.found[2:]
    evidence.found = [*found_in_journal(CONTROL), *evidence.found]
    found = verify_record(evidence, PINNED)
    assert ("frame_not_logged", SESSION, 2) in {(f.code, f.session, f.sequence) for f in found.faults}


def test_a_log_that_went_on_after_it_was_continued_has_forked() -> None:
    old, older = log_of(leaves_of(FRAMES)), log_of(leaves_of(FRAMES[:2]))
    for note, is_fork in ((old.files["checkpoint"], False), (older.files["checkpoint"], True)):
        begun = Beginning(segment=9, continued=3, digest=hashlib.sha256(note).digest(), length=len(note))
        signer = NoteSigner("gw.example/door/two", bytes(range(32)))
        new = log_of([leaf_of_beginning(begun)], signer)
        new.place, new.files["continues"] = "log/two", note
        evidence = kept()
        evidence.folders = [old, new]
        found = verify_record(evidence, Asked(keys=(SIGNER.key, signer.key)))
        assert ("log_forked" in {fault.code for fault in found.faults}) == is_fork
        assert found.logs[1].continues == SIGNER.key.name


def test_one_session_of_a_log_that_does_not_open_is_looked_for_in_all_of_it() -> None:
    evidence = kept()
    evidence.folders[0].flip("checkpoint", 8)
    found = verify_record(evidence, replace(PINNED, session=SESSION))
    assert found.ending is Ending.FAILED
    assert found.faults[0].file == "log/one/checkpoint"


def test_who_asks_for_one_session_sees_a_fork_as_well() -> None:
    forked = log_of(leaves_of(FRAMES[1:3])).files["checkpoint"]
    found = verify_record(kept(), replace(PINNED, session=SESSION, held=(forked,)))
    assert (found.ending, [f.code for f in found.faults]) == (Ending.FAILED, ["log_forked"])


@pytest.mark.parametrize(("file", "is_fault"), [("sessions/1", True), ("sessions/2", False)])
def test_a_number_stands_twice_in_two_files_alone(file: str, is_fault: bool) -> None:
    evidence = kept()
    moved = [replace(each, is_in_journal=False, file="sessions/1") for each in found_in_journal(FRAMES)]
    evidence.found = [*moved, replace(moved[3], file=file)]
    found = verify_record(evidence, PINNED)
    assert [f.code for f in found.faults] == ["frame_damaged"] * is_fault
    assert found.frames == 4


def test_a_frame_that_does_not_open_is_told_once_and_by_its_number() -> None:
    changed = [*FRAMES[:1], FRAMES[1][:-1] + bytes([FRAMES[1][-1] ^ 1]), *FRAMES[2:]]
    found = verify_record(Kept(found=list(found_in_journal(changed))), Asked())
    assert [(f.session, f.sequence, f.level) for f in found.faults] == [(SESSION, 1, Level.DECODED)]


def test_a_tombstone_in_no_log_excuses_nothing_yet() -> None:
    evidence = shredded()
    evidence.folders = [log_of(leaves_of(FRAMES))]
    found = verify_record(evidence, replace(PINNED, due_us=0))
    assert (found.ending, found.faults, found.shredded) == (Ending.INCOMPLETE, (), ())
    assert "in no log yet: verify again" in found.open_questions[0]


def test_a_tombstone_that_is_logged_while_the_record_is_read_excuses() -> None:
    evidence = shredded()
    evidence.grown = evidence.folders
    evidence.folders = [log_of(leaves_of(FRAMES))]
    found = verify_record(evidence, replace(PINNED, due_us=0))
    assert (found.ending, found.faults, found.shredded) == (Ending.VERIFIED, (), (SESSION,))


def test_a_log_that_became_another_meanwhile_excuses_nothing() -> None:
    evidence = shredded()
    evidence.grown = [log_of(leaves_of([*FRAMES[1:], *CONTROL]))]
    evidence.folders = [log_of(leaves_of(FRAMES))]
    assert verify_record(evidence, replace(PINNED, due_us=0)).ending is Ending.INCOMPLETE


def test_frames_of_a_shredded_session_that_are_there_yet_need_no_key() -> None:
    evidence = kept([*FRAMES, *CONTROL], sealed={SESSION})
    found = verify_record(evidence, PINNED)
    assert (found.shredded, found.ending) == ((SESSION,), Ending.VERIFIED)


def test_a_session_that_is_shredded_and_has_gaps_is_told_once() -> None:
    evidence = headless()
    del evidence.found[1]
    for asked in (PINNED, replace(PINNED, session=SESSION)):
        found = verify_record(evidence, asked)
        assert (found.shredded, found.ending, found.faults) == ((SESSION,), Ending.VERIFIED, ())


def test_keys_that_were_taken_away_are_named_unless_a_tombstone_says_why() -> None:
    lacks = {SESSION: ("raw-0.age", "raw-1.age")}
    found = verify_record(kept(lacks=lacks), PINNED)
    assert found.open_questions == (f"keys of session {SESSION} are not here: raw-0.age, raw-1.age",)
    assert verify_record(kept(lacks=lacks), replace(PINNED, may_be_sealed=True)).open_questions == ()
    assert verify_record(kept([*FRAMES, *CONTROL], lacks=lacks), PINNED).open_questions == ()


@pytest.mark.parametrize(("last", "ending"), [(3, Ending.VERIFIED), (2, Ending.FAILED)])
def test_what_people_accepted_as_lost_is_no_fault_and_nothing_else_is(last: int, ending: Ending) -> None:
    said = {"accepted_gap": True, "sessions": [{"session": SESSION, "first": 2, "last": last}]}
    accepted = frames_of(OTHER, replace(RECORDING[1], kind=EntryKind.RECOVERED, envelope=said))
    evidence = kept([*FRAMES, *accepted])
    del evidence.found[2:4]
    found = verify_record(evidence, PINNED)
    assert found.ending is ending
    is_accepted = ending is Ending.VERIFIED
    assert [(each.first, each.last) for each in found.accepted] == [(2, 3)] * is_accepted
