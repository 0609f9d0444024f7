"""Children are real processes: Python programs written here."""

import asyncio
import json
import logging
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from firedoor.edges.outbound.endpoint import StdioEndpoint
from firedoor.edges.outbound.stdio import StdioUpstream
from firedoor.model.era import Era
from firedoor.model.errors import IntegrityError, UpstreamError
from firedoor.model.forwarding import Shape
from firedoor.model.ids import SessionId
from firedoor.model.message import MessageKind
from firedoor.ports.upstreams import Answer
from tests.edges.outbound.raw_upstream import Barrier, forwarding

pytestmark = pytest.mark.anyio

# It says who it is, and does what the method says.
PROGRAM = """
import json, os, signal, subprocess, sys, threading
def say(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    method = request.get("method")
    if method == "noise":
        print("hello", flush=True)
        print("key", os.environ["KEY"], file=sys.stderr, flush=True)
    if method == "die":
        os._exit(1)
    if method == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        deaf = "import signal; signal.signal(15, 1); signal.pause()"
        grandchild = subprocess.Popen([sys.executable, "-c", deaf])
        say(id=request["id"], result={"pid": os.getpid(), "grandchild": grandchild.pid})
        threading.Event().wait()
    if method == "wait":
        say(method="notifications/progress", params={"progressToken": "t", "progress": 1})
        continue
    if method == "long":
        print("x" * (17 * 1024 * 1024), flush=True)
        continue
    if "id" in request:
        result = {"pid": os.getpid(), "env": dict(os.environ), "cwd": os.getcwd()}
        say(id=request["id"], result=result)
"""
KEY = "s3cret-of-the-child"


@asynccontextmanager
async def children(**changes: object):
    endpoint = StdioEndpoint(
        name="crm", command=sys.executable, args=("-c", PROGRAM), env=(("KEY", KEY),), **changes
    )
    upstream = StdioUpstream(endpoint)
    try:
        yield upstream
    finally:
        await upstream.close()


def request(method: str, key: int = 1) -> bytes:
    return b'{"jsonrpc":"2.0","id":%d,"method":"%b"}' % (key, method.encode())


async def ask(upstream: StdioUpstream, method: str = "initialize", **about: object) -> Answer:
    return await upstream.send(forwarding(request(method), method=method, **about))


async def result(answer: Answer) -> dict:
    event = await answer.next()
    assert event is not None
    return json.loads(event.payload)["result"]


