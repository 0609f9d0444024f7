"""Every target of a lock in every mode, against everything that can be under way: a table, seen at a gateway.

What is seen is compared with the page that promises it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from firedoor.app.admin_client import ask_gateway
from firedoor.core.authenticate.token import digest_of
from firedoor.edges.store.store import Store
from firedoor.model.entry import EntryKind
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId
from firedoor.model.lock import LockMode, Target
from firedoor.model.principal import Actor, Principal, PrincipalKind
from tests.architecture.source import REPOSITORY
from tests.helpers.counting_upstream import Counting, counting_upstream
from tests.helpers.fakes import turns
from tests.helpers.live_gateway import Live, live_gateway, message, of_kind
from tests.helpers.raw_http import Answer, ask, head, post, wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]

PAGE = REPOSITORY / "docs" / "howto" / "lock.md"
CASES = ("call under way", "open stream", "held call", "new call", "beginning anew", "child process")
POLICY = """
rules:
  - {id: asked, match: {upstream: crm, tool: hold}, when: has(args.ask), effect: hold, risk: high}
"""
CHILD = """
import json, os, pathlib, sys
pathlib.Path(sys.argv[1], str(os.getpid())).touch()
for line in sys.stdin:
    asked = json.loads(line)
    if "id" in asked:
        said = {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "c"}}
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": said}), flush=True)
"""
STILL_S = 0.15
"""How long it is looked whether something that should wait comes all the same."""


@dataclass(kw_only=True)
class World:
    """A gateway with two upstreams: one that counts, and one that is a child process of each session."""

    live: Live
    upstream: Counting
    pids: Path
    approver: str
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def children(self) -> set[int]:
        return {int(file.name) for file in self.pids.iterdir() if Path("/proc", file.name).exists()}

    async def asked_of(self, name: str) -> list[dict]:
        """What people are asked about a principal."""
        request = head(
            "GET", "/api/v1/approvals", self.live.port, {"Authorization": f"Bearer {self.approver}"}
        )
        found = (await ask(self.live.port, request)).json["approvals"]
        return [each for each in found if each["principal"] == name]

    async def lock(self, targets: list[tuple[str, str]], mode: LockMode) -> str:
        wanted = {"targets": targets, "mode": mode.value, "reason": "Fire."}
        told = await asyncio.to_thread(ask_gateway, self.live.data_dir, "lock.create", wanted)
        assert told is not None
        assert told["is_complete"], told
        return told["lock"]["id"]

    async def lift(self, name: str) -> None:
        arguments = {"id": name, "reason": "Over."}
        assert await asyncio.to_thread(ask_gateway, self.live.data_dir, "lock.lift", arguments) is not None


@dataclass(kw_only=True)
class Under:
    """One principal with everything under way."""

    world: World
    name: str
    token: str
    crm: dict[str, str] = field(default_factory=dict)
    pid: int = 0

    def post(
        self, body: bytes, headers: dict[str, str] | None = None, upstream: str = "crm"
    ) -> "asyncio.Task[Answer]":
        full = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return asyncio.create_task(self.world.live.post(body, full, upstream))

    def open(self, upstream: str = "crm") -> "asyncio.Task[Answer]":
        more = {"capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
        body = message("initialize", 0, protocolVersion="2025-11-25", **more)
        return self.post(body, upstream=upstream)

    def call(self, **arguments: object) -> "asyncio.Task[Answer]":
        body = message("tools/call", next(self.world.numbers), name="hold", arguments=arguments)
        return self.post(body, self.crm)

    async def begin(self) -> None:
        opened = await self.open()
        session = opened.headers["mcp-session-id"]
        self.crm = {"Mcp-Session-Id": session, "MCP-Protocol-Version": "2025-11-25"}
        before = self.world.children()
        assert (await self.open("disk")).status == 200
        [self.pid] = self.world.children() - before

    def session(self, upstream: str) -> str:
        """As the gateway names it."""
        opened = of_kind(self.world.live.records(), EntryKind.OPEN)
        mine = [each for each in opened if each.envelope.get("grant") == grant_of(self.token)]
        return next(each.session for each in mine if each.envelope["upstream"] == upstream)

    def targets(self, target: Target) -> list[list[tuple[str, str]]]:
        """What to lock: what names an upstream or a session names one at a time."""
        value = {
            Target.PRINCIPAL: self.name, Target.GROUP: f"g-{self.name}", Target.AGENT: f"a-{self.name}",
            Target.GRANT: grant_of(self.token), Target.CREDENTIAL: digest_of(self.token),
            Target.TOOL: "hold", Target.NETWORK: "127.0.0.0/8", Target.ALL: "",
        }.get(target)  # fmt: skip
        if value is not None:
            return [[(target.value, value)]]
        both = ("crm", "disk")
        return [[(target.value, each if target is Target.UPSTREAM else self.session(each))] for each in both]


def grant_of(token: str) -> str:
    return f"g_{digest_of(token)[:16]}"


def make_tokens(data_dir: Path, names: list[str]) -> dict[str, str]:
    """A token for each principal, each in a group and with an agent of its own; and an approver's."""
    store, tokens = Store.open("sqlite", data_dir), {}
    for name in (*names, "sam"):
        token = tokens[name] = f"fd_{name:_<43}"
        is_approver = name == "sam"
        store.grants.create(
            Grant(
                id=GrantId(grant_of(token)),
                principal=Principal(
                    name=name,
                    kind=PrincipalKind.PERSON,
                    groups=frozenset({f"g-{name}"}),
                    actors=() if is_approver else (Actor(name=f"a-{name}"),),
                ),
                token_digest=digest_of(token),
                upstreams=None,
                issued_at_us=1,
                expires_at_us=None,
                roles=frozenset({"approver"}) if is_approver else frozenset(),
            )
        )
    store.close()
    return tokens


