"""One client's conversation with one upstream, through the gateway.

In the legacy era it keeps the session id and listens beside; in the modern era each request stands alone,
and letting its stream go cancels it. Decides nothing.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable

from firedoor.app.connect.messages import (
    HEADER_MISMATCH,
    Annotations,
    Answered,
    Headers,
    Line,
    annotations_of,
    answer_in,
    error_line,
    modern_headers,
    one_line,
    understood,
)
from firedoor.model.era import Era
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import Forwarding, Shape
from firedoor.model.ids import SessionId
from firedoor.model.message import Message, MessageKind
from firedoor.ports.upstreams import Answer, Upstreams

FINISH_S = 5.0
"""How long requests may go on after standard input has ended."""
GOODBYE_S = 2.0
LISTENS_AGAIN = 5
"""How often in a row a listening stream may fail before it is given up."""
LONGEST_RETRY_S = 30.0
_FIRST_ERROR = 400
_NOT_FOUND = 404
_CHANNEL = SessionId("connect")

Write = Callable[[bytes], Awaitable[None]]


class Connect:
    """Carries lines to the gateway and answers back."""

    def __init__(self, upstream: str, gateway: Upstreams, write: Write, tell: Callable[[str], None]) -> None:
        self._upstream = upstream
        self._gateway = gateway
        self._write = write
        self._tell = tell
        self._mcp_session: str | None = None
        self._version: str | None = None
        self._annotations: dict[str, Annotations] = {}
        self._waiting: dict[str | int, asyncio.Task[None]] = {}
        self._streams: set[str | int] = set()
        self._listening: asyncio.Task[None] | None = None

    async def carry(self, lines: "asyncio.Queue[bytes | None]") -> None:
        """Carry lines until None, then let what is under way finish."""
        while (text := await lines.get()) is not None:
            line = understood(text)
            if line.id is None:
                await self._notify(line)
            elif line.method == "initialize":
                await self._request(line)
            else:
                self._begin(line)
        finite = [task for key, task in self._waiting.items() if key not in self._streams]
        if finite:
            await asyncio.wait(finite, timeout=FINISH_S)

    async def close(self) -> None:
        """End everything, the gateway's session too."""
        tasks = [*self._waiting.values(), *([self._listening] if self._listening else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._mcp_session is not None:
            with contextlib.suppress(UpstreamError, TimeoutError):
                async with asyncio.timeout(GOODBYE_S):
                    await self._send(MessageKind.END, "DELETE", b"", self._legacy_headers())

    # --- requests --------------------------------------------------------------------------------

    def _begin(self, line: Line) -> None:
        key = line.id if line.id is not None else ""
        task = asyncio.create_task(self._request(line))
        self._waiting[key] = task
        if line.method == "subscriptions/listen":
            self._streams.add(key)
        task.add_done_callback(lambda done: self._ended(key, done))

    def _ended(self, key: str | int, task: "asyncio.Task[None]") -> None:
        if self._waiting.get(key) is task:
            del self._waiting[key]
            self._streams.discard(key)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._tell(f"an answer could not be passed on: {type(error).__name__}")

    async def _request(self, line: Line) -> None:
        identifier = line.id if line.id is not None else ""
        try:
            failure = await self._exchange(line)
        except UpstreamError as error:
            failure = f"The gateway gave no answer: {error.message}."
        if failure:
            await self._write(error_line(identifier, failure))

    async def _exchange(self, line: Line, *, is_again: bool = False) -> str:
        """Send a request and pass on what comes; return why there was no answer, or nothing."""
        answer = await self._post(line)
        if answer.head.mcp_session is not None and line.method == "initialize":
            self._mcp_session = answer.head.mcp_session
        if answer.head.status == _NOT_FOUND and self._mcp_session is not None:
            self._tell("the session is over: the client has to launch this command again")
        if answer.head.shape is Shape.JSON:
            return await self._whole(line, answer, is_again=is_again)
        try:
            last_id, is_answered = await self._pass_on(line, answer)
        except asyncio.CancelledError:
            answer.abandon()
            raise
        if is_answered:
            return ""
        if last_id is not None and line.version is None:
            return await self._resume(line, last_id)
        return _status_text(answer.head.status)

    async def _whole(self, line: Line, answer: Answer, *, is_again: bool) -> str:
        event = await answer.next()
        payload = event.payload if event is not None else b""
        found = answer_in(payload, line.id)
        if _is_stale(line, found) and not is_again and await self._list_tools(line):
            return await self._exchange(line, is_again=True)
        if not found.is_answer:
            return found.error_text or _status_text(answer.head.status)
        self._learn(line, found)
        await self._write(one_line(payload))
        return ""

    async def _pass_on(self, line: Line, answer: Answer) -> tuple[str | None, bool]:
        """Pass on a stream; return its last event id, and whether the answer was in it."""
        last_id: str | None = None
        is_answered = False
        while (event := await answer.next()) is not None:
            last_id = event.event_id or last_id
            if not event.payload:
                continue
            found = answer_in(event.payload, line.id)
            if found.is_answer:
                is_answered = True
                self._learn(line, found)
            await self._write(one_line(event.payload))
        return last_id, is_answered

    async def _resume(self, line: Line, last_id: str) -> str:
        """Go on with a legacy stream that ended before its answer (the server may ask to poll)."""
        for _ in range(LISTENS_AGAIN):
            await asyncio.sleep(1)
            headers = (*self._legacy_headers(), ("last-event-id", last_id), ("accept", "text/event-stream"))
            answer = await self._send(MessageKind.LISTEN, "GET", b"", headers)
            if answer.head.shape is not Shape.STREAM:
                return _status_text(answer.head.status)
            next_id, is_answered = await self._pass_on(line, answer)
            if is_answered:
                return ""
            last_id = next_id or last_id
        return "The stream ended before the answer."

    def _learn(self, line: Line, found: Answered) -> None:
        if line.method == "initialize":
            version = found.result.get("protocolVersion")
            self._version = version if isinstance(version, str) else None
        elif line.method == "tools/list":
            self._annotations.update(annotations_of(found.result))

    async def _list_tools(self, line: Line) -> bool:
        """Learn which arguments headers must repeat: the client did not list them through us."""
        params = {"_meta": line.params.get("_meta")}
        body = {"jsonrpc": "2.0", "id": "firedoor-connect", "method": "tools/list", "params": params}
        listing = understood(json.dumps(body).encode())
        answer = await self._post(listing)
        while (event := await answer.next()) is not None:
            found = answer_in(event.payload, listing.id) if event.payload else Answered(is_answer=False)
            if found.is_answer:
                self._learn(listing, found)
                return found.error_code is None
        return False

    # --- notifications, and answers to requests of the upstream ----------------------------------

    async def _notify(self, line: Line) -> None:
        if line.method == "notifications/cancelled" and self._cancel(line):
            return
        try:
            answer = await self._post(line)
            if answer.head.status >= _FIRST_ERROR:
                self._tell(f"the gateway took no {line.method or 'message'}: HTTP {answer.head.status}")
            while await answer.next() is not None:
                pass
        except UpstreamError as error:
            self._tell(f"the gateway took no {line.method or 'message'}: {error.message}")
        if line.method == "notifications/initialized" and self._listening is None:
            self._listening = asyncio.create_task(self._listen())

    def _cancel(self, line: Line) -> bool:
        """Cancel a modern request by letting go of its stream; False where a message must say it."""
        if self._version is not None:
            return False
        key = line.params.get("requestId")
        task = self._waiting.get(key) if isinstance(key, str | int) else None
        if task is not None:
            task.cancel()
        return True

    async def _listen(self) -> None:
        """Pass on what a legacy upstream says beside its answers."""
        last_id: str | None = None
        failures, pause_s = 0, 1.0
        while failures < LISTENS_AGAIN:
            resume: Headers = (("last-event-id", last_id),) if last_id is not None else ()
            headers = (*self._legacy_headers(), ("accept", "text/event-stream"), *resume)
            try:
                answer = await self._send(MessageKind.LISTEN, "GET", b"", headers)
                if answer.head.shape is not Shape.STREAM:
                    return  # 405: there is nothing to listen to
                while (event := await answer.next()) is not None:
                    failures = 0
                    last_id = event.event_id or last_id
                    if event.retry_ms is not None:
                        pause_s = min(event.retry_ms / 1000, LONGEST_RETRY_S)
                    if event.payload:
                        await self._write(one_line(event.payload))
            except UpstreamError:
                pass
            failures += 1
            await asyncio.sleep(pause_s)

    # --- sending ---------------------------------------------------------------------------------

    async def _post(self, line: Line) -> Answer:
        version = line.version
        if version is None and self._version is None and line.method != "initialize":
            headers: Headers = ()
        elif version is not None and self._version is None:
            headers = modern_headers(line, version, self._annotations)
        else:
            headers = self._legacy_headers()
        return await self._send(MessageKind.REQUEST, "POST", line.body, headers)

    def _legacy_headers(self) -> Headers:
        headers: list[tuple[str, str]] = []
        if self._mcp_session is not None:
            headers.append(("mcp-session-id", self._mcp_session))
        if self._version is not None:
            headers.append(("mcp-protocol-version", self._version))
        return tuple(headers)

    async def _send(self, kind: MessageKind, verb: str, body: bytes, headers: Headers) -> Answer:
        return await self._gateway.send(
            Forwarding(
                upstream=self._upstream,
                session=_CHANNEL,
                principal="",
                verb=verb,
                headers=headers,
                body=body,
                message=Message(kind=kind, era=Era.LEGACY, body=body, revision=self._version or ""),
            )
        )


def _is_stale(line: Line, found: Answered) -> bool:
    return line.method == "tools/call" and line.version is not None and found.error_code == HEADER_MISMATCH


def _status_text(status: int) -> str:
    meanings = {
        401: "The gateway refused the token.",
        404: "The gateway knows no such upstream or session.",
        413: "The gateway refused the message: it is too large.",
        429: "The gateway has too many requests of this token.",
    }
    return meanings.get(status, f"The gateway answered HTTP {status} without an answer.")
