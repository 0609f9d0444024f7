"""Reads what a process tree costs from /proc: CPU time of all its threads, and its proportional memory.

It never counts the stdio upstream that a proxy has started: the HTTP upstream is not counted either.
"""

import os
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_NOT_COUNTED = b"upstream_stdio.py"
_NS_PER_TICK = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> Iterator[int]:
    for listing in (_PROC / str(pid) / "task").glob("*/children"):
        try:
            yield from map(int, listing.read_text().split())
        except OSError:  # the thread has ended since it was listed
            continue


def tree(pid: int) -> list[int]:
    """Give the process and its descendants, without a shell or interpreter that is the stdio upstream."""
    found = [pid]
    for child in _children(pid):
        try:
            is_upstream = _NOT_COUNTED in (_PROC / str(child) / "cmdline").read_bytes()
        except OSError:
            continue
        if not is_upstream:
            found.extend(tree(child))
    return found


def _thread_ns(thread: Path) -> int:
    """Time on a CPU in nanoseconds: exact from schedstat, in clock ticks where the kernel has none."""
    try:
        return int((thread / "schedstat").read_text().split()[0])
    except FileNotFoundError:
        fields = (thread / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * _NS_PER_TICK


def cpu_ns(pids: list[int]) -> int:
    """CPU time so far of all live threads of the processes, in nanoseconds."""
    total = 0
    for pid in pids:
        for thread in (_PROC / str(pid) / "task").glob("*"):
            try:
                total += _thread_ns(thread)
            except OSError:
                continue
    return total


def pss_mib(pids: list[int]) -> float:
    """Sum the proportional set sizes, in MiB: shared pages are counted once over all who share them."""
    total_kib = 0
    for pid in pids:
        try:
            rollup = (_PROC / str(pid) / "smaps_rollup").read_text()
        except OSError:
            continue
        total_kib += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total_kib / 1024
