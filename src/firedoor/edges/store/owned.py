"""Files and folders that root makes for the user whom a gateway runs as: they belong to that user.

Root may be the first to lock a door. What only root can open afterwards keeps the gateway from its own locks.
Never gives away what was there before: it may be a link to something else.
"""

import os
from pathlib import Path

from firedoor.model.errors import RecordError

_ROOT = 0


def unkept(what: str, fault: OSError) -> RecordError:
    """Why locks cannot be kept, in words, and what to do about it."""
    hint = "See whether that disk has room and may be written."
    if isinstance(fault, PermissionError):
        hint = "Run it as the user of the gateway: sudo -u USER firedoor …"
    return RecordError("locks_unavailable", f"{what}: {fault.strerror or type(fault).__name__}.", hint)


def own_folder(folder: Path) -> None:
    """Make a folder that only its user may enter, unless it is there."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        if not folder.is_dir():
            raise
        return
    if os.geteuid() == _ROOT:
        # A link in its place is not followed.
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            about = folder.parent.stat()
            os.fchown(handle, about.st_uid, about.st_gid)
        finally:
            os.close(handle)


def own_file(file: Path, flags: int = 0) -> int:
    """Open a file to read and write it, making it if there is none, for the user of its folder alone.

    Raises:
        OSError: it cannot be opened, or is a link: that would have us write what others decide about.
    """
    known = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | flags
    try:
        handle = os.open(file, known | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(file, known)
    if os.geteuid() == _ROOT:
        about = file.parent.stat()
        os.fchown(handle, about.st_uid, about.st_gid)
    return handle
