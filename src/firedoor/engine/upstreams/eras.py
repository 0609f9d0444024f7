"""Which era an upstream speaks. Asked once per upstream and kept for an hour; recorded like all traffic.

A modern request must not be forwarded to a legacy upstream: servers of that age open a session for
each, and never close it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import msgspec

from firedoor.core.accept.revisions import META_CAPABILITIES, META_CLIENT, META_VERSION, MODERN_VERSIONS
from firedoor.core.forward.forwarding import modern_headers
from firedoor.engine.doors.door import Asking, Door
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.era import Era
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import Forwarding
from firedoor.model.ids import SessionId
from firedoor.model.json import Json
from firedoor.model.message import Message, MessageKind
from firedoor.ports.recorder import Recorder
from firedoor.ports.upstreams import WITHHELD, Passage, Upstreams

KEPT_US = 3600 * 1_000_000
PROBE_S = 5.0
"""A legacy server may never answer what it does not know."""


def own_request(method: str, identifier: str, params: dict[str, object] | None = None) -> Message:
    """A modern request of the gateway itself."""
    meta = {
        META_VERSION: MODERN_VERSIONS[-1],
        META_CAPABILITIES: {},
        META_CLIENT: {"name": "firedoor", "version": "0"},
    }
    body = {"jsonrpc": "2.0", "id": identifier, "method": method, "params": {**(params or {}), "_meta": meta}}
    return Message(
        kind=MessageKind.REQUEST,
        era=Era.MODERN,
        body=msgspec.json.encode(body),
        revision=MODERN_VERSIONS[-1],
        id=identifier,
        method=method,
    )


async def first_of(upstreams: Upstreams, forwarding: Forwarding, passage: Passage) -> tuple[int, bytes]:
    """Send a question of the gateway's own; the status and the first message of the answer.

    Raises:
        UpstreamError: there is no answer.
    """
    answer = await upstreams.send(forwarding, passage)
    try:
        event = await answer.next()
    finally:
        answer.abandon()
    return answer.head.status, b"" if event is None else event.payload


@dataclass(slots=True, eq=False)
class _Question:
    """An upstream is asked. Ended when nobody waits for the answer."""

    task: "asyncio.Task[bool | None]"
    waiting: list[Door] = field(default_factory=list[Door])
    """The doors of those who wait."""


@dataclass(slots=True, kw_only=True)
class Eras:
    """What is known of each upstream."""

    recorder: Recorder
    upstreams: Upstreams
    now_us: Callable[[], int]
    _without_tasks: set[str] = field(default_factory=set[str])
    _known: dict[str, tuple[bool, int]] = field(default_factory=dict[str, tuple[bool, int]])
    _asking: dict[str, "_Question"] = field(default_factory=dict[str, "_Question"])

    def known(self, upstream: str) -> bool | None:
        """Whether it speaks the modern era; None where it must be asked."""
        found = self._known.get(upstream)
        if found is None or self.now_us() - found[1] > KEPT_US:
            return None
        return found[0]

    def has_no_tasks(self, upstream: str) -> bool:
        """Whether it said that it has none. Then nobody can ask for another's."""
        return self.known(upstream) is True and upstream in self._without_tasks

    async def is_modern(self, upstream: str, door: Door) -> bool:
        """Ask it, once for all who wait. Not while none of them may pass the door.

        Raises:
            UpstreamError: it could not be asked; nothing is remembered then.
            IntegrityError: who may pass cannot be told.
        """
        while True:
            await door.passed()
            is_modern = await self._answer_to(upstream, door)
            if is_modern is not None:
                return is_modern

    async def _answer_to(self, upstream: str, door: Door) -> bool | None:
        question = self._asking.get(upstream)
        if question is None:
            task = asyncio.get_running_loop().create_task(self._ask(upstream))
            question = self._asking[upstream] = _Question(task)
            task.add_done_callback(lambda _: self._forget(upstream, question))
        question.waiting.append(door)
        try:
            return await asyncio.shield(question.task)
        finally:
            question.waiting.remove(door)
            if not question.waiting and not question.task.done():
                # Whoever wanted to know has left, or a lock ended them: nothing goes upstream for nobody.
                self._forget(upstream, question)
                question.task.cancel()

    def _is_wanted(self, upstream: str) -> bool:
        question = self._asking.get(upstream)
        # Those who were cancelled in this turn of the loop have not learnt of it yet.
        return question is not None and any(door.is_open() for door in question.waiting)

    def _forget(self, upstream: str, question: "_Question") -> None:
        if self._asking.get(upstream) is question:
            del self._asking[upstream]

    async def _ask(self, upstream: str) -> bool | None:
        """The answer; None if nobody who waits for it may pass."""
        session = self.recorder.control
        message = own_request("server/discover", "firedoor-era")
        await self._record(session, {"what": "probe", "upstream": upstream}, message.body)
        forwarding = Forwarding(
            upstream=upstream,
            session=session,
            principal="",
            verb="POST",
            headers=modern_headers(message, accept="", name=None, mirrored=()),
            body=message.body,
            message=message,
        )
        if not self._is_wanted(upstream):
            return None
        try:
            async with asyncio.timeout(PROBE_S):
                asking = Asking(lambda: self._is_wanted(upstream))
                status, payload = await first_of(self.upstreams, forwarding, asking)
        except TimeoutError:
            status, payload = 408, b""
        except UpstreamError as error:
            if error.code == WITHHELD:
                return None
            if error.code == "upstream_unavailable":
                raise
            status, payload = 502, b""
        finally:
            # A child that was started for the question has no other use.
            await self.upstreams.end(upstream, session)
        is_modern = _speaks_modern(status, payload)
        about: dict[str, Json] = {
            "what": "probed",
            "upstream": upstream,
            "status": status,
            "modern": is_modern,
        }
        await self._record(session, about, payload)
        if status not in _INCONCLUSIVE:
            self._known[upstream] = (is_modern, self.now_us())
            self._without_tasks.discard(upstream)
            if is_modern and has_no_tasks(payload):
                self._without_tasks.add(upstream)
        return is_modern

    def _record(self, session: SessionId, about: dict[str, Json], payload: bytes) -> Awaitable[int]:
        entry = Entry(
            kind=EntryKind.CONTROL, session=session, at_us=self.now_us(), envelope=about, payload=payload
        )
        return self.recorder.append(entry)


