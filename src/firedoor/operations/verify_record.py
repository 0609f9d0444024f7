"""Verifies the record, or one session of it: which level it reaches, and what is wrong where.

It reads, and changes nothing. Nothing that it reads is trusted but what the auditor brought: keys that were
pinned, and checkpoints that were kept elsewhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from firedoor.core.record.checkpoint import Checkpoint, checkpoint_in, open_checkpoint
from firedoor.core.record.excuses import Excuses
from firedoor.core.record.frame import Header, session_bytes, session_id
from firedoor.core.record.gap import Lost
from firedoor.core.record.leaf import leaf_of
from firedoor.core.record.note import NoteKey, read_note
from firedoor.core.record.verify import Fault, Judgement, Level, LogSummary, Verification
from firedoor.core.record.verify_frames import FoundFrame, FrameCheck, Missing, fault_of, is_leaf
from firedoor.core.record.verify_log import CheckedLog, LogFolder, check_log, grown, open_log
from firedoor.core.record.verify_part import check_part
from firedoor.model.entry import Entry
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId
from firedoor.ports.evidence import Damage, Evidence, Unsealer


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be verified, against what."""

    session: SessionId | None = None
    """None: all."""
    keys: tuple[NoteKey, ...] = ()
    """Public keys that the auditor pinned."""
    held: tuple[bytes, ...] = ()
    """Checkpoints that the auditor kept, whole."""
    due_us: int = 1 << 63
    """What was recorded before this instant must be in a log: a running gateway's is a second behind."""
    until_us: Callable[[], int] = lambda: 1 << 63
    """So must be what claims a later instant than this one, asked once all was read: nothing is from then."""
    may_be_sealed: bool = False
    """The auditor has no session keys and does not ask what is in the frames."""


def verify_record(evidence: Evidence, asked: Asked) -> Verification:
    """Verify and say how far it came."""
    found = Judgement()
    # Frames are looked at after the logs: what is in a log then is in the journal now.
    logs = _Logs(evidence, asked, found)
    frames = _Frames(evidence, asked, found, logs.checked)
    best = logs.level() if frames.is_logged else Level.DECODED
    return Verification(
        level=found.reached(best if frames.check.frames or frames.shredded else Level.NOTHING),
        frames=frames.check.frames,
        sessions=len(frames.sessions),
        logs=tuple(logs.summaries()),
        faults=tuple(found.faults),
        open_questions=tuple(found.open_questions),
        shredded=tuple(frames.shredded),
        accepted=tuple(frames.accepted),
    )


