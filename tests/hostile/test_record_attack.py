"""Somebody who may write to a copy of the record, and has no key that signs: what they change is seen.

They know the public keys of the readers, as anybody may, and can seal what those open. Both verifiers are
asked, each with the keys of the sessions: they must end alike.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firedoor.app.verifying import DUE_US, verify
from firedoor.core.record.content import ContentPacker
from firedoor.core.record.frame import HEADER_BYTES, fresh_session_id, unpack_header
from firedoor.core.record.note import read_key
from firedoor.core.record.seal import SessionSealer
from firedoor.core.record.segment import (
    SegmentHeader,
    pack_group,
    pack_segment_header,
    scan,
    unpack_segment_header,
)
from firedoor.core.record.session_file import read_session_header
from firedoor.core.record.tombstone import Tombstone, tombstone_entry
from firedoor.core.record.verify import Ending, Verification
from firedoor.core.record.verify_frames import FoundFrame
from firedoor.edges.export import verify_record as alone
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.log.evidence import KeptEvidence
from firedoor.edges.store.log.folder import logs_in
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import SessionId
from firedoor.operations.verify_record import Asked, verify_record
from firedoor.ports.evidence import Damage
from tests.edges.store.log.recorded import SESSIONS, Running, recorded

NOW_US = time.time_ns() // 1000
LATER_US = NOW_US + 60_000_000
"""When the auditor looks: nothing of what was recorded honestly is young."""
VICTIM = SESSIONS[0]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs. The first's sessions are in files of their own; a copy of its log is kept beside."""
    place = tmp_path_factory.mktemp("whole") / "data"
    recorded(place, sessions=2, calls=2)
    shutil.copytree(place / "log", place.with_name("old"))
    running = Running(place)
    running.record(SESSIONS[2])
    running.put += 3
    running.journal.put(entry_of(SESSIONS[3], EntryKind.OPEN))
    running.journal.put(entry_of(SESSIONS[3], EntryKind.OUTCOME, payload=b"ann ***", raw=b"ann@example.com"))
    running.journal.put(entry_of(SESSIONS[3], EntryKind.CLOSE))
    running.settle()
    running.close()
    recorded(place, sessions=0)
    return place


def entry_of(session: SessionId, kind: EntryKind, *, at_us: int = NOW_US, **more) -> Entry:
    return Entry(kind=kind, session=session, at_us=at_us, envelope={}, **more)


@pytest.fixture
def place(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "data")
    return tmp_path / "data"


def judged(place: Path) -> Verification:
    """What ours says; theirs ends alike."""
    ring = KeyRing.open(place, may_make=False)
    opened = place.with_name("opened")
    for file in place.glob("keys/*/*.age"):
        key = ring.unwrap(file.read_bytes())
        assert key is not None
        (opened / file.parent.name).mkdir(parents=True, exist_ok=True)
        (opened / file.parent.name / file.stem).write_bytes(key)
    line = (logs_in(place)[0].read("key") or b"").decode().strip()
    pin = read_key(line)
    assert pin is not None
    found = verify(
        place, Asked(keys=(pin,), due_us=LATER_US - DUE_US, until_us=lambda: LATER_US + DUE_US), ring=ring
    )
    given = alone.Given([alone.Key(line)], [], str(opened), LATER_US)
    theirs = alone.Verification(str(place), given)
    assert (theirs.exit_code, theirs.level) == (int(found.ending), int(found.level)), theirs.open_questions
    return found


