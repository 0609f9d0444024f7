"""Proxies that are a script over a library: fastmcp's, and our own raw protocol."""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import installs
from launch import HERE, Launch, free_port, running
from messages import Door

from contestants.contestant import Site, Stand

_FASTMCP = "fastmcp==4.1.2"


class Prototype:
    """`prototype.py`: no identity, no record, no limits; the floor under a gateway in Python."""

    name = "prototype"
    is_heavy = False
    is_peer = False

    def prepare(self) -> None:
        """Nothing to install."""

    @contextlib.contextmanager
    def run(self, site: Site) -> Iterator[Stand]:
        """Run it on our own interpreter."""
        port = free_port()
        command = [sys.executable, HERE / "prototype.py", str(port), str(site.upstream_port)]
        with running(Launch(command=command, log=site.log, core=site.cores.proxy), port) as pid:
            yield Stand(Door(port=port), pid)


@dataclass(frozen=True, slots=True, kw_only=True)
class FastmcpProxy:
    """`create_proxy(URL)` as documented, or with one connected client handed in, which is its best."""

    name: str
    is_shared: bool
    is_heavy: bool = False
    is_peer: bool = True

    def prepare(self) -> None:
        """Installs the pinned release."""
        installs.python_package(_FASTMCP)

    @contextlib.contextmanager
    def run(self, site: Site) -> Iterator[Stand]:
        """Run the script on the release's own interpreter."""
        port = free_port()
        kind = "shared" if self.is_shared else "default"
        script = HERE / "peers" / "fastmcp_proxy.py"
        python = installs.python_package(_FASTMCP) / "python"
        launch = Launch(
            command=[python, script, str(port), site.upstream_url, kind],
            log=site.log,
            core=site.cores.proxy,
            cwd=site.directory,
        )
        with running(launch, port) as pid:
            yield Stand(Door(port=port), pid)