class _Logs:
    """Verifies every log by itself, and against what the auditor brought."""

    def __init__(self, evidence: Evidence, asked: Asked, found: Judgement) -> None:
        self._asked = asked
        self._found = found
        self._held: dict[str, list[Checkpoint]] = {}
        self.checked: list[CheckedLog] = []
        self._read_held()
        folders = list(evidence.logs())
        session = None if asked.session is None else session_bytes(asked.session)
        if session is None or not self._check_parts(folders, session):
            for folder in folders:
                self._check(folder)
        self._check_pinned()
        self._check_continued()

    def level(self) -> Level:
        """How far all logs come."""
        if not self.checked:
            return Level.DECODED
        if not all(self._is_pinned(log) for log in self.checked):
            return Level.LOGGED
        # What came after a log that ended is held by the log that continues it.
        is_held = any(self._held.get(log.checkpoint.origin) for log in self.checked)
        return Level.CONSISTENT if is_held else Level.SIGNED

    def summaries(self) -> list[LogSummary]:
        """Describe the logs."""
        return [
            LogSummary(
                origin=log.checkpoint.origin,
                size=log.checkpoint.size,
                key=str(log.key),
                is_pinned=self._is_pinned(log),
                held=tuple(
                    held.size
                    for held in self._held.get(log.checkpoint.origin, ())
                    if log.roots.get(held.size) == held.root
                ),
                continues=None if log.continued is None else log.continued.origin,
            )
            for log in self.checked
        ]

    def _is_pinned(self, log: CheckedLog) -> bool:
        return any(str(key) == str(log.key) for key in self._asked.keys)

    def _read_held(self) -> None:
        """Open what the auditor kept with the pinned keys. What does not open is no evidence, and is told."""
        for number, content in enumerate(self._asked.held, start=1):
            note = read_note(content)
            claimed = None if note is None else checkpoint_in(note)
            opened = [
                checkpoint
                for key in self._asked.keys
                if (checkpoint := open_checkpoint(content, key)) is not None and checkpoint.origin == key.name
            ]
            if opened:
                self._held.setdefault(opened[0].origin, []).append(opened[0])
            elif claimed is not None and not any(key.name == claimed.origin for key in self._asked.keys):
                self._found.open_questions.append(
                    f"a checkpoint of {claimed.origin} is not used: no key is pinned for it"
                )
            else:
                self._blame("checkpoint_damaged", f"checkpoint {number} given", "no pinned key has signed it")

    def _check_parts(self, folders: Sequence[LogFolder], session: bytes) -> bool:
        """Verify no more of each log than shows one session; False: all is to be read."""
        found: list[CheckedLog] = []
        for folder in folders:
            log = open_log(folder, self._asked.keys)
            if isinstance(log, Fault):
                return False
            held = self._held.get(log.checkpoint.origin, [])
            is_its = check_part(log, folder, session, [checkpoint.size for checkpoint in held])
            if not is_its or any(log.roots.get(each.size) != each.root for each in held):
                return False
            found.append(log)
        if not any(session in log.sessions for log in found):
            return False
        self.checked = found
        return True

    def _check(self, folder: LogFolder) -> None:
        log = open_log(folder, self._asked.keys)
        if isinstance(log, Fault):
            self._found.faults.append(log)
            return
        held = self._held.get(log.checkpoint.origin, [])
        check_log(log, folder, [checkpoint.size for checkpoint in held])
        for checkpoint in held:
            self._compare(log, checkpoint)
        self._found.faults += log.faults
        self.checked.append(log)

    def _compare(self, log: CheckedLog, held: Checkpoint) -> None:
        if held.size > log.checkpoint.size:
            why = f"it has {log.checkpoint.size} leaves; the checkpoint held was signed over {held.size}"
            self._blame("log_rolled_back", f"{log.place}/checkpoint", why)
        elif log.roots.get(held.size) != held.root:
            why = f"its first {held.size} leaves are not those of the checkpoint held"
            self._blame("log_forked", f"{log.place}/checkpoint", why)

    def _check_pinned(self) -> None:
        there = {log.checkpoint.origin for log in self.checked}
        for name in {*(key.name for key in self._asked.keys), *self._held} - there:
            self._blame("log_missing", "log", f"the log {name} is not here, or does not open")

    def _check_continued(self) -> None:
        """A log that another continues has ended: with the checkpoint that the other names."""
        ended = {log.checkpoint.origin: log for log in self.checked}
        for log in self.checked:
            before = None if log.continued is None else ended.get(log.continued.origin)
            if before is not None and before.checkpoint != log.continued:
                self._blame("log_forked", f"{before.place}/checkpoint", "it went on after it was continued")

    def _blame(self, code: str, file: str, why: str) -> None:
        # It is told apart from a leaf that is missing: the tree may be whole, and another.
        self._found.faults.append(Fault(code=code, file=file, why=why, level=Level.CONSISTENT))


