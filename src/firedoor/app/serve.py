"""Serves a gateway until it is told to stop, and stops it without cutting a call.

The MCP addresses go to the data path, in the protocol of each connection; health and metrics are
answered here.
"""

import asyncio
import contextlib
import gc
import logging
import signal
from collections.abc import Awaitable, Callable, Generator, MutableMapping, Sequence
from typing import Any

import uvicorn

from firedoor.app.api.asgi import PREFIX
from firedoor.app.collecting import collect_in_quiet
from firedoor.app.copying import start_copier, stop_copier
from firedoor.app.listener import listen
from firedoor.app.logs import log_to_stderr
from firedoor.app.notifying import SLACK, answer_slack, page_of
from firedoor.app.settings.resolved import Settings
from firedoor.app.wiring import Gateway, build
from firedoor.edges.inbound.bounded_http import protocol_of
from firedoor.edges.inbound.connections import Connections, allow_many
from firedoor.model.errors import RecordError
from firedoor.model.permit import Permit

log = logging.getLogger("firedoor")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

DRAIN_S = 30.0
"""How long calls under way may take after SIGTERM."""


def serve(settings: Settings, build: Callable[[Settings], Gateway] = build) -> int:
    """Run until SIGTERM or SIGINT; the exit code. `build` makes the gateway, on the loop that serves it."""
    log_to_stderr()
    with contextlib.suppress(ImportError):
        import uvloop

        return uvloop.run(_serve(settings, build))
    return asyncio.run(_serve(settings, build))


async def _serve(settings: Settings, build: Callable[[Settings], Gateway]) -> int:
    listener = listen(settings.host, settings.port)
    gateway = await _built(settings, build)
    connections = allow_many()
    _watch(gateway, connections)
    server = _Server(
        uvicorn.Config(
            Doors(gateway),
            http=protocol_of(gateway.edge, connections),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=5,
        )
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    collecting = collect_in_quiet(lambda: server.server_state.total_requests)
    beside = [asyncio.create_task(what) for what in (gateway.sweep(), gateway.watch(), collecting)]
    copier = start_copier(settings, gateway.metrics)
    await gateway.admin.open()
    if gateway.lost:
        log.warning("the last run left %d sessions open", gateway.lost)
    # Also without any: the index may not have heard of a session that began just before the end.
    catching_up = asyncio.create_task(asyncio.to_thread(gateway.catch_up))
    catching_up.add_done_callback(_told)
    host, port = listener.getsockname()[:2]
    log.info("listening on %s:%d", host, port)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    log.info("stopping: calls under way may finish for %d s", DRAIN_S)
    for task in (*beside, stopping):
        task.cancel()
    await gateway.close(DRAIN_S)
    await asyncio.to_thread(stop_copier, copier)  # after the record: what ended with it is copied too
    server.should_exit = True
    await serving
    log.info("stopped")
    return 0


async def _recover(gateway: Gateway) -> None:
    """Say of each approved call that was under way when the last process was killed that nobody knows."""
    try:
        left = await gateway.engine.holding.approving.recover()
    except RecordError as fault:
        # They stay as they are: nobody can redeem them, and the next start tries again.
        log.warning("approved calls that were cut are not marked: %s", fault.message)
        return
    if left:
        log.warning("%d approved calls were under way when the last run ended: unknown", left)


def _watch(gateway: Gateway, connections: Connections) -> None:
    gateway.metrics.watch("connections", "Connections that are open.", lambda: connections.count)
    gateway.metrics.watch("connections_refused", "Refused so far.", lambda: connections.refused)


def _told(task: "asyncio.Task[None]") -> None:
    """Log a failure: the index is no evidence, and traffic does not wait for it."""
    failure = None if task.cancelled() else task.exception()
    if failure is not None:
        log.error("the index could not catch up: %s", failure)


def _loud(broken: Sequence[Permit]) -> bytes:
    """Whoever watches a gateway sees that break-glass is open, and nothing of whose it is."""
    return "".join(f"break-glass is open: {each.id}\n" for each in broken).encode()


async def _built(settings: Settings, build: Callable[[Settings], Gateway]) -> Gateway:
    gateway = build(settings)
    # No door opens before the record has every lock and lift that was made while no gateway ran.
    await gateway.untold.look(is_at_once=True)
    await _recover(gateway)
    # What is here now stays: calls need not wait while the collector looks through it again.
    gc.collect()
    gc.freeze()
    return gateway


class _Server(uvicorn.Server):
    """Leaves signals to us: a call under way is not cut."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class Doors:
    """The ASGI app of whatever is not MCP."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry one HTTP request to whom it belongs."""
        if scope["type"] != "http":
            return None
        path: str = scope["path"]
        if path == SLACK:
            return await answer_slack(self._gateway.settings, scope, receive, send)
        if path.startswith(PREFIX):
            return await self._gateway.api(scope, receive, send)
        status, kind, body = self._answer(path)
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        return await send({"type": "http.response.body", "body": body})

    def _answer(self, path: str) -> tuple[int, bytes, bytes]:
        if path == "/healthz":
            return 200, b"text/plain", b"ok\n"
        if path == "/readyz":
            return self._readiness()
        if path == "/metrics":
            return 200, b"text/plain; version=0.0.4", self._gateway.metrics.text()
        if (page := page_of(path)) is not None:
            return 200, b"text/plain", page.encode()
        return 404, b"text/plain", b"Nothing here. MCP upstreams are at /mcp/<upstream>.\n"

    def _readiness(self) -> tuple[int, bytes, bytes]:
        trouble, unrecorded = self._gateway.trouble, self._gateway.engine.unrecorded.total
        said = f"not ready: {trouble}\n" if trouble else "ready\n"
        if unrecorded:
            said += f"unrecorded: {unrecorded}\n"
        loud = b"" if trouble else _loud(self._gateway.engine.deciding.permits.broken)
        return (503 if trouble else 200), b"text/plain", said.encode() + loud
