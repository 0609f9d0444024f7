"""Firedoor itself: strict recording, recording off for comparison, either era, HTTP or stdio upstream."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from launch import HERE, Launch, Unavailable, free_port, running, stdio_upstream
from messages import Door

from contestants.contestant import Site, Stand

UPSTREAM = "bench"
_START_WITHIN_S = 60


def command() -> Path:
    """Give the `firedoor` beside the running interpreter, or the one that FIREDOOR_BENCH_COMMAND names."""
    found = Path(os.environ.get("FIREDOOR_BENCH_COMMAND") or Path(sys.executable).parent / "firedoor")
    if not found.exists():
        raise Unavailable(f"{found} does not exist: run `make install`")
    return found


def unrecorded(settings: Path) -> list[str | Path]:
    """The same gateway with the record taken out: only the benchmarks can do that."""
    return [command().parent / "python", HERE / "unrecorded.py", settings]


def write_settings(
    site: Site, port: int, *, is_stdio: bool = False, rules: Mapping[str, object] | None = None, **entry: str
) -> Path:
    """One upstream where everything is allowed, or what the rules and its entry say. JSON is YAML."""
    child = stdio_upstream(site.cores)
    reached = {"command": child[0], "args": child[1:]} if is_stdio else {"url": site.upstream_url}
    settings = {
        "listen": f"127.0.0.1:{port}",
        "public_url": f"http://127.0.0.1:{port}",
        "data_dir": str(site.directory / "data"),
        "upstreams": {UPSTREAM: reached | {"default": "allow"} | entry},
    }
    if rules is not None:
        policy = site.directory / "rules.yaml"
        policy.write_text(json.dumps(rules, indent=1) + "\n")
        settings["policies"] = [str(policy)]
    path = site.directory / "firedoor.yaml"
    path.write_text(json.dumps(settings, indent=2) + "\n")
    return path


def create_token(settings: Path) -> str:
    asked = [command(), "token", "create", "--principal", "bench", "--json", "-c", settings]
    made = subprocess.run(asked, capture_output=True, check=False, timeout=_START_WITHIN_S)
    try:
        return json.loads(made.stdout)["token"]
    except (ValueError, KeyError) as error:
        said = (made.stderr or made.stdout).decode(errors="replace").strip()
        raise Unavailable(f"token create gave no token: {said[-300:]}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """One way to run it."""

    name: str
    is_recording: bool = True
    is_modern: bool = False
    is_stdio: bool = False
    is_heavy: bool = False
    is_peer: bool = False

    def prepare(self) -> None:
        """`make install` has done it."""
        command()

    @contextlib.contextmanager
    def run(self, site: Site) -> Iterator[Stand]:
        """Run `firedoor serve` on an empty data directory."""
        port = free_port()
        settings = write_settings(site, port, is_stdio=self.is_stdio)
        launch = Launch(
            command=[command(), "serve", "-c", settings] if self.is_recording else unrecorded(settings),
            log=site.log,
            core=site.cores.proxy,
            cwd=site.directory,
        )
        token = create_token(settings)
        with running(launch, port) as pid:
            door = Door(port=port, path=f"/mcp/{UPSTREAM}", token=token, is_modern=self.is_modern)
            yield Stand(door, pid)


def gateways() -> list[Gateway]:
    return [
        Gateway(name="firedoor"),
        Gateway(name="firedoor-no-record", is_recording=False),
        Gateway(name="firedoor-modern", is_modern=True),
        Gateway(name="firedoor-stdio", is_stdio=True),
    ]