class _Frames:
    """Verifies every frame: by its leaf, and by its seal where there is a key."""

    def __init__(
        self, evidence: Evidence, asked: Asked, found: Judgement, logs: Sequence[CheckedLog]
    ) -> None:
        self._evidence = evidence
        self._asked = asked
        self._found = found
        self.check = FrameCheck(logs)
        self.sessions: set[bytes] = set()
        self.shredded: list[SessionId] = []
        self._unsealers: dict[bytes, Unsealer | None] = {}
        self._next: dict[bytes, int] = {}
        self._sealed: set[bytes] = set()
        self._files: dict[bytes, str] = {}
        """Where the last frame of a session was."""
        self._headless: dict[bytes, FoundFrame] = {}
        """Sessions of which the journal has a later part alone: the beginning is shredded or missing."""
        self.excuses = Excuses()
        self._unproven: list[tuple[Header, bytes, Entry]] = []
        self.accepted: list[Lost] = []
        """What is missing, and was accepted as lost."""
        self.is_logged = True
        """Whether everything that was found is in a log, but for what is too young to be."""
        self._tails: list[Damage] = []
        self._whole: _Frames | None = None
        self._is_tail_known = False
        for each in evidence.frames(asked.session):
            self._damaged(each) if isinstance(each, Damage) else self._see(each)
        for damage in evidence.keys(asked.session):
            self._damaged(damage)
        self._look_again(logs)
        self._judge()

    def _see(self, frame: FoundFrame) -> None:
        is_its = self.check.see(frame)
        self._is_tail_known = self._is_tail_known or (is_its and bool(self._tails))
        session = frame.header.session
        self.sessions.add(session)
        if frame.header.sequence < self._next.get(session, 0):
            self._again(frame)
            return
        self._files[session] = frame.file
        self._next[session] = frame.header.sequence + 1
        if session not in self._unsealers:
            is_headless = frame.is_in_journal and frame.header.sequence > 0
            self._unsealers[session] = None if is_headless else self._evidence.unsealer(session_id(session))
            if is_headless:
                self._headless[session] = frame
        self._open(frame, is_proven=is_its or not self.check.has_logs)

    def _again(self, frame: FoundFrame) -> None:
        """Take a frame of a number that was there: in the journal too, or in another file while it moves."""
        if not frame.is_in_journal and self._files.get(frame.header.session) == frame.file:
            why = "a frame of this number stands before it in the same file"
            self._blame(Damage(code="frame_damaged", file=frame.file, offset=frame.offset, why=why))

    def _open(self, frame: FoundFrame, *, is_proven: bool) -> None:
        session = frame.header.session
        unsealer = self._unsealers[session]
        if unsealer is None:
            return
        try:
            entry = unsealer.unseal(frame.content)
        except IntegrityError as fault:
            self._unsealers[session] = None  # nothing after it can be opened: told once
            self._found.faults.append(
                Fault(
                    code=fault.code,
                    file=frame.file,
                    offset=frame.offset,
                    why=fault.message,
                    session=session_id(session),
                    sequence=frame.header.sequence,
                    level=Level.DECODED,
                )
            )
            return
        if not unsealer.may_open:
            self._sealed.add(session)
        if entry is not None:
            self._take(frame, entry, is_proven=is_proven)

    def _take(self, frame: FoundFrame, entry: Entry, *, is_proven: bool) -> None:
        if self.excuses.take(entry, is_proven=is_proven):
            self._unproven.append((frame.header, leaf_of(frame.content, frame.header), entry))

    def _look_again(self, logs: Sequence[CheckedLog]) -> None:
        """A gateway that runs went on meanwhile: what was in no log when it was read may be in it now."""
        now = grown(self._evidence.logs(), logs) if self.check.has_early or self._unproven else []
        self.check.look_again(now)
        for header, leaf, entry in self._unproven:
            if is_leaf(header, leaf, now):
                self.excuses.take(entry, is_proven=True)

    def _damaged(self, damage: Damage) -> None:
        if damage.is_doubt:
            if not self._asked.may_be_sealed:
                self._found.open_questions.append(f"{damage.file}: {damage.why}")
        elif damage.is_tail:
            self._tails.append(damage)
        else:
            self._blame(damage)

    def _blame(self, damage: Damage) -> None:
        self._found.faults.append(
            Fault(
                code=damage.code, file=damage.file, why=damage.why, offset=damage.offset, level=Level.DECODED
            )
        )

    def _judge_beginnings(self) -> None:
        """Tell what does not begin where no leaf that is missing tells it."""
        for session, frame in self._headless.items():
            if not self.check.knows(session):
                self._found.faults.append(
                    Fault(
                        code="frame_not_logged",
                        file=frame.file,
                        offset=frame.offset,
                        why="it is not the first of its session, and what was before it is nowhere",
                        session=session_id(session),
                        sequence=frame.header.sequence,
                    )
                )

    def _judge(self) -> None:
        wanted = None if self._asked.session is None else session_bytes(self._asked.session)
        self._found.faults += self.check.faults
        self._judge_beginnings()
        is_incomplete = False
        for missing in self.check.missing(wanted):
            is_incomplete = self._judge_missing(missing) or is_incomplete
        for damage in self._tails:
            if is_incomplete or self._is_tail_known or self.check.faults:
                self._blame(damage)
            else:
                self._found.open_questions.append(
                    f"{damage.file}, byte {damage.offset}: a write that did not end, or damage"
                )
        times = range(self._asked.due_us, self._asked.until_us() + 1)
        for late, where in (
            ([frame for frame in self.check.unlogged if frame.header.at_us not in times], "from"),
            (self.check.later, "of sessions that ended behind it or were put there, from"),
        ):
            if late:
                self.is_logged = False
                self._found.open_questions.append(
                    f"{len(late)} frames are in no log, {where} {late[0].file}, byte {late[0].offset} on"
                )
        self._tell_shredded()
        self._tell_lacking()
        if self._sealed and not self._asked.may_be_sealed:
            count = len(self._sealed)
            what = "1 session was" if count == 1 else f"{count} sessions were"
            self._found.open_questions.append(f"{what} not opened: no key here opens them")
        if not (self.check.frames or self.shredded):
            self._found.open_questions.append("nothing is recorded here under that name")

    def _tell_shredded(self) -> None:
        """Frames of a shredded session may lie in the journal yet: nobody opens them, and nobody must."""
        for packed in sorted(self._sealed):
            session = session_id(packed)
            if session not in self.shredded and session in self._all_excuses().tombstones:
                self.shredded.append(session)
        self._sealed -= {session_bytes(session) for session in self.shredded}

    def _tell_lacking(self) -> None:
        """Keys that were taken away: what they open is lost, and no tombstone says so."""
        for packed, unsealer in sorted(self._unsealers.items(), key=lambda item: item[0]):
            session = session_id(packed)
            is_told = self._asked.may_be_sealed or session in self.shredded
            if unsealer is None or not (unsealer.may_open and unsealer.lacks) or is_told:
                continue
            if session not in self._all_excuses().tombstones:
                names = ", ".join(unsealer.lacks)
                self._found.open_questions.append(f"keys of session {session} are not here: {names}")

    def _judge_missing(self, missing: Missing) -> bool:
        """Tell what was shredded from what is missing; whether it is missing."""
        session = session_id(missing.session)
        excuses = self._all_excuses()
        count = len(missing.log.sessions[missing.session])
        if excuses.covers(session, count):
            if session not in self.shredded:
                self.shredded.append(session)
            return False
        lost = Lost(session=session, first=missing.first, last=missing.last)
        if excuses.accepts(lost):
            self.accepted.append(lost)
            return False
        if session in excuses.unproven:
            self._found.open_questions.append(
                f"session {session} is missing, and what says why is in no log yet: verify again in a moment"
            )
            return False
        # What a retention rule leaves of a session: nothing, or what stands in a segment that others hold.
        is_whole = missing.first == 0 and (missing.last == count - 1 or missing.session in self._headless)
        if is_whole and self._sealed:
            self._found.open_questions.append(
                f"session {session} is missing or was shredded: no key here opens the tombstones"
            )
            return False
        self._found.faults.append(fault_of(missing))
        return True

    def _all_excuses(self) -> Excuses:
        """Of all control sessions, against all of the logs, though only one session was asked for."""
        if self._asked.session is None:
            return self.excuses
        if self._whole is None:
            asked = Asked(may_be_sealed=True)
            logs = _Logs(self._evidence, asked, Judgement()).checked
            self._whole = _Frames(self._evidence, asked, Judgement(), logs)
        return self._whole.excuses
