"""Small data directories of many shapes, and what may happen to one. Everything follows from a number.

Runs, control sessions, masked messages, key epochs, segments that left the journal, session files, sessions
that go on, logs that ended, checkpoints that were kept, tombstones, zeros and torn ends.
"""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import msgspec

from firedoor.core.record.content import PIECE, ContentPacker
from firedoor.core.record.frame import HEADER_BYTES, Header, fresh_session_id, pack_header, unpack_header
from firedoor.core.record.leaf import Beginning, leaf_of
from firedoor.core.record.note import NoteKey, NoteSigner
from firedoor.core.record.seal import WHOLE_KINDS, SessionSealer
from firedoor.core.record.segment import (
    SegmentHeader,
    frames_of,
    pack_group,
    pack_segment_header,
    scan,
    unpack_segment_header,
)
from firedoor.core.record.session_file import SessionFileHeader, pack_session_header, session_path
from firedoor.core.record.tombstone import Tombstone, tombstone_entry
from firedoor.edges.store.log.folder import DiskLog
from firedoor.edges.store.log.growing import GrowingLog
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import SessionId

START_US = 1_795_000_000_000_000
SIGNERS = [
    NoteSigner(f"gw.example/door/{0x6B0440840000 + number:012x}", bytes([number]) * 32) for number in range(4)
]
"""Few, so that a verifier need not prepare a new key for each recording."""
PACKER = ContentPacker()
BLANKS = b" " * (4 * PIECE)
"""What is long compresses to little: a thousand recordings are looked at."""


class MemoryLog(DiskLog):
    """A log's folder in memory."""

    def __init__(self, place: str) -> None:
        self.place, self.files = place, {}

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def put(self, path: str, content: bytes, *, is_durable: bool = False) -> None:
        self.files[path] = content

    def settle(self) -> None:
        pass

    def drop_partial(self, path: str) -> None:
        for name in [name for name in self.files if name.startswith(f"{path}.p/")]:
            del self.files[name]


@dataclass
class Session:
    """A session that is recorded."""

    id: SessionId
    sealer: SessionSealer
    frames: list[bytes] = field(default_factory=list)
    leaves: list[int] = field(default_factory=list)
    log: str = ""
    is_control: bool = False
    is_closed: bool = False
    is_in_file: bool = False
    is_shredded: bool = False


@dataclass
class Recording:
    """A data directory in memory, and what an auditor brings."""

    files: dict[str, bytes] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)
    pins: list[NoteKey] = field(default_factory=list)
    held: list[bytes] = field(default_factory=list)

    def write(self, root: Path) -> Path:
        for path, content in self.files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return root


