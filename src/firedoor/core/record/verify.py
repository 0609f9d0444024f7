"""What verification says: which level was reached, what is wrong and where. Never just "OK".

    L0  frames decode: whole, in order, and opened where a key is at hand
    L1  every frame is a leaf of the log, and every leaf has its frame, or was shredded and says so
    L2  the checkpoint over these leaves is signed by a key that the auditor pinned
    L3  the log continues, unchanged, an earlier checkpoint that the auditor holds

A level counts only if all below it do.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from firedoor.core.record.gap import Lost
from firedoor.model.ids import SessionId


class Level(IntEnum):
    """How far verification came."""

    NOTHING = -1
    DECODED = 0
    LOGGED = 1
    SIGNED = 2
    CONSISTENT = 3


class Ending(IntEnum):
    """The exit codes of `firedoor verify`."""

    VERIFIED = 0
    FAILED = 1
    INCOMPLETE = 2
    NOT_ANCHORED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is not as it was recorded."""

    code: str
    file: str
    """Below the data directory. That of a segment names it."""
    why: str
    offset: int | None = None
    session: SessionId | None = None
    sequence: int | None = None
    leaf: int | None = None
    level: Level = Level.LOGGED
    """The level that is not reached because of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSummary:
    """One log, as far as it matters to people."""

    origin: str
    size: int
    key: str
    """The key that its checkpoint is signed with, as auditors pin it."""
    is_pinned: bool
    held: tuple[int, ...] = ()
    """Sizes of the earlier checkpoints that it was shown to continue."""
    continues: str | None = None
    """What it began with, if it continues another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The answer."""

    level: Level
    frames: int
    sessions: int
    logs: tuple[LogSummary, ...]
    faults: tuple[Fault, ...] = ()
    open_questions: tuple[str, ...] = ()
    """What could not be looked at, in words."""
    shredded: tuple[SessionId, ...] = ()
    """Sessions that were deleted by a retention rule: their leaves are there, their frames are not."""

    accepted: tuple[Lost, ...] = ()
    """Frames that are missing, and that two people accepted as lost."""

    @property
    def ending(self) -> Ending:
        """The exit code."""
        if self.faults:
            return Ending.FAILED
        if self.open_questions:
            return Ending.INCOMPLETE
        return Ending.VERIFIED if self.level >= Level.SIGNED else Ending.NOT_ANCHORED


@dataclass(slots=True, kw_only=True)
class Judgement:
    """Gathers what is found on the way to an answer."""

    faults: list[Fault] = field(default_factory=list[Fault])
    open_questions: list[str] = field(default_factory=list[str])

    def reached(self, best: Level) -> Level:
        """Return the level below the lowest that a fault denies."""
        return min([best, *(Level(fault.level - 1) for fault in self.faults)])