def is_gone(pid: int) -> bool:
    """A process that was killed may be a zombie until whoever inherited it has looked."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


async def is_dead(pid: int) -> bool:
    for _ in range(100_000):
        if is_gone(pid):
            return True
        await asyncio.sleep(0)
    return False


async def test_a_legacy_session_has_a_child_of_its_own() -> None:
    async with children() as upstream:
        pids = [
            (await result(await ask(upstream, session=session)))["pid"] for session in ("s-1", "s-2", "s-1")
        ]
        assert pids[0] == pids[2] != pids[1]


async def test_a_child_gets_the_allowed_environment_and_its_own() -> None:
    os.environ["FIREDOOR_TEST_SECRET"] = "of-the-gateway"
    try:
        async with children(cwd="/") as upstream:
            told = await result(await ask(upstream))
    finally:
        del os.environ["FIREDOOR_TEST_SECRET"]
    assert told["env"]["KEY"] == KEY
    assert told["cwd"] == "/"
    assert "FIREDOOR_TEST_SECRET" not in told["env"]
    assert told["env"].get("PATH") == os.environ.get("PATH")


async def test_clients_of_one_principal_share_a_modern_child_and_principals_do_not() -> None:
    async with children() as upstream:
        answers = await asyncio.gather(
            *(
                ask(upstream, era=Era.MODERN, principal=principal, session=session)
                for principal, session in (("ada", "s-1"), ("ada", "s-2"), ("bob", "s-3"))
            )
        )
        pids = [(await result(answer))["pid"] for answer in answers]
        assert pids[0] == pids[1] != pids[2]


async def test_a_modern_child_ends_with_the_last_session_that_used_it() -> None:
    async with children() as upstream:
        pid = (await result(await ask(upstream, era=Era.MODERN, session="s-1")))["pid"]
        await ask(upstream, era=Era.MODERN, session="s-2")
        await upstream.end(SessionId("s-1"))
        assert (await result(await ask(upstream, era=Era.MODERN, session="s-2")))["pid"] == pid
        await upstream.end(SessionId("s-2"))
        assert await is_dead(pid)


@pytest.mark.parametrize("era", [Era.LEGACY, Era.MODERN])
async def test_a_child_that_is_stopped_ends_at_once_and_who_waits_learns_of_it_at_the_end(era: Era) -> None:
    async with children() as upstream:
        pid = (await result(await ask(upstream, era=era)))["pid"]
        body = b'{"jsonrpc":"2.0","id":9,"method":"wait","params":{"_meta":{"progressToken":"t"}}}'
        waiting = asyncio.get_running_loop().create_task(upstream.send(forwarding(body, era=era)))
        if era is Era.LEGACY:
            answer = await waiting
            await answer.next()
            waiting = asyncio.get_running_loop().create_task(answer.next())
        await asyncio.sleep(0)
        upstream.stop(SessionId("s-1"))
        assert await is_dead(pid)
        assert not waiting.done()
        await upstream.end(SessionId("s-1"))
        with pytest.raises(UpstreamError):
            await waiting


async def test_a_shared_child_is_stopped_with_the_last_session_and_who_comes_then_has_another_one() -> None:
    async with children() as upstream:
        pid = (await result(await ask(upstream, era=Era.MODERN, session="s-1")))["pid"]
        await ask(upstream, era=Era.MODERN, session="s-2")
        upstream.stop(SessionId("s-1"))
        assert (await result(await ask(upstream, era=Era.MODERN, session="s-2")))["pid"] == pid
        upstream.stop(SessionId("s-2"))
        assert (await result(await ask(upstream, era=Era.MODERN, session="s-3")))["pid"] != pid
        await upstream.end(SessionId("s-1"))
        await upstream.end(SessionId("s-2"))
        assert await is_dead(pid)


async def test_a_modern_child_that_is_idle_ends() -> None:
    endpoint = StdioEndpoint(name="crm", command=sys.executable, args=("-c", PROGRAM))
    upstream = StdioUpstream(endpoint, idle_s=0.05)
    pid = (await result(await ask(upstream, era=Era.MODERN)))["pid"]
    assert await is_dead(pid)
    assert (await result(await ask(upstream, era=Era.MODERN)))["pid"] != pid
    await upstream.close()


async def test_the_end_of_a_session_takes_a_stubborn_child_and_its_children_along() -> None:
    async with children() as upstream:
        await ask(upstream)
        told = await result(await ask(upstream, "stubborn"))
        await upstream.end(SessionId("s-1"))
        assert await is_dead(told["pid"])
        assert await is_dead(told["grandchild"])


async def test_closing_ends_all_children() -> None:
    async with children() as upstream:
        pids = [(await result(await ask(upstream, session=session)))["pid"] for session in ("s-1", "s-2")]
        pids.append((await result(await ask(upstream, era=Era.MODERN)))["pid"])
    assert all([await is_dead(pid) for pid in pids])
    with pytest.raises(UpstreamError):
        await ask(upstream)


async def test_closing_waits_for_a_child_that_was_given_up() -> None:
    async with children() as upstream:
        pid = (await result(await ask(upstream)))["pid"]
        with pytest.raises(UpstreamError):
            await ask(upstream, "long")
    assert is_gone(pid)


async def test_delete_ends_the_session_and_nothing_opens_it_again() -> None:
    async with children() as upstream:
        pid = (await result(await ask(upstream)))["pid"]
        ended = await upstream.send(forwarding(b"", verb="DELETE", kind=MessageKind.END, method=""))
        assert (ended.head.status, ended.head.shape) == (200, Shape.EMPTY)
        assert await is_dead(pid)
        with pytest.raises(UpstreamError) as caught:
            await ask(upstream, "tools/list")
        assert caught.value.code == "upstream_session_gone"


async def test_a_child_that_dies_fails_whoever_waits() -> None:
    async with children() as upstream:
        await ask(upstream)
        stream = await upstream.send(forwarding(b"", verb="GET", kind=MessageKind.LISTEN, method=""))
        waiting = await upstream.send(
            forwarding(b'{"jsonrpc":"2.0","id":9,"method":"wait","params":{"_meta":{"progressToken":"t"}}}')
        )
        with pytest.raises(UpstreamError) as caught:
            await ask(upstream, "die")
        assert caught.value.code == "upstream_gone"
        assert waiting.head.shape is Shape.STREAM
        assert await waiting.next() is not None
        for answer in (waiting, stream):
            with pytest.raises(UpstreamError):
                await answer.next()


async def test_noise_is_dropped_and_credentials_do_not_reach_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with children() as upstream:
        await ask(upstream)
        assert (await ask(upstream, "noise")).head.shape is Shape.JSON
    assert "key [credential withheld]" in caplog.messages
    assert any("no message" in line for line in caplog.messages)
    assert KEY not in caplog.text
    assert "hello" not in caplog.text


async def test_a_line_without_end_is_too_large() -> None:
    async with children() as upstream:
        await ask(upstream)
        with pytest.raises(UpstreamError) as caught:
            await ask(upstream, "long")
        assert caught.value.code == "upstream_too_large"


async def test_notifications_are_sent_and_line_breaks_in_them_are_blanks() -> None:
    async with children() as upstream:
        await ask(upstream)
        body = b'{"jsonrpc":"2.0",\r\n"method":"notifications/x"}'
        sent = await upstream.send(forwarding(body, kind=MessageKind.NOTIFICATION, method="notifications/x"))
        assert sent.head.status == 202
        assert (await ask(upstream)).head.shape is Shape.JSON


@pytest.mark.parametrize(
    "endpoint",
    [
        StdioEndpoint(name="crm", command="firedoor-no-such-program", args=(KEY,)),
        StdioEndpoint(name="crm", command=sys.executable, args=(KEY,), cwd="/nowhere/at/all"),
        StdioEndpoint(name="crm", command="/", args=(KEY,)),
    ],
)
@pytest.mark.parametrize("era", list(Era))
async def test_a_command_that_cannot_be_started_is_named_without_its_arguments(
    endpoint: StdioEndpoint, era: Era
) -> None:
    upstream = StdioUpstream(endpoint)
    for _ in range(2):
        with pytest.raises(UpstreamError, match="cannot start") as caught:
            await ask(upstream, era=era)
        assert caught.value.code == "upstream_unavailable"
        assert KEY not in str(caught.value)
    await upstream.close()


async def test_modern_streams_and_ends_are_not_there_and_cancellations_by_id_go_nowhere() -> None:
    async with children() as upstream:
        statuses = [
            (await upstream.send(forwarding(b"", kind=kind, era=Era.MODERN))).head.status
            for kind in (MessageKind.LISTEN, MessageKind.END, MessageKind.NOTIFICATION)
        ]
        assert statuses == [405, 405, 202]


async def test_a_child_that_was_just_starting_for_a_session_that_ends_ends_with_it() -> None:
    async with children() as upstream:
        first = asyncio.create_task(ask(upstream, "tools/list", era=Era.MODERN, principal="dana"))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await upstream.end(SessionId("s-1"))
        again = await result(await ask(upstream, "tools/list", era=Era.MODERN, principal="dana"))
        # Of the first one nothing is left: this is another.
        assert len(upstream.pids) == 1
        assert upstream.pids == {again["pid"]}


@pytest.mark.parametrize("era", [Era.LEGACY, Era.MODERN])
async def test_what_may_not_pass_once_its_process_runs_is_not_written_until_it_may(era: Era) -> None:
    async with children() as upstream:
        barrier = Barrier()
        first = forwarding(request("initialize"), method="initialize", era=era)
        sending = asyncio.create_task(upstream.send(first, barrier))
        await barrier.has_asked.wait()
        assert len(upstream.pids) == 1
        assert not sending.done()
        barrier.opened.set()
        assert {(await result(await sending))["pid"]} == upstream.pids


async def test_a_request_that_could_not_be_let_pass_is_not_waited_for() -> None:
    class Blind(Barrier):
        def is_open(self) -> bool:
            raise IntegrityError("locks_damaged", "Nobody passes.")

    async with children() as upstream:
        await ask(upstream)
        call = forwarding(request("tools/call"), method="tools/call")
        with pytest.raises(IntegrityError):
            await upstream.send(call, Blind())
        assert (await upstream.send(call)).head.status == 200


DEAF = """
import json, os, sys, time
request = json.loads(sys.stdin.readline())
print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": {}}), flush=True)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.01)
heard = []
for line in sys.stdin:
    request = json.loads(line)
    if request["method"] != "notifications/cancelled":
        heard.append(request["params"]["n"])
        print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": {"heard": heard}}), flush=True)
