"""Asks an upstream for a whole list of what it defines, in the session of whoever needs to know.

Recorded like all traffic. What it is told reaches no client. Nothing is asked for whom a lock holds for.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from itertools import count

import msgspec

from firedoor.core.forward.answer import Says, understand
from firedoor.core.forward.definitions import LIST_OF, MOST, listed_in
from firedoor.core.forward.forwarding import forwarding, legacy_headers, modern_headers
from firedoor.engine.doors.door import Asking, Door
from firedoor.engine.upstreams.eras import own_request
from firedoor.model.definition import Definition, DefinitionKind, Unpinned
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.era import Era
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import Forwarding
from firedoor.model.json import JsonObject
from firedoor.model.message import Message, MessageKind
from firedoor.model.session import Session
from firedoor.ports.recorder import Recorder
from firedoor.ports.upstreams import WITHHELD, Upstreams

WAIT_S = 15.0
"""For a whole list. A call waits for it."""
PAGES = 100
"""An upstream whose list never ends is believed this far."""
EVENTS = 100
"""Messages before the response to one request."""
_GONE = 404
_UNKNOWN_METHOD = -32601


class Shut(Enum):
    """The door was shut when a question was about to leave. Whoever asks waits, and asks anew."""

    SHUT = "shut"


Whole = tuple[Definition, ...] | str | Shut | None
"""What is listed; why nobody can tell; or None: the upstream has forgotten the session."""


@dataclass(frozen=True, slots=True)
class About:
    """What is asked for, and in whose session."""

    session: Session
    version: str | None
    kind: DefinitionKind


@dataclass(slots=True, kw_only=True)
class Listing:
    """The gateway's own questions."""

    recorder: Recorder
    upstreams: Upstreams
    now_us: Callable[[], int]
    wait_s: float = WAIT_S
    _numbers: "count[int]" = field(default_factory=count)

    async def whole(self, about: About, unpinned: tuple[Unpinned, ...], door: Door) -> Whole:
        """Every page. An upstream that knows no such list lists nothing."""
        try:
            async with asyncio.timeout(self.wait_s):
                return await self._pages(about, unpinned, door)
        except TimeoutError:
            return "its upstream did not list it in time"
        except UpstreamError as fault:
            return f"its upstream could not be asked ({fault.code})"

    async def _pages(self, about: About, unpinned: tuple[Unpinned, ...], door: Door) -> Whole:
        found: list[Definition] = []
        cursor: str | None = None
        for _ in range(PAGES):
            payload = await self._page(about, cursor, door)
            if not isinstance(payload, bytes):
                return payload
            listed = await asyncio.to_thread(listed_in, payload, about.kind, unpinned)
            if listed is None:
                is_unknown = understand(payload).code == _UNKNOWN_METHOD
                return tuple(found) if is_unknown else "its upstream answered no list"
            found += listed.definitions
            if len(found) > MOST:
                return f"its upstream lists more than {MOST}"
            cursor = listed.cursor
            if cursor is None:
                return tuple(found)
        return "its upstream's list has no end"

    async def _page(self, asked: About, cursor: str | None, door: Door) -> bytes | Shut | None:
        session, sent = asked.session, self._request(asked, cursor)
        about: JsonObject = {"upstream": session.upstream, "for": session.id}
        await self._record({"what": "definitions_asked", **about}, sent.body)
        # Not waited for here: whoever asks for this list holds up everybody who wants the same.
        if not door.is_open():
            return Shut.SHUT
        try:
            answer = await self.upstreams.send(sent, Asking(door.is_open))
        except UpstreamError as fault:
            if fault.code == WITHHELD:
                return Shut.SHUT
            raise
        payload = b""
        try:
            for _ in range(EVENTS):
                event = await answer.next()
                if event is None:
                    break
                said = understand(event.payload)
                if said.says is Says.RESPONSE and said.id == sent.message.id:
                    payload = event.payload
                    break
        finally:
            answer.abandon()
        await self._record({"what": "definitions_told", **about}, payload)
        if not payload and answer.head.status == _GONE and session.era is Era.LEGACY:
            return None
        return payload

    def _request(self, asked: About, cursor: str | None) -> Forwarding:
        session, version = asked.session, asked.version
        method, identifier = LIST_OF[asked.kind], f"firedoor-list-{next(self._numbers)}"
        params: dict[str, object] = {} if cursor is None else {"cursor": cursor}
        if session.era is Era.MODERN:
            message = own_request(method, identifier, params)
            headers = modern_headers(message, accept="", name=None, mirrored=())
            return forwarding(session, message, headers=headers)
        body = {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params}
        message = Message(
            kind=MessageKind.REQUEST,
            era=Era.LEGACY,
            body=msgspec.json.encode(body),
            revision=version or "",
            id=identifier,
            method=method,
        )
        headers = legacy_headers(session, message, version=version, accept="", last_event_id=None)
        return forwarding(session, message, headers=headers)

    def _record(self, about: JsonObject, payload: bytes) -> Awaitable[int]:
        entry = Entry(
            kind=EntryKind.CONTROL,
            session=self.recorder.control,
            at_us=self.now_us(),
            envelope=about,
            payload=payload,
        )
        return self.recorder.append(entry)
