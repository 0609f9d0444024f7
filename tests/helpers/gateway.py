"""A whole gateway as a process of its own: `firedoor serve` over a settings file made for the test.

It allows everything unless the test says otherwise, and tokens come from the command line, as an operator
makes them. `shim_url` is the same gateway for clients that cannot send a token.
"""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.helpers.program import Program, environment, free_port
from tests.helpers.upstreams import Listening, Way, rawproxy

FIREDOOR = Path(sys.executable).with_name("firedoor")
START_S = 30

ALLOW = {"default": "allow", "sampling": "allow", "roots": "allow", "elicitation": "allow"}
"""What makes an upstream's entry transparent."""


class Gateway:
    """A gateway, its data directory and its tokens."""

    def __init__(self, folder: Path, upstreams: Mapping[str, Mapping[str, Any]], **settings: Any) -> None:
        """`folder` is empty; `upstreams` are entries of firedoor.yaml, which win over `ALLOW`."""
        self.folder = folder
        self.data_dir = folder / "data"
        self.port = free_port()
        self._shim_port = free_port()
        self._shim: Listening | None = None
        self._program: Program | None = None
        self._tokens: dict[str, str] = {}
        self._runs = 0
        self.settings_file = folder / "firedoor.yaml"
        shim = [f"{host}:{self._shim_port}" for host in ("localhost", "127.0.0.1")]
        # JSON is YAML, and json writes what cannot be misread.
        self.settings_file.write_text(
            json.dumps(
                {
                    "listen": f"127.0.0.1:{self.port}",
                    "allowed_hosts": shim,
                    "allowed_origins": [f"http://{host}" for host in shim],
                    "data_dir": str(self.data_dir),
                    "mask": {"default": "off"},
                    "upstreams": {name: {**ALLOW, **entry} for name, entry in upstreams.items()},
                    **settings,
                },
                indent=2,
            )
        )

    @property
    def log(self) -> str:
        """What the gateway has logged in its latest run."""
        return (self.folder / f"serve-{self._runs}.log").read_text(errors="replace")

    @property
    def pid(self) -> int:
        assert self._program is not None
        return self._program.process.pid

    @property
    def token(self) -> str:
        """The token of the principal `ci`."""
        return self.token_of("ci")

    def token_of(self, principal: str, *more: str) -> str:
        """A token of this principal; made once for the same words."""
        key = " ".join((principal, *more))
        if key not in self._tokens:
            made = self.cli("token", "create", "--principal", principal, "--json", *more)
            self._tokens[key] = json.loads(made.stdout)["token"]
        return self._tokens[key]

    def cli(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of firedoor with the settings of this gateway."""
        done = subprocess.run(
            [FIREDOOR, *words],
            env=environment({"FIREDOOR_CONFIG": str(self.settings_file)}),
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise RuntimeError(f"firedoor {' '.join(words)} ended with {done.returncode}:\n{done.stderr}")
        return done

    def start(self) -> Self:
        """Start it, and return when it is ready.

        Raises:
            RuntimeError: it ended, or was not ready in time; the message holds its log.
        """
        self._runs += 1
        log = self.folder / f"serve-{self._runs}.log"
        self._program = Program([FIREDOOR, "serve", "-c", self.settings_file], log=log)
        until = time.monotonic() + START_S
        while not self._is_ready():
            if self._program.process.poll() is not None or time.monotonic() > until:
                self._program.stop()
                raise RuntimeError(f"the gateway did not become ready:\n{self.log}")
            time.sleep(0.02)
        return self

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def stop(self) -> int:
        """Stop it as an operator does; its exit code."""
        if self._shim is not None:
            self._shim.stop()
            self._shim = None
        return self._program.stop() if self._program is not None else 0

    def kill(self) -> None:
        """Stop it as a power cut does."""
        assert self._program is not None
        self._program.process.kill()
        self._program.stop()

    def url(self, upstream: str) -> str:
        """The address of an upstream behind this gateway."""
        return f"http://127.0.0.1:{self.port}/mcp/{upstream}"

    def shim_url(self, upstream: str) -> str:
        """The same, through a proxy that adds the token of `ci`. Host and Origin pass as they come."""
        if self._shim is None:
            header = f"Authorization: Bearer {self.token}"
            self._shim = rawproxy(self.port, listen=self._shim_port, header=header)
        return f"http://localhost:{self._shim_port}/mcp/{upstream}"

    def way(self, upstream: str) -> Way:
        """How a client that can send a token gets to an upstream."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return Way(name=f"gateway-{upstream}", url=self.url(upstream), headers=headers)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
