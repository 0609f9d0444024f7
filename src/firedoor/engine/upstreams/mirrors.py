"""Which arguments the tools of a child process want mirrored into headers: listed once, kept for a minute.

Recorded like all traffic. Only upstreams without headers of their own are asked.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from firedoor.core.accept.mirrored import Mirror, tools_of
from firedoor.core.accept.strict_json import parse
from firedoor.core.forward.forwarding import modern_headers
from firedoor.engine.doors.door import Door, Leaving
from firedoor.engine.upstreams.eras import first_of, own_request
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import Forwarding
from firedoor.model.json import Json, JsonObject
from firedoor.model.session import Session
from firedoor.ports.recorder import Recorder
from firedoor.ports.upstreams import Upstreams

KEPT_US = 60 * 1_000_000
PAGES = 100
"""An upstream whose list never ends is believed this far."""
DEPTH = 64

Tools = dict[str, tuple[Mirror, ...]]


@dataclass(slots=True, kw_only=True)
class Mirrors:
    """What is known, by upstream and principal."""

    recorder: Recorder
    upstreams: Upstreams
    now_us: Callable[[], int]
    _known: dict[tuple[str, str], tuple[Tools, int]] = field(
        default_factory=dict[tuple[str, str], tuple[Tools, int]]
    )

    async def of(self, session: Session, tool: str, door: Door) -> tuple[Mirror, ...]:
        """Return the mirrored arguments of a tool; none where the upstream does not list it.

        `door` is asked before each question: it lets nobody pass that a lock holds for.
        """
        key = (session.upstream, session.grant.principal.name)
        found = self._known.get(key)
        if found is None or self.now_us() - found[1] > KEPT_US:
            found = self._known[key] = (await self._list(session, door), self.now_us())
        return found[0].get(tool, ())

    async def _list(self, session: Session, door: Door) -> Tools:
        tools: Tools = {}
        cursor: Json = None
        for page in range(PAGES):
            result = await self._page(session, f"firedoor-tools-{page}", cursor, door)
            tools |= tools_of(result)
            cursor = result.get("nextCursor")
            if not isinstance(cursor, str):
                break
        return tools

    async def _page(self, session: Session, identifier: str, cursor: Json, door: Door) -> JsonObject:
        params: dict[str, object] = {} if cursor is None else {"cursor": cursor}
        message = own_request("tools/list", identifier, params)
        await self._record(session, "list", message.body)
        forwarding = Forwarding(
            upstream=session.upstream,
            session=session.id,
            principal=session.grant.principal.name,
            verb="POST",
            headers=modern_headers(message, accept="", name=None, mirrored=()),
            body=message.body,
            message=message,
        )
        payload = b""
        await door.passed()
        try:
            _, payload = await first_of(self.upstreams, forwarding, Leaving(door))
            told = parse(payload, DEPTH)
        except (UpstreamError, ValueError):
            told = None
        await self._record(session, "listed", payload)
        result = told.get("result") if isinstance(told, dict) else None
        return result if isinstance(result, dict) else {}

    def _record(self, session: Session, what: str, payload: bytes) -> Awaitable[int]:
        about: JsonObject = {"what": f"tools_{what}", "upstream": session.upstream}
        entry = Entry(
            kind=EntryKind.CONTROL,
            session=self.recorder.control,
            at_us=self.now_us(),
            envelope=about,
            payload=payload,
        )
        return self.recorder.append(entry)
