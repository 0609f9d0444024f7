"""Builds what keeps the log of a running gateway, and shows how it does."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from firedoor.app.metrics import Metrics
from firedoor.app.settings.resolved import Settings
from firedoor.edges.keys.signing import signing_seed
from firedoor.edges.store.journal.disk import put_file
from firedoor.edges.store.log.keeper import LogKeeper
from firedoor.edges.store.log.starting import Nature

CLUSTER = "firedoor"
"""What stands between host and instance in the name of a log."""


def log_keeper(
    settings: Settings, metrics: Metrics, pause: Callable[[], object] = lambda: time.sleep(0)
) -> LogKeeper:
    """Build the keeper of a gateway's log. It begins with the first group that it is told of.

    `pause`: lets other threads run; called every few frames.

    Raises:
        SettingsError: the signing key is damaged, or others may read it.
    """
    host = urlsplit(settings.public_url).hostname or settings.host
    keeper = LogKeeper(
        settings.data_dir,
        Nature(
            seed=signing_seed(settings.data_dir),
            origin=f"{host}/{CLUSTER}",
            now_us=lambda: time.time_ns() // 1000,
            entropy=os.urandom,
            pause=pause,
            held=lambda: _held(settings.checkpoint_copy),
            keep=lambda note: _keep(settings.checkpoint_copy, note),
        ),
    )
    metrics.watch("log_leaves", "Leaves that the newest checkpoint is over.", lambda: keeper.size)
    metrics.watch("log_failing", "1 while the log cannot be written.", lambda: keeper.is_failing)
    return keeper


def _held(copy: Path | None) -> tuple[bytes, ...]:
    """Read the checkpoint that is kept elsewhere. What cannot be looked at now is looked at again."""
    if copy is None:
        return ()
    try:
        return (copy.read_bytes(),)
    except FileNotFoundError:
        return ()


def _keep(copy: Path | None, note: bytes) -> None:
    """Put a checkpoint over the one before. The last one of a log that ended stays, under the log's name."""
    if copy is None:
        return
    (before, *_) = _held(copy) or (note,)
    origin = before.partition(b"\n")[0]
    if origin != note.partition(b"\n")[0]:
        instance = origin.rpartition(b"/")[2].decode("ascii", "replace")
        copy.replace(copy.with_name(f"{copy.name}.{instance}"))
    put_file(copy, note, is_durable=True)
