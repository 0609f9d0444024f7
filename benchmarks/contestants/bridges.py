"""Peers that put HTTP in front of a stdio server: their upstream is the stdio one, cheaper than HTTP."""

import contextlib
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import installs
from launch import Launch, free_port, running, stdio_upstream
from messages import Door

from contestants.contestant import Site, Stand


def _supergateway(folder: Path, port: int, child: list[str]) -> list[str | Path]:
    options = f"--outputTransport streamableHttp --stateful --port {port} --logLevel none"
    return [folder / "supergateway", "--stdio", shlex.join(child), *options.split()]


def _mcp_proxy_npm(folder: Path, port: int, child: list[str]) -> list[str | Path]:
    return [
        folder / "mcp-proxy",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--server",
        "stream",
        "--",
        *child,
    ]


def _mcp_proxy_pypi(folder: Path, port: int, child: list[str]) -> list[str | Path]:
    return [
        folder / "mcp-proxy",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--log-level",
        "ERROR",
        "--",
        *child,
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """A peer that one command line starts."""

    name: str
    requirement: str
    install: Callable[[str], Path]
    compose: Callable[[Path, int, list[str]], list[str | Path]]
    is_heavy: bool = False
    is_peer: bool = True

    def prepare(self) -> None:
        """Installs the pinned release."""
        self.install(self.requirement)

    @contextlib.contextmanager
    def run(self, site: Site) -> Iterator[Stand]:
        """Run it with logs off and one session, as its documentation has it."""
        port = free_port()
        command = self.compose(self.install(self.requirement), port, stdio_upstream(site.cores))
        launch = Launch(command=command, log=site.log, core=site.cores.proxy, cwd=site.directory)
        with running(launch, port) as pid:
            yield Stand(Door(port=port), pid)


def bridges() -> list[Bridge]:
    npm, pypi = installs.npm_package, installs.python_package
    return [
        Bridge(name="supergateway", requirement="supergateway@4.0.0", install=npm, compose=_supergateway),
        Bridge(name="mcp-proxy-npm", requirement="mcp-proxy@6.7.19", install=npm, compose=_mcp_proxy_npm),
        Bridge(name="mcp-proxy-pypi", requirement="mcp-proxy==0.13.0", install=pypi, compose=_mcp_proxy_pypi),
    ]
