"""What the kernel has of a file and has not written yet: whether a sync was one. Since Linux 6.5 it says."""

import ctypes
import os
from pathlib import Path

import pytest

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


def told_in(folder: Path) -> Path:
    """The same folder, if a plain write is seen to be unwritten there, and a synced one not. Else skips."""
    file = folder / "plain"
    with file.open("wb") as plain:
        plain.write(b"x" * 10_000)
        plain.flush()
        before = unwritten(file)
        os.fsync(plain.fileno())
        after = unwritten(file)
    file.unlink()
    if not before or after != 0:
        pytest.skip(
            "before Linux 6.5, and on a file system in memory, nobody says what is unwritten: CI does"
        )
    return folder
