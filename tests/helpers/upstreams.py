"""The reference upstream as tests start it, and the ways to it."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.helpers.locked import REPOSITORY
from tests.helpers.program import Program

REFERENCE = (sys.executable, str(REPOSITORY / "tests" / "reference"))
_RAWPROXY = Path(__file__).with_name("rawproxy.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a client gets to an upstream: an address and what to send along, or a command."""

    name: str
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()


class Listening(Program):
    """A program of ours that listens on loopback."""

    def __init__(self, *command: str | Path, path: str = "/mcp", env: dict[str, str] | None = None) -> None:
        super().__init__(command, env=env)
        self.port = self.first_line()["port"]
        self.url = f"http://127.0.0.1:{self.port}{path}"

    def stop(self) -> int:
        """End it at once: it has nothing to save, and would wait for streams that nobody will close."""
        self.process.kill()
        return super().stop()


def reference_http(*more: str) -> Listening:
    """The reference upstream over Streamable HTTP."""
    return Listening(*REFERENCE, "--http", "0", *more)


def reference_sse() -> Listening:
    """The reference upstream over the transport of 2024-11-05."""
    return Listening(*REFERENCE, "--sse", "0", path="/sse")


def rawproxy(target: int, *, listen: int = 0, header: str = "") -> Listening:
    """A proxy that changes nothing, or adds one header."""
    env = {"RAWPROXY_HEADER": header} if header else None
    return Listening(sys.executable, _RAWPROXY, str(target), "--listen", str(listen), env=env)