class Recorder:
    """Writes a recording as a gateway would, run by run."""

    def __init__(self, dice: random.Random) -> None:
        self.dice, self.now = dice, count(START_US, 1000)
        self.recording = Recording()
        self.logs: list[tuple[GrowingLog, MemoryLog]] = []
        self.sessions: list[Session] = []
        self.segments: list[list[bytes]] = []
        self.headers: list[bytes] = []
        self.holds: list[set[SessionId]] = []
        self.run = 0

    def made(self) -> Recording:
        for _ in range(self.dice.choice((1, 1, 2, 3))):
            self._run()
        self._put_away()
        self._collect()
        return self.recording

    # One run of the gateway

    def _run(self) -> None:
        self.run = len(self.segments)
        self._log()
        self._segment()
        control = self._open(is_control=True)
        mine = [self._open() for _ in range(self.dice.randrange(4))]
        for _ in range(self.dice.choice((3, 12, 30)) if self.dice.random() < 0.98 else 300):
            if self.dice.random() < 0.05:
                self._segment()
            self._entry(self.dice.choice([control, *mine]))
        for each in mine:
            if self.dice.random() < 0.7:
                self._write(each, EntryKind.CLOSE)
                each.is_closed = True
        ended = [each for each in self.sessions if each.is_closed and not each.is_shredded]
        if ended and self.dice.random() < 0.4:
            self._shred(self.dice.choice(ended), control)
        self.logs[-1][0].sign(is_kept=True)
        if self.dice.random() < 0.1:
            self._write(control, EntryKind.CONTROL, is_logged=False)

    def _log(self) -> None:
        if self.logs and self.dice.random() < 0.6 and not self._is_behind():
            return
        signer = SIGNERS[len(self.logs)]
        folder = MemoryLog(signer.key.name.rpartition("/")[2])
        last = self.logs[-1][1].files["checkpoint"] if self.logs else b""
        beginning = Beginning(
            segment=self.run,
            continued=self.logs[-1][0].signed if self.logs else 0,
            digest=hashlib.sha256(last).digest() if last else bytes(32),
            length=len(last),
        )
        self.logs.append((GrowingLog.begin(folder, signer, beginning, last), folder))
        self.recording.pins.append(signer.key)

    def _is_behind(self) -> bool:
        """Whether the journal has frames that the log has not."""
        return any(len(each.leaves) < len(each.frames) for each in self.sessions)

    def _segment(self) -> None:
        previous = None
        if self.segments:
            previous = hashlib.sha256(self.headers[-1] + b"".join(self.segments[-1])).hexdigest()
        header = SegmentHeader(
            origin="firedoor", number=len(self.segments), run=self.run, created_at_us=1, previous=previous
        )
        self.headers.append(pack_segment_header(header))
        self.segments.append([])
        self.holds.append(set())

    # Entries

    def _open(self, *, is_control: bool = False) -> Session:
        now = next(self.now)
        name = fresh_session_id(now, self.dice.randbytes(10))

        def fresh() -> tuple[bytes, bytes]:
            return self.dice.randbytes(32), self.dice.randbytes(24)

        opening = Entry(
            kind=EntryKind.OPEN, session=name, at_us=now, envelope={"control": is_control}, payload=b""
        )
        session = Session(
            name,
            SessionSealer(opening, fresh=fresh, packer=PACKER),
            [],
            [],
            self.logs[-1][0].origin,
            is_control,
        )
        self.sessions.append(session)
        self._put(session, opening)
        return session

    def _entry(self, session: Session) -> None:
        if session.is_control:
            return self._write(session, EntryKind.CONTROL)
        if self.dice.random() < 0.1:
            session.sealer.renew()
        kind = self.dice.choice((EntryKind.INTENT, EntryKind.OUTCOME, EntryKind.EVENT, EntryKind.APPROVAL))
        return self._write(session, kind)

    def _write(self, session: Session, kind: EntryKind, *, is_logged: bool = True) -> None:
        size = self.dice.choice((0, 5, 40, 200)) if self.dice.random() < 0.97 else 2000
        payload = self.dice.randbytes(size // 2) + b" " * (size // 2)
        is_long = kind not in WHOLE_KINDS and self.dice.random() < 0.05
        payload += BLANKS[: PIECE * self.dice.randrange(1, 4)] if is_long else b""
        is_masked = (
            kind in {EntryKind.INTENT, EntryKind.OUTCOME, EntryKind.EVENT} and self.dice.random() < 0.3
        )
        entry = Entry(
            kind=kind, session=session.id, at_us=next(self.now), envelope={"n": 1}, payload=payload,
            raw=b"ann@example.com" + BLANKS[: PIECE * 2 * (self.dice.random() < 0.1)] if is_masked else None,
        )  # fmt: skip
        self._put(session, entry, is_logged=is_logged)

    def _put(self, session: Session, entry: Entry, *, is_logged: bool = True) -> None:
        sealed = session.sealer.seal(entry)
        for key in sealed.keys:
            self.recording.keys[f"{session.id}/{key.layer}-{key.epoch}"] = key.key
        group = pack_group(b"".join(sealed.frames), number=len(self.segments[-1]), at_us=entry.at_us)
        self.segments[-1].append(group)
        self.holds[-1].add(session.id)
        session.frames += sealed.frames
        for frame in sealed.frames if is_logged else ():
            header = unpack_header(frame)
            assert header is not None
            session.leaves.append(self.logs[-1][0].size)
            self.logs[-1][0].append(leaf_of(frame, header))
        if is_logged and self.dice.random() < 0.05:
            note = self.logs[-1][0].sign(is_kept=self.dice.random() < 0.5)
            if self.dice.random() < 0.5:
                self.recording.held.append(note)

    def _shred(self, session: Session, control: Session) -> None:
        tombstone = Tombstone(
            session=session.id, log=session.log, first_leaf=session.leaves[0], last_leaf=session.leaves[-1],
            frames=len(session.frames), reason="30 days",
        )  # fmt: skip
        self._put(control, tombstone_entry(tombstone, control=control.id, at_us=next(self.now)))
        session.is_shredded = True

    # What leaves the journal

    def _put_away(self) -> None:
        """The oldest segments go, once what is in them stands in session files."""
        gone = self.dice.randrange(len(self.segments)) if self.dice.random() < 0.6 else 0
        of_the_last_run = {whose for held in self.holds[self.run :] for whose in held}
        for session in self.sessions:
            is_due = any(session.id in held for held in self.holds[:gone])
            is_early = session.is_closed and self.dice.random() < 0.3
            if session.is_shredded or not (is_due or is_early) or self._is_unlogged(session):
                continue
            is_open = not session.is_closed and session.id in of_the_last_run
            self._session_file(session, gone, is_open=is_open)
        if any(self._is_unlogged(each) for each in self.sessions):
            gone = 0
        for number in range(gone, len(self.segments)):
            self.recording.files[f"journal/{number:020}.seg"] = self.headers[number] + b"".join(
                self.segments[number]
            )

    @staticmethod
    def _is_unlogged(session: Session) -> bool:
        return len(session.leaves) < len(session.frames)

    def _session_file(self, session: Session, gone: int, *, is_open: bool) -> None:
        header = pack_session_header(SessionFileHeader(origin=session.log, session=session.id))
        kept = b"".join(group for groups in self.segments[gone:] for group in groups)
        frames = [f for f in session.frames if f not in kept] if is_open else session.frames
        place = session_path(session.id, is_open=is_open)
        self.recording.files[f"sessions/{place}"] = header + b"".join(frames)

    def _collect(self) -> None:
        recording = self.recording
        for _, folder in self.logs:
            for path, content in folder.files.items():
                recording.files[f"log/{folder.place}/{path}"] = content
        last = max((path for path in recording.files if path.startswith("journal/")), default="")
        if last and self.dice.random() < 0.3:
            recording.files[last] += bytes(self.dice.choice((1, 48, 500)))
        if last and self.dice.random() < 0.1:
            torn = pack_group(self.dice.randbytes(200), number=len(self.segments[-1]), at_us=1)
            recording.files[last] += torn[: self.dice.randrange(1, len(torn))]
        for session in self.sessions:
            if session.is_shredded:
                mine = [name for name in recording.keys if name.startswith(session.id)]
                for name in mine:
                    del recording.keys[name]
        self._bring()

    def _bring(self) -> None:
        """Choose what the auditor has."""
        recording, luck = self.recording, self.dice.random()
        if luck < 0.1:
            recording.pins, recording.held = [], []
        elif luck < 0.15:
            recording.pins.append(SIGNERS[3].key)
        elif luck < 0.5:
            recording.held = []


def recording(number: int) -> Recording:
    """Return the recording of a number: always the same."""
    return Recorder(random.Random(number)).made()  # noqa: S311


def mutated(made: Recording, dice: random.Random) -> str:
    """Do something to a recording, and say what."""
    luck = dice.random()
    if luck < 0.05:
        return _follows_another(made)
    if luck < 0.3:
        return _written_again(made, dice)
    path = dice.choice(sorted(made.files))
    what = dice.choice((*CHANGES, "remove", "exchange"))
    content = bytearray(made.files[path])
    at = dice.randrange(len(content))
    if what == "remove":
        del made.files[path]
    elif what == "exchange":
        other = dice.choice(sorted(made.files))
        made.files[path], made.files[other] = made.files[other], made.files[path]
        return f"{what} {path} {other}"
    else:
        CHANGES[what](content, at, dice)
        made.files[path] = bytes(content)
    return f"{what} {path} {at}"


def _flip(content: bytearray, at: int, dice: random.Random) -> None:
    content[at] ^= 1 << dice.randrange(8)


def _cut(content: bytearray, at: int, _: random.Random) -> None:
    del content[at:]


def _append(content: bytearray, _: int, dice: random.Random) -> None:
    content += dice.randbytes(dice.choice((1, 48, 100)))


def _blank(content: bytearray, at: int, _: random.Random) -> None:
    content[at : at + 40] = bytes(len(content[at : at + 40]))


def _turn(content: bytearray, at: int, _: random.Random) -> None:
    content[at:] = content[at + 70 :] + content[at : at + 70]


CHANGES = {"flip": _flip, "flip again": _flip, "cut": _cut, "append": _append, "blank": _blank, "turn": _turn}


def _follows_another(made: Recording) -> str:
    """A segment that names another before it, with a right checksum."""
    path = max((path for path in made.files if path.startswith("journal/")), default="")
    opened = unpack_segment_header(made.files.get(path, b""))
    if opened is None:
        return "nothing"
    header = msgspec.structs.replace(opened[0], previous="0" * 64)
    made.files[path] = pack_segment_header(header) + made.files[path][opened[1] :]
    return f"forge {path}"


def _written_again(made: Recording, dice: random.Random) -> str:
    """Frames of the newest segment in another way, with right checksums and digests; often without a log."""
    path = max((path for path in made.files if path.startswith("journal/")), default="")
    content = made.files.get(path, b"")
    opened = unpack_segment_header(content)
    if opened is None:
        return "nothing"
    groups = [[content[p.offset : p.end] for p in frames_of(content, *g) or ()] for g in scan(content).groups]
    frames = [(number, frame) for number, group in enumerate(groups) for frame in group]
    if len(frames) < 2:
        return "nothing"
    what = dice.choice(sorted(REWRITES))
    REWRITES[what](frames, dice.randrange(len(frames) - 1), dice)
    made.files[path] = _segment_of(made.files[path][: opened[1]], frames)
    if dice.random() < 0.7:
        made.files = {name: text for name, text in made.files.items() if not name.startswith("log/")}
        made.pins, made.held = [], []
    return f"{what} {path}"


def pieces_changed(made: Recording, what: str, dice: random.Random) -> bool:
    """Do one thing to a piece in some segment, and leave the log as it is; whether there was one."""
    for path in sorted(path for path in made.files if path.startswith("journal/")):
        content = made.files[path]
        opened = unpack_segment_header(content)
        assert opened is not None
        groups = [
            [content[p.offset : p.end] for p in frames_of(content, *g) or ()] for g in scan(content).groups
        ]
        frames = [(number, frame) for number, group in enumerate(groups) for frame in group]
        if any(_goes_on(frame) for _, frame in frames[:-1]):
            REWRITES[what](frames, 0, dice)
            made.files[path] = _segment_of(content[: opened[1]], frames)
            return made.files[path] != content
    return False


Frames = list[tuple[int, bytes]]


def _segment_of(header: bytes, frames: Frames) -> bytes:
    kept = [b"".join(f for n, f in frames if n == number) for number in sorted({n for n, _ in frames})]
    return header + b"".join(pack_group(group, number=number, at_us=1) for number, group in enumerate(kept))


def _leave_out(frames: Frames, at: int, _: random.Random) -> None:
    del frames[at]


def _double(frames: Frames, at: int, _: random.Random) -> None:
    frames.insert(at, frames[at])


def _exchange(frames: Frames, at: int, _: random.Random) -> None:
    (one, first), (other, second) = frames[at : at + 2]
    frames[at : at + 2] = [(one, second), (other, first)]


def _part(frames: Frames, at: int, _: random.Random) -> None:
    """What was written at once is written as two."""
    frames[at + 1 :] = [(number + 1, frame) for number, frame in frames[at + 1 :]]


def _header(
    change: Callable[[Header, random.Random], Header],
) -> Callable[[Frames, int, random.Random], None]:
    def written(frames: Frames, at: int, dice: random.Random) -> None:
        number, frame = frames[at]
        header = unpack_header(frame)
        assert header is not None
        frames[at] = number, pack_header(change(header, dice)) + frame[HEADER_BYTES:]

    return written


def _of_another(frames: Frames, at: int, dice: random.Random) -> None:
    """In the place of a piece stands a piece of another entry, of this session or of another."""
    others = [frame for _, frame in frames if _goes_on(frame) and frame is not frames[at][1]]
    if others:
        frames[at] = frames[at][0], dice.choice(others)


def _goes_on(frame: bytes) -> bool:
    header = unpack_header(frame)
    return header is not None and header.goes_on


def _of_pieces(
    change: Callable[[Frames, int, random.Random], None],
) -> Callable[[Frames, int, random.Random], None]:
    """The same to a frame that holds a piece, if there is one."""

    def written(frames: Frames, at: int, dice: random.Random) -> None:
        pieces = [n for n, (_, frame) in enumerate(frames[:-1]) if _goes_on(frame)]
        change(frames, dice.choice(pieces) if pieces else at, dice)

    return written


REWRITES: dict[str, Callable[[Frames, int, random.Random], None]] = {
    "leave out": _leave_out,
    "double": _double,
    "exchange frames": _exchange,
    "part": _part,
    "kind": _header(lambda header, dice: replace(header, kind=dice.randrange(1, 10))),
    "sequence": _header(lambda header, dice: replace(header, sequence=dice.randrange(4))),
    "layer": _header(lambda header, _: replace(header, flags=header.flags ^ 2)),
    "goes on": _header(lambda header, _: replace(header, flags=header.flags ^ 4)),
    "instant": _header(lambda header, dice: replace(header, at_us=header.at_us + dice.randrange(2))),
    "piece left out": _of_pieces(_leave_out),
    "piece twice": _of_pieces(_double),
    "pieces exchanged": _of_pieces(_exchange),
    "piece goes on no more": _of_pieces(_header(lambda header, _: replace(header, flags=header.flags & ~4))),
    "piece of another entry": _of_pieces(_of_another),
    "epoch": _header(lambda header, _: replace(header, flags=header.flags + 16)),
}
