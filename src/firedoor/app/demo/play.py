"""The main job on one screen: a real client, the gateway, a real MCP server, and the recording of it.

Every step checks itself: the exit code is 0 only if each did what it says.
"""

import json
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from rich.console import Console

from firedoor.app.demo import hold, lock, upstream, verify

if TYPE_CHECKING:
    from mcp.client import Client

SETTINGS = """\
listen: 127.0.0.1:{port}
data_dir: ./data
upstreams:
  customers:
    command: {python}
    args: [-m, firedoor.app.demo.upstream, {database}]
    env: {{CUSTOMERS_API_KEY: "{secret}"}}
    kind: sql
    dialect: sqlite
    default: deny
policies: [policies/]
"""
POLICY = (
    """\
include:
  - {pack: sql-read-only, upstream: customers}
rules:
  - id: customers-may-be-read
    match: {upstream: customers, tool: read_*}
    effect: allow
"""
    + hold.RULE
    + lock.RULE
)
READY_S = 20.0
UNAUTHORIZED = 401
PAYLOAD_INDENT = 12


class StepFailedError(Exception):
    """A step of the demo did not do what it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the demo plays."""

    folder: Path
    port: int
    console: Console

    @property
    def database(self) -> Path:
        """The customers."""
        return self.folder / "customers.db"

    @property
    def url(self) -> str:
        """Where the gateway listens."""
        return f"http://127.0.0.1:{self.port}"

    def firedoor(self, *words: str) -> str:
        """Run a command line and return what it prints."""
        done = subprocess.run(  # noqa: S603 - our own command
            [*_COMMAND, *words], cwd=self.folder, capture_output=True, text=True, check=False, timeout=60
        )
        if done.returncode != 0:
            message = f"firedoor {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}"
            raise StepFailedError(message)
        return done.stdout

    def say(self, text: str, style: str = "") -> None:
        """Print. Brackets in the text stay what they are."""
        self.console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)

    def step(self, title: str) -> None:
        """Print what comes next, in one line of a terminal: 78 characters at most."""
        self.console.print(f"\n[bold cyan]▶ {title}[/]", highlight=False)


_COMMAND = [sys.executable, "-c", "import sys; from firedoor.cli import main; sys.exit(main())"]


def run(*, keep: bool = False) -> int:
    """Play the demo; the exit code."""
    console = Console()
    folder = Path(tempfile.mkdtemp(prefix="firedoor-demo-"))
    stage = Stage(folder=folder, port=_free_port(), console=console)
    try:
        _play(stage, keep=keep)
    except StepFailedError as failure:
        console.print(f"\n[bold red]✗ {failure}[/]", highlight=False)
        return 1
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
    console.print("\n[bold green]✓ every step did what it says[/]")
    return 0


def _play(stage: Stage, *, keep: bool) -> None:
    upstream.fill(stage.database)
    secret = secrets.token_hex(12)
    text = SETTINGS.format(port=stage.port, python=sys.executable, database=stage.database, secret=secret)
    (stage.folder / "firedoor.yaml").write_text(text, encoding="utf-8")
    (stage.folder / "policies").mkdir()
    (stage.folder / "policies" / "first.yaml").write_text(POLICY, encoding="utf-8")
    token = stage.firedoor("token", "create", "--principal", "support-team", "--agent", "helper-bot").strip()
    with _gateway(stage):
        stage.step("A gateway stands before a customer database")
        stage.say(f"  {stage.url}/mcp/customers  →  python -m firedoor.app.demo.upstream (stdio)")
        anyio.run(_act, stage, token)
        _replay(stage, secret)
        verify.show(stage, _check)
        if keep:
            stage.say(f"\nThe gateway stays at {stage.url}. Its folder: {stage.folder}. Ctrl-C ends it.")
            stage.say(f"Token: {token}")
            _wait_for_interrupt()


async def _act(stage: Stage, token: str) -> None:
    """What the agent does."""
    import httpx2
    from mcp.client import Client
    from mcp.client.streamable_http import streamable_http_client

    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        transport = streamable_http_client(f"{stage.url}/mcp/customers", http_client=http)
        async with Client(transport) as client:
            stage.step("An agent connects and lists the tools")
            tools = [tool.name for tool in (await client.list_tools()).tools]
            stage.say(f"  {', '.join(tools)}")
            _check("read_customers" in tools, "the tools of the server are listed")

            stage.step("It reads customers: allowed by rule customers-may-be-read")
            answer = await client.call_tool("read_customers", {"limit": 3})
            shown = _text(answer.content)
            stage.say(_indented(shown))
            _check(not answer.is_error and "NAME_" in shown and "EMAIL_" in shown, "the customers are masked")
            kept = upstream.rows(stage.database, 3)
            _check(
                not any(name in shown for name in ("Nowak", "example.com")), "no name and no address leaves"
            )
            stage.say("  In the database, where the agent does not see it:")
            stage.say(_indented(kept))

            await _try_sql(stage, client)
            await hold.play(stage, client, _check)
            await lock.play(stage, client, _check)
    _revoke(stage, token)


