"""The folder of wrapped keys: listed, wrapped anew, deleted. Never writes a key in clear.

The gateway only ever adds to it. What a person starts here holds a lock, so that a key that was deleted is
not written again by somebody who wraps it anew.
"""

import fcntl
import os
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from firedoor.edges.keys.age import IDENTITY_FILE, RETIRED_FILE, KeyRing
from firedoor.edges.keys.identity import make_identity
from firedoor.edges.keys.private import replace_private, sync_folder
from firedoor.model.entry import Layer
from firedoor.model.errors import ClientError, IntegrityError
from firedoor.model.ids import SessionId

_SESSION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_KEY = re.compile(r"(view|raw)-(0|[1-9][0-9]{0,3})\.age", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """A wrapped key of a session."""

    file: Path
    session: SessionId
    layer: Layer
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrapped:
    """What became of all keys."""

    done: int
    left: tuple[KeyFile, ...]
    """Keys that no identity at hand opens. They stay as they were."""


@contextmanager
def changing(data_dir: Path) -> Generator[None]:
    """Hold the lock under which keys are wrapped anew or deleted.

    Raises:
        ClientError: another process holds it.
    """
    folder = data_dir / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        text = "Another command is changing keys."
        raise ClientError("keys_in_use", text, "Wait until it has ended.") from None
    finally:
        os.close(handle)


def key_files(data_dir: Path) -> Iterator[KeyFile]:
    """List every wrapped key, session by session."""
    for folder in sorted((data_dir / "keys").glob("*-*/")):
        if _SESSION.fullmatch(folder.name):
            yield from keys_of(data_dir, SessionId(folder.name))


def keys_of(data_dir: Path, session: SessionId) -> list[KeyFile]:
    """List the wrapped keys of one session."""
    folder = data_dir / "keys" / session
    named = [(file, _KEY.fullmatch(file.name)) for file in sorted(folder.glob("*.age"))]
    return [
        KeyFile(file=file, session=session, layer=Layer(name[1]), epoch=int(name[2]))
        for file, name in named
        if name is not None
    ]


def rewrap(data_dir: Path, ring: KeyRing) -> Rewrapped:
    """Wrap every key for the recipients there are now. May be repeated after a crash. Hold the lock.

    Raises:
        IntegrityError: a key file was changed.
    """
    done = 0
    left: list[KeyFile] = []
    for each in key_files(data_dir):
        key = open_key(each, ring)
        if key is None:
            left.append(each)
            continue
        wrapped = ring.wrap(key, each.layer)
        replace_private(each.file, wrapped)
        done += 1
    return Rewrapped(done=done, left=tuple(left))


def open_key(key: KeyFile, ring: KeyRing) -> bytes | None:
    """Open a wrapped key; None if it is for others.

    Raises:
        IntegrityError: it was changed. The error names the file.
    """
    try:
        return ring.unwrap(key.file.read_bytes())
    except IntegrityError as fault:
        raise IntegrityError(fault.code, f"{key.file}: {fault.message}") from fault


def retire_identity(data_dir: Path) -> None:
    """Make a new local identity, and keep the one before until every key is wrapped for the new one.

    Raises:
        ClientError: the rotation before this one has not ended.
    """
    folder = data_dir / "keys"
    local, retired = folder / IDENTITY_FILE, folder / RETIRED_FILE
    if retired.exists():
        text = "The rotation before this one has not ended: some keys are wrapped for the old identity alone."
        raise ClientError("rotation_unfinished", text, "firedoor keys rewrap, with --identity if need be.")
    fresh = folder / ".next.agekey"
    fresh.unlink(missing_ok=True)
    make_identity(fresh)
    os.link(local, retired)
    sync_folder(folder)
    fresh.replace(local)
    sync_folder(folder)


def forget_retired(data_dir: Path) -> bool:
    """Delete the identity before the last rotation; False if there is none."""
    folder = data_dir / "keys"
    try:
        (folder / RETIRED_FILE).unlink()
    except FileNotFoundError:
        return False
    sync_folder(folder)
    return True


def delete_keys(data_dir: Path, sessions: Sequence[SessionId]) -> None:
    """Shred sessions: delete every wrapped key of them, names and all. Hold the lock."""
    for session in sessions:
        folder = data_dir / "keys" / session
        if not folder.is_dir():
            continue
        for file in folder.iterdir():
            file.unlink()
        sync_folder(folder)
        folder.rmdir()
    sync_folder(data_dir / "keys")