_FAILED = 400
_INCONCLUSIVE = frozenset({401, 403, 407, 408, 429, 500, 502, 503, 504})


class _Error(msgspec.Struct):
    code: int = 0


class _Discovered(msgspec.Struct, rename="camel"):
    supported_versions: list[str] = msgspec.field(default_factory=list[str])
    capabilities: msgspec.Raw = msgspec.Raw(b"")


class _Reply(msgspec.Struct):
    result: _Discovered | None = None
    error: _Error | None = None


def has_no_tasks(payload: bytes) -> bool:
    """Whether a `server/discover` result names tasks nowhere among its capabilities and extensions."""
    try:
        reply = msgspec.json.decode(payload, type=_Reply)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    said = b"" if reply.result is None else bytes(reply.result.capabilities)
    # An escape could spell the word: who escapes is taken to have tasks.
    return said != b"" and b"tasks" not in said and b"\\" not in said


def _speaks_modern(status: int, payload: bytes) -> bool:
    """A modern version in the answer, or an error code that only modern servers know."""
    try:
        reply = msgspec.json.decode(payload, type=_Reply)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    if reply.error is not None:
        return reply.error.code in (-32020, -32021, -32022)
    if reply.result is None or status >= _FAILED:
        return False
    return bool(set(reply.result.supported_versions) & set(MODERN_VERSIONS))
