"""A disk that goes on when it is told to, and syncs nothing before."""

import asyncio
import threading
from pathlib import Path

from firedoor.edges.store.journal.disk import RealDisk
from tests.edges.store.journal.around import QUICK


class Watched:
    """A file of the disk below."""

    def __init__(self, disk: "SteppedDisk", file: Path) -> None:
        self._file, self._disk, self._size = QUICK.create(file), disk, 0

    def write(self, content: bytes) -> None:
        self._size += len(content)
        self._file.write(content)

    def reserve(self, size: int) -> None:
        self._file.reserve(size)

    def sync(self) -> None:
        self._disk.step(self._size)
        self._size = 0
        self._file.sync()

    def trim(self) -> None:
        self._file.trim()

    def close(self) -> None:
        self._file.close()


class SteppedDisk(RealDisk):
    """A disk that notes how many bytes each group has, and may sync them one by one."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.is_stepping = False
        self.faults: dict[int, OSError] = {}
        """By the number of the group, from now on."""
        self._arrived, self._may = threading.Semaphore(0), threading.Semaphore(0)

    def create(self, file: Path) -> Watched:  # type: ignore[override]
        return Watched(self, file) if file.suffix == ".seg" else QUICK.create(file)  # type: ignore[return-value]

    def sync_folder(self, folder: Path) -> None:
        """Nothing here is about names."""

    def step(self, size: int) -> None:
        self.groups.append(size)
        if self.is_stepping:
            self._arrived.release()
            assert self._may.acquire(timeout=30)
        fault = self.faults.pop(len(self.groups), None)
        if fault is not None:
            raise fault

    async def arrives(self) -> None:
        """Wait until a group is at its sync."""
        loop = asyncio.get_running_loop()
        assert await loop.run_in_executor(None, self._arrived.acquire, True, 30)

    def let_through(self) -> None:
        self._may.release()

    def run_freely(self) -> None:
        self.is_stepping = False
        for _ in range(10):
            self._may.release()


async def settled() -> None:
    """Give the loop the turns in which a wrong wake-up would be seen."""
    for _ in range(20):
        await asyncio.sleep(0)
