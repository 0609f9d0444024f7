"""What the kernel has of a file and has not written yet: whether a sync was one. Since Linux 6.5 it says."""

import ctypes
import os
from pathlib import Path

_CACHESTAT = 451
"""Its number, on every kind of processor."""


class _Range(ctypes.Structure):
    _fields_ = (("offset", ctypes.c_uint64), ("length", ctypes.c_uint64))


class _Pages(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_uint64) for name in ("cached", "dirty", "under_way", "evicted", "evicted_lately")
    )


def unwritten(file: Path) -> int | None:
    """Pages of a file that a power loss would lose; None: this kernel does not say."""
    pages, handle = _Pages(), os.open(file, os.O_RDONLY)
    try:
        failed = ctypes.CDLL(None).syscall(
            _CACHESTAT, handle, ctypes.byref(_Range(0, 0)), ctypes.byref(pages), 0
        )
    finally:
        os.close(handle)
    return None if failed else pages.dirty + pages.under_way


def is_told(folder: Path) -> bool:
    """Whether a plain write is seen to be unwritten here, and a synced one written. In memory it is not."""
    file = folder / "plain"
    with file.open("wb") as plain:
        plain.write(b"x" * 10_000)
        plain.flush()
        before = unwritten(file)
        os.fsync(plain.fileno())
        return bool(before) and unwritten(file) == 0