def forge(place: Path, said: Callable[[SessionId], Entry], at_us: int, *, is_control: bool = True) -> None:
    """Add a segment with a session that says something, sealed for the readers, right in every checksum."""
    name = fresh_session_id(at_us, os.urandom(10))
    opening = Entry(
        kind=EntryKind.OPEN, session=name, at_us=at_us, envelope={"control": is_control}, payload=b""
    )
    sealer = SessionSealer(opening, fresh=lambda: (os.urandom(32), os.urandom(24)), packer=ContentPacker())
    sealed = [sealer.seal(opening), sealer.seal(said(name))]
    ring = KeyRing.open(place, may_make=False)
    for key in sealed[0].keys:
        (place / "keys" / name).mkdir()
        (place / "keys" / name / f"{key.layer}-{key.epoch}.age").write_bytes(ring.wrap(key.key, key.layer))
    last = max(place.glob("journal/*.seg"))
    content = last.read_bytes()
    opened = unpack_segment_header(content)
    assert opened is not None
    number = opened[0].number + 1
    header = SegmentHeader(
        origin=opened[0].origin, number=number, run=number, created_at_us=at_us,
        previous=hashlib.sha256(content[: scan(content).whole]).hexdigest(),
    )  # fmt: skip
    frames = b"".join(frame for each in sealed for frame in each.frames)
    segment = pack_segment_header(header) + pack_group(frames, number=0, at_us=at_us)
    (place / "journal" / f"{number:020d}.seg").write_bytes(segment)


def take_away(place: Path, session: SessionId) -> None:
    (file,) = place.rglob(f"{session}.fdrec")
    file.unlink()
    shutil.rmtree(place / "keys" / session)


def tombstone(control: SessionId) -> Entry:
    stone = Tombstone(session=VICTIM, log="", first_leaf=0, last_leaf=0, frames=1_000, reason="30 days")
    return tombstone_entry(stone, control=control, at_us=NOW_US)


def gap(control: SessionId) -> Entry:
    said = {"accepted_gap": True, "sessions": [{"session": VICTIM, "first": 0, "last": 1_000}]}
    return Entry(kind=EntryKind.RECOVERED, session=control, at_us=NOW_US, envelope=said)


def test_what_nobody_touched_is_verified(place: Path) -> None:
    assert judged(place).ending is Ending.VERIFIED


@pytest.mark.parametrize("said", [tombstone, gap])
@pytest.mark.parametrize("at_us", [NOW_US, LATER_US, NOW_US + 10**15], ids=["past", "now", "future"])
def test_a_forged_tombstone_or_gap_excuses_nothing_whatever_its_time(
    said: Callable[[SessionId], Entry], at_us: int, place: Path
) -> None:
    forge(place, said, at_us)
    take_away(place, VICTIM)
    found = judged(place)
    assert found.ending is Ending.INCOMPLETE
    assert (found.shredded, found.accepted) == ((), ())
    assert any(VICTIM in question for question in found.open_questions)


def test_one_session_is_not_excused_by_a_forged_tombstone_either(place: Path) -> None:
    forge(place, tombstone, NOW_US)
    take_away(place, VICTIM)
    ring = KeyRing.open(place, may_make=False)
    found = verify(place, Asked(session=VICTIM), ring=ring)
    assert (found.ending, found.shredded) == (Ending.INCOMPLETE, ())


def test_a_tombstone_outside_of_a_control_session_is_none(place: Path) -> None:
    forge(place, tombstone, NOW_US, is_control=False)
    take_away(place, VICTIM)
    found = judged(place)
    assert (found.ending, found.shredded) == (Ending.FAILED, ())
    assert [fault.code for fault in found.faults] == ["frame_missing"]


def test_what_claims_to_come_from_the_future_must_be_in_a_log_too(place: Path) -> None:
    forge(place, lambda name: entry_of(name, EntryKind.CONTROL), NOW_US + 10**12)
    found = judged(place)
    assert found.ending is Ending.INCOMPLETE
    assert "2 frames are in no log" in found.open_questions[0]


@pytest.mark.parametrize("name", ["fedcba987654", "a copy"])
def test_an_older_state_of_a_log_beside_it_does_not_stand_for_it(name: str, whole: Path, place: Path) -> None:
    (old,) = whole.with_name("old").iterdir()
    shutil.copytree(old, place / "log" / name)
    found = judged(place)
    assert found.ending is Ending.FAILED
    assert [(fault.code, fault.file) for fault in found.faults] == [("log_misplaced", f"log/{name}/key")]


