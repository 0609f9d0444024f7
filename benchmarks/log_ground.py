"""What the benchmarks of the log stand on: a folder that goes, its log, and a call to record in it."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firedoor.edges.keys.signing import signing_seed
from firedoor.edges.store.log.keeper import LogKeeper
from firedoor.edges.store.log.starting import Nature

REQUEST = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","arguments":{}}}'
ANSWER = b'{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"%s"}]}}' % (b"x" * 300)


@contextmanager
def temporary() -> Iterator[Path]:
    """A data directory that goes afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="firedoor-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keeping(data_dir: Path) -> LogKeeper:
    """The log of a data directory."""
    nature = Nature(
        seed=signing_seed(data_dir),
        origin="bench.example/firedoor",
        now_us=lambda: time.time_ns() // 1000,
        entropy=os.urandom,
        pause=lambda: time.sleep(0),
    )
    return LogKeeper(data_dir, nature)
