"""A disk of the journal that does what a file beside the settings says: `EIO`, `ENOSPC`, `stall`, or `slow`.

`python -c SERVE firedoor.yaml` serves a gateway on it.
"""

import asyncio
import errno
import os
import time
from functools import partial
from pathlib import Path

from firedoor.app.serve import serve
from firedoor.app.settings.file import load
from firedoor.app.wiring import build
from firedoor.edges.store.journal.disk import RealDisk, RealFile
from firedoor.edges.store.unrecorded import UnrecordedFile

SERVE = "import sys; from tests.helpers.moody_disk import run; sys.exit(run(sys.argv[1]))"
LOOK_S = 0.01
SLOW_S = 0.25
"""What a sync takes that is slow: of a mebibyte, as a tired network disk."""


class MoodyFile(RealFile):
    def __init__(self, file: Path, mood: Path, *, is_new: bool = True) -> None:
        super().__init__(file, is_new=is_new)
        self._mood = mood

    def sync(self) -> None:
        meet(self._mood)
        super().sync()


class MoodyDisk(RealDisk):
    def __init__(self, mood: Path) -> None:
        self._mood = mood

    def create(self, file: Path) -> MoodyFile:
        return MoodyFile(file, self._mood)

    def adopt(self, spare: Path, file: Path) -> RealFile:
        adopted = super().adopt(spare, file)
        adopted.close()
        return MoodyFile(file, self._mood, is_new=False)


def meet(mood: Path) -> None:
    """Fail as the file says, or wait as long as it says that the disk stalls."""
    while (says := mood.read_text() if mood.exists() else "") == "stall":
        time.sleep(LOOK_S)
    if says == "slow":
        time.sleep(SLOW_S)
    elif says:
        number = getattr(errno, says)
        raise OSError(number, os.strerror(number))


async def until_kept(data_dir: Path, messages: int) -> None:
    """Wait until the file of what went unrecorded tells of so many."""
    async with asyncio.timeout(20):
        while UnrecordedFile(data_dir).load().get("messages") != messages:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)


def run(settings: str) -> int:
    file = Path(settings)
    return serve(load(file), partial(build, disk=MoodyDisk(file.parent / "mood")))
