"""A gateway in a process of its own, on a free port, with a data folder of its own."""

import asyncio
import hashlib
import json
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.reader import RecordedEntry, read_all
from firedoor.edges.store.store import Store
from firedoor.model.entry import EntryKind
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId, TokenDigest
from firedoor.model.principal import Principal, PrincipalKind
from tests.helpers.program import free_port
from tests.helpers.raw_http import Answer, ask, head, post

SERVE = (
    "import sys; from pathlib import Path; from firedoor.app.settings.file import load; "
    "from firedoor.app.serve import serve; sys.exit(serve(load(Path(sys.argv[1]))))"
)
CREDENTIAL = "up-c6edd1aa-credential"
MODERN = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
}


def new_token(data_dir: Path, name: str = "ci", upstreams: frozenset[str] | None = None, **times) -> str:
    """Make a grant straight in the store and return its token; `times` and `roles` go to the grant."""
    token = "fd_" + secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    store = Store.open("sqlite", data_dir)
    grant = Grant(
        id=GrantId(f"g_{digest[:16]}"),
        principal=Principal(name=name, kind=PrincipalKind.SERVICE),
        token_digest=TokenDigest(digest),
        upstreams=upstreams,
        issued_at_us=1,
        expires_at_us=times.get("expires_at_us"),
        roles=times.get("roles", frozenset()),
    )
    store.grants.create(grant)
    store.close()
    return token


def grant_id(token: str) -> GrantId:
    return GrantId(f"g_{hashlib.sha256(token.encode()).hexdigest()[:16]}")


def read_records(data_dir: Path) -> list[RecordedEntry]:
    """Every entry of the journal, opened."""
    return list(read_all(data_dir, keys=KeyRing.open(data_dir)))


def of_kind(records: list[RecordedEntry], kind: EntryKind) -> list[RecordedEntry]:
    return [entry for entry in records if entry.kind is kind]


def message(method: str, identifier: object = 1, **params: object) -> bytes:
    """A legacy request."""
    body = {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params}
    return json.dumps(body).encode()


def notification(method: str, **params: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode()


def modern(method: str, identifier: object = 1, **params: object) -> bytes:
    """A modern request."""
    return message(method, identifier, **params, _meta=META)


def modern_headers(method: str, name: str | None = None) -> dict[str, str]:
    headers = {"MCP-Protocol-Version": MODERN, "Mcp-Method": method, "Accept": "application/json"}
    return headers if name is None else {**headers, "Mcp-Name": name}


@dataclass(kw_only=True)
class Live:
    """A running gateway, and the ways to speak to it."""

    folder: Path
    port: int
    token: str
    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    has_logged: asyncio.Condition = field(default_factory=asyncio.Condition)
    reading: "asyncio.Task[None] | None" = None

    @property
    def data_dir(self) -> Path:
        return self.folder / "firedoor-data"

    @property
    def log(self) -> str:
        return "".join(self.lines)

    def records(self) -> list[RecordedEntry]:
        return read_records(self.data_dir)

    def auth(self, **more: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/json, text/event-stream",
            **more,
        }

    async def post(self, body: bytes, headers: dict[str, str] | None = None, upstream: str = "crm") -> Answer:
        return await ask(
            self.port, post(f"/mcp/{upstream}", self.port, {**self.auth(), **(headers or {})}, body)
        )

    async def other(self, verb: str, headers: dict[str, str], path: str = "/mcp/crm") -> Answer:
        return await ask(self.port, head(verb, path, self.port, {**self.auth(), **headers}))

    async def initialize(self, version: str = "2025-11-25", upstream: str = "crm") -> dict[str, str]:
        """Open a legacy session; the headers of its further requests."""
        opening = message(
            "initialize", protocolVersion=version, capabilities={}, clientInfo={"name": "t", "version": "1"}
        )
        answer = await self.post(opening, upstream=upstream)
        assert answer.status == 200, answer
        headers = {"Mcp-Session-Id": answer.headers["mcp-session-id"], "MCP-Protocol-Version": version}
        accepted = await self.post(notification("notifications/initialized"), headers, upstream)
        assert accepted.status == 202
        return headers

    async def ready(self) -> int:
        return (await ask(self.port, head("GET", "/readyz", self.port))).status

    async def until_logged(self, text: str) -> None:
        """Wait until a line of the log contains this."""
        async with self.has_logged, asyncio.timeout(30):
            await self.has_logged.wait_for(lambda: text in self.log or self.process.stderr.at_eof())
        assert text in self.log, f"the gateway ended: {self.log}"

    async def read_log(self) -> None:
        """Keep every line that the process writes."""
        while line := await self.process.stderr.readline():
            async with self.has_logged:
                self.lines.append(line.decode())
                self.has_logged.notify_all()
        async with self.has_logged:
            self.has_logged.notify_all()

    async def end(self, number: int = signal.SIGTERM) -> int:
        """Signal it and wait for its end."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        async with asyncio.timeout(50):
            code = await self.process.wait()
        if self.reading is not None:
            await self.reading
        return code


def write_settings(folder: Path, port: int, upstreams: dict[str, str], more: str = "") -> Path:
    """Each upstream's value is its URL, and by ` deny` its default; or `python FILE WORD…`, for a child."""
    lines = [f"listen: 127.0.0.1:{port}", "upstreams:"]
    for name, text in upstreams.items():
        url, _, default = text.partition(" ")
        if url == "python":
            lines += [
                f"  {name}:",
                f"    command: {sys.executable}",
                f"    args: [{', '.join(default.split())}]",
            ]
            lines += ["    default: allow"]
            continue
        lines += [f"  {name}:", f"    url: {url}", f"    default: {default or 'allow'}"]
        lines += ["    headers:", f'      Authorization: "Bearer {CREDENTIAL}"']
    if "mask:" not in more:
        lines.append("mask: {default: off}")
    file = folder / "firedoor.yaml"
    file.write_text("\n".join(lines) + "\n" + more)
    return file


async def start(
    folder: Path,
    upstreams: dict[str, str],
    more: str = "",
    token: str | None = None,
    serve: str = SERVE,
) -> Live:
    """Start a gateway; `token` None makes one."""
    port = free_port()
    file = write_settings(folder, port, upstreams, more)
    (folder / "firedoor-data").mkdir(mode=0o700, exist_ok=True)
    token = token or new_token(folder / "firedoor-data")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", serve, str(file), stderr=asyncio.subprocess.PIPE, limit=1 << 22
    )
    live = Live(folder=folder, port=port, token=token, process=process)
    live.reading = asyncio.create_task(live.read_log())
    await live.until_logged("listening on")
    return live


@asynccontextmanager
async def live_gateway(folder: Path, upstreams: dict[str, str], more: str = "") -> AsyncIterator[Live]:
    """Run a gateway; end it properly, whatever the test did."""
    live = await start(folder, upstreams, more)
    try:
        yield live
    finally:
        await live.end(signal.SIGTERM)


COMMAND = "import sys; from firedoor.cli import main; main()"


async def firedoor(live: Live, *words: str) -> tuple[int, str]:
    """Run a command against the gateway's settings: exit code, and all that it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", COMMAND, *words, "-c", str(live.folder / "firedoor.yaml"),
        cwd=live.folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