def said(answer: Answer) -> str:
    """What a client was told, in words of the page."""
    if answer.status != 200:
        return f"HTTP {answer.status}"
    told = answer.json if answer.body.startswith(b"{") else {}
    if "error" in told:
        return f"error {told['error']['code']}"
    texts = [part["text"] for part in told["result"].get("content", ())]
    return said_in(texts[0]) if told["result"].get("isError") else "goes on"


def said_in(text: str) -> str:
    if text.startswith("Terminated:"):
        return "terminated"
    return "denied" if "Not executed." in text else text


async def is_silent(reading: "asyncio.Task[bytes]") -> bool:
    await asyncio.wait([reading], timeout=STILL_S)
    await turns(50)  # What has come by now is read, however late this process was woken.
    return not reading.done()


async def seen(under: Under, target: Target, mode: LockMode) -> tuple[str, ...]:
    """What becomes of everything that is under way, and of what comes then."""
    world, upstream = under.world, under.world.upstream
    await under.begin()
    async with wire(world.live.port) as listening:
        auth = {"Authorization": f"Bearer {under.token}", **under.crm}
        await listening.send(head("GET", "/mcp/crm", world.live.port, world.live.auth(**auth)))
        assert (await listening.head())[0] == 200
        assert await listening.event()
        calling, arrived = under.call(), upstream.held
        await upstream.until_held(arrived + 1)
        holding = under.call(ask=True)
        async with asyncio.timeout(10):
            while not await world.asked_of(under.name):
                pass
        locks = [await world.lock(targets, mode) for targets in under.targets(target)]
        sent = len(upstream.calls)
        reading = asyncio.create_task(listening.event())
        late = [under.call(), under.open()]
        is_open = await is_silent(reading)
        upstream.release.set()
        if mode is LockMode.SUSPEND:
            found = await waited([calling, holding, *late])
        else:
            # What is held is held until people decide: over, it says so by itself.
            found = [said(await task) for task in (calling, holding, *late)]
        assert len(upstream.calls) == sent
        is_alive = under.pid in world.children()
        for name in locks:
            await world.lift(name)
        await rest_of(under, found, (calling, holding, *late))
        reading.cancel()
        await asyncio.wait([reading])
    upstream.release = asyncio.Event()
    stream, child = "stays open" if is_open else "closed", "runs" if is_alive else "killed"
    return (found[0], stream, *found[1:], child)


async def waited(tasks: "list[asyncio.Task[Answer]]") -> list[str]:
    """What waits says nothing for a while."""
    await asyncio.wait(tasks, timeout=STILL_S)
    await turns(50)
    return [said(task.result()) if task.done() else "waits" for task in tasks]


async def rest_of(under: Under, found: list[str], tasks: "tuple[asyncio.Task[Answer], ...]") -> None:
    """What waited for the lift goes on then; what people hold waits for them."""
    calling, holding, *late = tasks
    for task, word in ((calling, found[0]), (late[0], found[2]), (late[1], found[3])):
        if word == "waits":
            assert said(await task) == "goes on"
    for each in await under.world.asked_of(under.name):
        request = {"Authorization": f"Bearer {under.world.approver}"}
        body = b'{"reason": "No."}'
        answer = await ask(
            under.world.live.port,
            post(f"/api/v1/approvals/{each['id']}/deny", under.world.live.port, request, body),
        )
        assert answer.status == 200, answer
    assert said(await holding) in {"denied", "terminated"}


def table(rows: dict[tuple[Target, LockMode], tuple[str, ...]]) -> list[str]:
    """The rows as the page has them: targets that do the same share one."""
    lines = []
    for mode in LockMode:
        alike: dict[tuple[str, ...], list[str]] = {}
        for target in Target:
            alike.setdefault(rows[target, mode], []).append(target.value)
        lines += [
            f"| {mode.value} | {', '.join(targets)} | {' | '.join(row)} |" for row, targets in alike.items()
        ]
    return lines


@pytest.mark.promise("LOCK-2", "PATH-2", "PATH-7")
async def test_every_target_in_every_mode_does_what_the_page_says(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    every = [(target, mode) for target in Target for mode in LockMode]
    names = {case: f"p{number}" for number, case in enumerate(every)}
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "first.yaml").write_text(POLICY)
    (tmp_path / "child.py").write_text(CHILD)
    (pids := tmp_path / "pids").mkdir()
    (tmp_path / "firedoor-data").mkdir(mode=0o700)
    tokens = make_tokens(tmp_path / "firedoor-data", list(names.values()))
    more = "policies: [policies/]\n"
    async with counting_upstream() as upstream:
        upstreams = {"crm": upstream.url, "disk": f"python {tmp_path / 'child.py'} {pids}"}
        async with live_gateway(tmp_path, upstreams, more) as live:
            world = World(live=live, upstream=upstream, pids=pids, approver=tokens["sam"])
            rows = {}
            for case, name in names.items():
                rows[case] = await seen(Under(world=world, name=name, token=tokens[name]), *case)
    lines = table(rows)
    record_property("figure", "\n".join(("what locks do: mode, targets, " + ", ".join(CASES), *lines)))
    page = PAGE.read_text(encoding="utf-8")
    assert [line for line in lines if line not in page] == []
