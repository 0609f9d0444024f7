"""Things that are made once per checkout and used by every test process: under `.cache`, behind a file lock.

A folder counts as made only when its mark holds the digest of what it was made from.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CACHE = REPOSITORY / ".cache"


def made_once(name: str, sources: Sequence[Path], make: Callable[[Path], None]) -> Path:
    """The folder `.cache/NAME`, made by `make` unless it was already made from the same sources."""
    CACHE.mkdir(exist_ok=True)
    folder, mark = CACHE / name, CACHE / f"{name}.made-from"
    digest = hashlib.sha256(str(folder).encode() + b"".join(s.read_bytes() for s in sources)).hexdigest()
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.is_dir() and mark.exists() and mark.read_text() == digest:
            return folder
        mark.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make(folder)
        mark.write_text(digest)
    return folder
