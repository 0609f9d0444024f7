"""What every contestant has: a name, a way to be made ready, and a way to be run in front of the upstream."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from launch import Cores
    from messages import Door


class Site(NamedTuple):
    """What a contestant is given when it is started."""

    upstream_port: int
    cores: Cores
    directory: Path
    """Empty, its own, on a real disk, kept after the run."""

    @property
    def upstream_url(self) -> str:
        """Where the HTTP upstream listens."""
        return f"http://127.0.0.1:{self.upstream_port}/mcp"

    @property
    def log(self) -> Path:
        """What the contestant prints."""
        return self.directory / "output.log"


class Stand(NamedTuple):
    """A contestant that runs: where it takes calls, and the root of its process tree (none for direct)."""

    door: Door
    pid: int | None


class Contestant(Protocol):
    """One row of the tables."""

    @property
    def name(self) -> str:
        """Its name in the tables and on the command line."""
        ...

    @property
    def is_heavy(self) -> bool:
        """Whether it runs only when it is named."""
        ...

    @property
    def is_peer(self) -> bool:
        """Whether it is somebody else's product."""
        ...

    def prepare(self) -> None:
        """Installs it into the cache. Raises `Unavailable` with the reason if that cannot be done."""
        ...

    def run(self, site: Site) -> AbstractContextManager[Stand]:
        """Run it until the block ends. Raises `Unavailable` if it does not come up."""
        ...
