"""Changes of the locks as lines of JSON: what `edges.store.locks` keeps, and what it reads back.

Never decides whether a lock holds, and opens no file but to tell the whole history of one.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from firedoor.model.errors import IntegrityError, RecordError
from firedoor.model.ids import GrantId
from firedoor.model.lock import Lift, Lock, LockId, LockMode, Target


class _Created(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    targets: list[tuple[str, str]]
    mode: str
    reason: str
    by: str
    created_at_us: int
    case: str | None = None
    expires_at_us: int | None = None
    grant: str | None = None
    upstream: str | None = None


class _Lifted(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    by: str
    reason: str
    at_us: int


class _Completed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    grant: str
    upstream: str


class LockLine(BaseModel):
    """One change, with its number."""

    model_config = ConfigDict(extra="forbid")

    epoch: int
    create: _Created | None = None
    complete: _Completed | None = None
    lift: _Lifted | None = None

    def is_one(self) -> bool:
        """Whether it is one change."""
        return sum(each is not None for each in (self.create, self.complete, self.lift)) == 1


def written_line(epoch: int, change: Mapping[str, object]) -> bytes:
    """A change as a line of the file. A line that could not be read would close every door for good.

    Raises:
        RecordError: it could not be read again.
    """
    line = json.dumps({"epoch": epoch, **change}, separators=(",", ":")).encode()
    try:
        read = LockLine.model_validate_json(line)
        if read.create is not None:
            read_lock(read.create)
    except ValueError as fault:
        hint = "Nothing was written. Write the reason, the case and the names again in UTF-8."
        raise RecordError("lock_unwritable", "The change cannot be kept: it is not text.", hint) from fault
    return line + b"\n"


def written_lock(lock: Lock) -> dict[str, object]:
    """A lock as it is kept."""
    return {
        "id": lock.id,
        "targets": [[target.value, value] for target, value in lock.targets],
        "mode": lock.mode.value,
        "reason": lock.reason,
        "by": lock.by,
        "created_at_us": lock.created_at_us,
        "case": lock.case,
        "expires_at_us": lock.expires_at_us,
        "grant": lock.grant,
        "upstream": lock.upstream,
    }


def read_lock(written: _Created) -> Lock:
    """The lock that was kept; a ValueError if it is none."""
    if not written.targets:
        raise ValueError("a lock on nothing")
    return Lock(
        id=LockId(written.id),
        targets=tuple((Target(target), value) for target, value in written.targets),
        mode=LockMode(written.mode),
        reason=written.reason,
        by=written.by,
        created_at_us=written.created_at_us,
        case=written.case,
        expires_at_us=written.expires_at_us,
        grant=None if written.grant is None else GrantId(written.grant),
        upstream=written.upstream,
    )


def read_lift(written: _Lifted) -> Lift:
    """How a lock was ended, as it was kept."""
    return Lift(id=LockId(written.id), by=written.by, reason=written.reason, at_us=written.at_us)


def every_lock(folder: Path) -> tuple[tuple[Lock, int | None], ...]:
    """Every lock that there ever was, and when it was lifted, if it was; an IntegrityError if damaged."""
    found: dict[str, tuple[Lock, int | None]] = {}
    file = folder / "locks.jsonl"
    try:
        written = file.read_bytes() if file.exists() else b""
        for line in written[: written.rfind(b"\n") + 1].splitlines():
            read = LockLine.model_validate_json(line)
            if read.create is not None:
                found[read.create.id] = (read_lock(read.create), None)
            elif (whose := read.complete) is not None:
                lock, at_us = found[whose.id]
                found[whose.id] = (replace(lock, grant=GrantId(whose.grant), upstream=whose.upstream), at_us)
            elif read.lift is not None:
                found[read.lift.id] = (found[read.lift.id][0], read.lift.at_us)
    except (OSError, KeyError, ValidationError, ValueError) as fault:
        raise IntegrityError("locks_damaged", f"The file of locks {file} is damaged.") from fault
    return tuple(found.values())
