"""A disk that fails at one call, or from it on."""

import errno
from pathlib import Path

from firedoor.edges.store.journal.disk import Appended, Space
from tests.edges.store.journal.around import QUICK

TAKES_ROOM = frozenset({"write", "open", "mkdir", "fallocate"})


class Fault:
    """Fails at the call with a number; if the disk is full, at every later one that takes room."""

    def __init__(self, at: int, number: int) -> None:
        self.at, self.number = at, number
        self.calls: list[str] = []

    def meet(self, call: str, *, is_reserved: bool = False) -> None:
        self.calls.append(call)
        is_now = len(self.calls) == self.at
        is_full = self.number == errno.ENOSPC and len(self.calls) > self.at > 0 and call in TAKES_ROOM
        if is_reserved and self.number == errno.ENOSPC:
            return
        if is_now or is_full:
            raise OSError(self.number, f"call {self.at}: {call}")


class FaultFile:
    def __init__(self, file: Appended, fault: Fault, *, is_reserved: bool = False) -> None:
        self._file, self._fault, self._is_reserved = file, fault, is_reserved

    def write(self, content: bytes) -> None:
        self._file.write(content)

    def reserve(self, size: int) -> None:
        self._file.reserve(size)

    def sync(self) -> None:
        self._fault.meet("write", is_reserved=self._is_reserved)
        self._file.sync()
        self._fault.meet("fsync", is_reserved=self._is_reserved)

    def trim(self) -> None:
        self._fault.meet("fsync", is_reserved=self._is_reserved)
        self._file.trim()

    def close(self) -> None:
        self._file.close()


class FaultDisk:
    """A disk that fails at one call."""

    def __init__(self, fault: Fault) -> None:
        self._disk, self._fault = QUICK, fault

    def make_folder(self, folder: Path) -> None:
        self._fault.meet("mkdir")
        self._disk.make_folder(folder)

    def create(self, file: Path) -> FaultFile:
        self._fault.meet("open")
        return FaultFile(self._disk.create(file), self._fault)

    def allot(self, file: Path, size: int) -> None:
        self._fault.meet("fallocate")
        self._disk.allot(file, size)

    def adopt(self, spare: Path, file: Path) -> FaultFile:
        self._fault.meet("rename")
        return FaultFile(self._disk.adopt(spare, file), self._fault, is_reserved=True)

    def replace(self, new: Path, file: Path) -> None:
        self._fault.meet("rename")
        self._disk.replace(new, file)

    def truncate(self, file: Path, size: int) -> None:
        self._fault.meet("truncate")
        self._disk.truncate(file, size)

    def remove(self, file: Path) -> None:
        self._fault.meet("unlink")
        self._disk.remove(file)

    def sync_file(self, file: Path) -> None:
        self._fault.meet("fsync")

    def sync_folder(self, folder: Path) -> None:
        self._fault.meet("fsync")

    def space(self, folder: Path) -> Space:
        return Space(free=1 << 40, total=1 << 40)
