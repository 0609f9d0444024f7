"""Asks an upstream for a whole list of what it defines, in the session of whoever needs to know.

Recorded like all traffic. What it is told reaches no client.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count

import msgspec

from firedoor.core.forward.answer import Says, understand
from firedoor.core.forward.definitions import LIST_OF, MOST, listed_in
from firedoor.core.forward.forwarding import forwarding, legacy_headers, modern_headers
from firedoor.engine.eras import own_request
from firedoor.model.definition import Definition, DefinitionKind, Unpinned
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.era import Era
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import Forwarding
from firedoor.model.json import JsonObject
from firedoor.model.message import Message, MessageKind
from firedoor.model.session import Session
from firedoor.ports.recorder import Recorder
from firedoor.ports.upstreams import Upstreams

WAIT_S = 15.0
"""For a whole list. A call waits for it."""
PAGES = 100
"""An upstream whose list never ends is believed this far."""
EVENTS = 100
"""Messages before the response to one request."""
_GONE = 404
_UNKNOWN_METHOD = -32601

Whole = tuple[Definition, ...] | str | None
"""What is listed; why nobody can tell; or None: the upstream has forgotten the session."""


@dataclass(slots=True, kw_only=True)
class Listing:
    """The gateway's own questions."""

    recorder: Recorder
    upstreams: Upstreams
    now_us: Callable[[], int]
    wait_s: float = WAIT_S
    _numbers: "count[int]" = field(default_factory=count)

    async def whole(
        self, session: Session, version: str | None, kind: DefinitionKind, unpinned: tuple[Unpinned, ...]
    ) -> Whole:
        """Every page. An upstream that knows no such list lists nothing."""
        try:
            async with asyncio.timeout(self.wait_s):
                return await self._pages(session, version, kind, unpinned)
        except TimeoutError:
            return "its upstream did not list it in time"
        except UpstreamError as fault:
            return f"its upstream could not be asked ({fault.code})"

    async def _pages(
        self, session: Session, version: str | None, kind: DefinitionKind, unpinned: tuple[Unpinned, ...]
    ) -> Whole:
        found: list[Definition] = []
        cursor: str | None = None
        for _ in range(PAGES):
            payload = await self._page(session, version, kind, cursor)
            if payload is None:
                return None
            listed = await asyncio.to_thread(listed_in, payload, kind, unpinned)
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

    async def _page(
        self, session: Session, version: str | None, kind: DefinitionKind, cursor: str | None
    ) -> bytes | None:
        sent = self._request(session, version, kind, cursor)
        about: JsonObject = {"upstream": session.upstream, "for": session.id}
        await self._record({"what": "definitions_asked", **about}, sent.body)
        answer = await self.upstreams.send(sent)
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

    def _request(
        self, session: Session, version: str | None, kind: DefinitionKind, cursor: str | None
    ) -> Forwarding:
        method, identifier = LIST_OF[kind], f"firedoor-list-{next(self._numbers)}"
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
