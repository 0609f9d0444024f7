"""The locks of a gateway with what they need: opened, registered, and handed to whoever ends what they find.

Decides nothing, and ends nothing itself.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from firedoor.app.aside import Aside
from firedoor.app.lock_desk import LockDesk
from firedoor.app.locking import open_locks
from firedoor.app.settings.resolved import Settings
from firedoor.app.untold_locks import Untold
from firedoor.edges.store.holds import HoldFiles
from firedoor.edges.store.lock_changes import LockChanges
from firedoor.edges.store.lock_mark import LockMark
from firedoor.edges.store.locks import LockFile
from firedoor.edges.store.nodes import NodeFolder
from firedoor.engine.doors.containment import Containment
from firedoor.engine.ending.enforcement import Enforcement
from firedoor.engine.ending.preserving import Preserving
from firedoor.engine.run import Engine
from firedoor.ports.index import Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Locking:
    """The locks of a gateway, and their place among the processes that share them."""

    locks: LockFile
    nodes: NodeFolder
    mark: LockMark
    containment: Containment

    def desk(self, engine: Engine, index: Index, data_dir: Path, aside: Aside) -> LockDesk:
        """The desk of a running gateway, which from here on ends what locks hold for."""
        preserving = Preserving(
            recorder=engine.recorder,
            now_us=self.containment.wall_us,
            holds=HoldFiles(data_dir),
            index=index,
            directory=engine.directory,
        )
        enforcement = Enforcement(engine, preserving, undisturbed=aside.undisturbed)
        changes = LockChanges(self.locks.folder, data_dir)
        untold = Untold(locks=self.locks, changes=changes, recorder=engine.recorder)
        return LockDesk(engine, enforcement, untold, self.nodes, index)

    def close(self) -> None:
        """Be one of the processes no longer, and let go of the files."""
        self.nodes.leave()
        self.mark.close()
        self.locks.close()


def locking_of(settings: Settings, clock: Callable[[], int], steady: Callable[[], int]) -> Locking:
    """Open the locks, and register among those that share them.

    Raises:
        RecordError: their folder cannot be written.
        IntegrityError: the file of locks is damaged, or older than it was.
    """
    (locks, mark), nodes = open_locks(settings), NodeFolder(settings.lock_dir)

    def acknowledge(epoch: int) -> None:
        mark.keep(epoch)
        nodes.acknowledge(epoch)

    nodes.join(f"{settings.public_url} (process {os.getpid()})")
    containment = Containment(locks=locks, now_us=steady, wall_us=clock, acknowledge=acknowledge)
    return Locking(locks=locks, nodes=nodes, mark=mark, containment=containment)