async def _try_sql(stage: Stage, client: "Client") -> None:
    """The same tool may read and may not change: what counts is the statement."""
    stage.step("It tries to drop the table: denied, and the server never sees it")
    stage.say("  execute_sql: DROP TABLE customers")
    answer = await client.call_tool("execute_sql", {"statement": "DROP TABLE customers"})
    stage.say(_indented(_text(answer.content)), style="red")
    _check(answer.is_error is True, "the call is denied")
    _check("sql-read-only.no-writes" in _text(answer.content), "it is denied for what it does")
    again = await client.call_tool("execute_sql", {"statement": "SELECT count(*) FROM customers"})
    _check(not again.is_error, "the same tool may read")
    stage.say("  execute_sql: SELECT count(*) FROM customers  →  allowed: it only reads")
    left = upstream.count(stage.database)
    stage.say(f"  customers in the database: {left}")
    _check(left == len(upstream.CUSTOMERS), "the table is still there")


def _revoke(stage: Stage, token: str) -> None:
    stage.step("The token is revoked: the next request is refused")
    listed = stage.firedoor("token", "list", "--json")
    grant = str(json.loads(listed.splitlines()[0])["id"])
    stage.firedoor("token", "revoke", grant)
    request = urllib.request.Request(  # noqa: S310 - our own address
        f"{stage.url}/mcp/customers",
        data=b'{"jsonrpc":"2.0","id":1,"method":"ping"}',
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    status = 200
    try:
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310
    except urllib.error.HTTPError as error:
        status = error.code
        error.close()
    stage.say(f"  HTTP {status}")
    _check(status == UNAUTHORIZED, "a revoked token is refused")


def _replay(stage: Stage, secret: str) -> None:
    stage.step("What happened is on record, encrypted: firedoor sessions, firedoor replay")
    listed = [json.loads(line) for line in stage.firedoor("sessions", "--json").splitlines()]
    _check(bool(listed), "the session is listed")
    replayed = ""
    for session in listed:
        replayed += stage.firedoor("replay", str(session["id"]))
    stage.say(_indented(_headlines(replayed)))
    _check("DROP TABLE customers" in replayed and "deny" in replayed, "the denied call is replayed")
    _check("approved by sam" in replayed, "who approved the refund is replayed")
    _check("NAME_" in replayed and "Ada Nowak" not in replayed, "the answer is replayed as the client saw it")
    stored = b"".join(file.read_bytes() for file in (stage.folder / "data" / "journal").iterdir())
    _check(b"Ada Nowak" not in stored and secret.encode() not in stored, "nothing on disk is in clear")
    stage.say("  (without the payloads here; all of them are in the recording)")
    stage.say("  On disk: no customer and no credential in clear.")
    _exposure(stage)


def _exposure(stage: Stage) -> None:
    stage.step("Whose data was seen? firedoor exposure opens no recording")
    values = stage.folder / "customers.txt"
    values.write_text("ada.nowak@example.com\nnobody@example.com\n", encoding="utf-8")
    found = stage.firedoor("exposure", "--value-file", str(values), "--json").splitlines()
    lines = [json.loads(line) for line in found]
    for one in lines:
        stage.say(
            f"  value {one['line']}: {one['kind']}, {one['action']}, by {one['agent']} for {one['principal']}"
        )
    _check([one["line"] for one in lines] == [1], "the customer that was read is found, and no other")


@contextmanager
def _gateway(stage: Stage) -> Generator[None]:
    log = (stage.folder / "gateway.log").open("wb")
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*_COMMAND, "serve"], cwd=stage.folder, stdout=log, stderr=log
    )
    try:
        _wait_until(lambda: _is_ready(stage, process), "the gateway starts")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _is_ready(stage: Stage, process: "subprocess.Popen[bytes]") -> bool:
    if process.poll() is not None:
        raise StepFailedError((stage.folder / "gateway.log").read_text(encoding="utf-8")[-2000:])
    try:
        urllib.request.urlopen(f"{stage.url}/readyz", timeout=1).close()  # noqa: S310
    except OSError:
        return False
    return True


def _wait_until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + READY_S
    while not is_so():
        if time.monotonic() > deadline:
            message = f"{what}: not within {READY_S:.0f} s"
            raise StepFailedError(message)
        time.sleep(0.05)


def _wait_for_interrupt() -> None:
    try:
        signal.pause()
    except KeyboardInterrupt:
        return


def _check(is_so: bool, what: str) -> None:
    if not is_so:
        message = f"expected that {what}"
        raise StepFailedError(message)


def _text(content: Sequence[object]) -> str:
    return "\n".join(str(getattr(block, "text", "")) for block in content)


def _headlines(replayed: str) -> str:
    """What happened, without the payloads, which stand indented below."""
    return "\n".join(line for line in replayed.splitlines() if not line.startswith(" " * PAYLOAD_INDENT))


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
