"""The gateway without its record, to see what the record costs. No setting of Firedoor does this.

python unrecorded.py FIREDOOR_YAML
"""

import asyncio
import itertools
import sys
from pathlib import Path

from firedoor.app.serve import serve
from firedoor.app.settings.file import load
from firedoor.app.settings.resolved import Settings
from firedoor.app.wiring import Gateway, build
from firedoor.model.entry import Entry
from firedoor.model.ids import SessionId


class Unrecorded:
    """Forgets everything at once."""

    def __init__(self, control: SessionId) -> None:
        self.control = control
        self._numbers = itertools.count()

    def put(self, entry: Entry) -> int:
        """Count it."""
        return next(self._numbers)

    def append(self, entry: Entry) -> asyncio.Future[int]:
        """Count it; done already."""
        done = asyncio.get_running_loop().create_future()
        done.set_result(next(self._numbers))
        return done

    def forget(self, session: SessionId) -> None:
        """Do nothing."""


def build_unrecorded(settings: Settings) -> Gateway:
    """Build the gateway and put nothing in the place of the record."""
    gateway = build(settings)
    recorder = Unrecorded(gateway.journal.control)
    gateway.engine.recorder = gateway.engine.sessions.recorder = recorder
    gateway.engine.sessions.eras.recorder = recorder
    return gateway


if __name__ == "__main__":
    sys.exit(serve(load(Path(sys.argv[1])), build_unrecorded))