"""


@asynccontextmanager
async def deaf(folder: Path):
    """A child that reads nothing after its first message until a file is there."""
    ears = folder / "ears"
    endpoint = StdioEndpoint(name="crm", command=sys.executable, args=("-c", DEAF, str(ears)))
    upstream = StdioUpstream(endpoint)
    try:
        yield upstream, ears
    finally:
        await upstream.close()


def large(key: int, size: int = 300_000) -> bytes:
    said = {"jsonrpc": "2.0", "id": key, "method": "tools/call", "params": {"n": key, "x": "y" * size}}
    return json.dumps(said).encode()


@pytest.mark.promise("LOCK-1")
@pytest.mark.parametrize("era", [Era.LEGACY, Era.MODERN])
async def test_what_waits_for_a_process_to_read_does_not_leave_once_its_caller_is_gone(
    era: Era, tmp_path: Path
) -> None:
    async with deaf(tmp_path) as (upstream, ears):
        await upstream.send(forwarding(request("initialize"), method="initialize", era=era))
        calls = [forwarding(large(number), era=era) for number in range(2, 6)]
        first, *others = [asyncio.create_task(upstream.send(call)) for call in calls]
        for _ in range(20):
            await asyncio.sleep(0)
        for each in others:
            each.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        ears.touch()
        assert (await result(await first))["heard"] == [2]
        last = await upstream.send(forwarding(large(9), era=era))
        assert (await result(last))["heard"] == [2, 9]


async def test_a_process_that_reads_nothing_does_not_fill_the_memory_with_what_waits(tmp_path: Path) -> None:
    async with deaf(tmp_path) as (upstream, ears):
        await upstream.send(forwarding(request("initialize"), method="initialize"))
        waiting = [asyncio.create_task(upstream.send(forwarding(large(n, 6_000_000)))) for n in range(2, 8)]
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert {str(each.exception()) for each in done} == {"the upstream's process does not read"}
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        ears.touch()