def test_a_raw_key_that_was_taken_away_is_missed(place: Path) -> None:
    (key,) = place.glob("keys/*/raw-0.age")
    key.unlink()
    found = judged(place)
    assert found.ending is Ending.INCOMPLETE
    assert found.open_questions == (f"keys of session {key.parent.name} are not here: raw-0",)
    ring = KeyRing.open(place, may_make=False)
    assert not verify(place, Asked(may_be_sealed=True), ring=ring).open_questions


def test_a_frame_that_stands_twice_in_a_file_is_a_fault(place: Path) -> None:
    (file,) = place.rglob(f"{VICTIM}.fdrec")
    content = file.read_bytes()
    opened = read_session_header(content)
    assert opened is not None
    header = unpack_header(content[opened[1] :])
    assert header is not None
    end = opened[1] + HEADER_BYTES + header.body_bytes
    file.write_bytes(content[:end] + content[opened[1] : end] + content[end:])
    found = judged(place)
    assert found.ending is Ending.FAILED
    assert (found.faults[0].code, found.faults[0].offset) == ("frame_damaged", end)


class MeanwhileEvidence(KeptEvidence):
    """A data directory in which a gateway goes on between the look at the log and that at the frames."""

    def __init__(self, place: Path, meanwhile: Callable[[], None]) -> None:
        super().__init__(place, keys=KeyRing.open(place, may_make=False))
        self._once = [meanwhile]

    def frames(self, session: SessionId | None) -> Iterator[FoundFrame | Damage]:
        while self._once:
            self._once.pop()()
        yield from super().frames(session)


def test_a_gateway_that_runs_meanwhile_is_no_false_alarm(tmp_path: Path) -> None:
    """A session ends, another is shredded: the log that was read knows neither."""
    running = Running(tmp_path)
    running.record(VICTIM)
    running.settle()
    pins = [read_key((log.read("key") or b"").decode().strip()) for log in logs_in(tmp_path)]

    def meanwhile() -> None:
        running.record(SESSIONS[1])
        running.journal.put(tombstone(running.journal.control))
        running.close()
        assert list(tmp_path.rglob(f"{SESSIONS[1]}.fdrec"))
        take_away(tmp_path, VICTIM)

    asked = Asked(keys=tuple(filter(None, pins)), due_us=0)
    found = verify_record(MeanwhileEvidence(tmp_path, meanwhile), asked)
    assert (found.faults, found.open_questions) == ((), ())
    assert (found.ending, found.shredded) == (Ending.VERIFIED, (VICTIM,))


def test_sessions_that_ended_after_the_log_was_copied_are_a_question_and_earlier_ones_a_fault(
    place: Path, tmp_path: Path
) -> None:
    later = recorded(tmp_path / "later", sessions=1)
    file = next(file for file in later.rglob("*.fdrec") if file.stem != VICTIM)
    shutil.copy(file, next(iter(place.glob("sessions/*/*"))))
    found = verify(place, Asked(may_be_sealed=True), ring=KeyRing.open(place, may_make=False))
    assert (found.ending, int(found.level)) == (Ending.INCOMPLETE, 0)
    assert "in no log, of sessions that ended behind it" in found.open_questions[0]


@pytest.mark.parametrize(
    "pattern", ["sessions/*/*/*.fdrec", "journal/*.seg", "log/*/checkpoint", "log/*/tile/0/*/*"]
)
@pytest.mark.parametrize("becomes", ["link", "pipe"])
def test_a_link_or_a_pipe_in_the_place_of_a_file_is_none(pattern: str, becomes: str, place: Path) -> None:
    """A link would verify what is not kept here; a pipe would be read without end."""
    file = max(place.glob(pattern), key=lambda each: each.stat().st_size)
    moved = file.rename(place.with_name("elsewhere"))
    file.symlink_to(moved) if becomes == "link" else os.mkfifo(file)
    assert judged(place).ending is not Ending.VERIFIED


def test_a_link_to_a_folder_adds_no_sessions(place: Path) -> None:
    before = judged(place).sessions
    (place / "sessions" / "1999").symlink_to(next(iter(place.glob("sessions/*"))))
    found = judged(place)
    assert (found.ending, found.sessions) == (Ending.VERIFIED, before)
