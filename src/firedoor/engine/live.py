"""The sessions that are alive, and who may still use them. In memory: a restart ends them all.

Never writes to the record itself; that is `engine.carry_out`'s.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from firedoor.model.entry import Entry
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId, SessionId
from firedoor.model.session import Session

IDLE_US = 15 * 60 * 1_000_000
"""A stretch of activity ends after this much silence (docs/decisions: accountability)."""
HARD_END_US = 12 * 3600 * 1_000_000
"""And at the latest after this."""
ENDED = 1024
"""Requests of one session that a lock has ended and that are remembered. More are not under way at once."""


@dataclass(slots=True, kw_only=True)
class Live:
    """A session and what changes while it lives."""

    session: Session
    last_at_us: int
    peer: str = ""
    """Network address of the client that opened it."""
    client: str = ""
    """What the client calls itself: a hint at how long it waits, and nothing else."""
    exchanges: int = 0
    """Under way now, open streams included."""
    calls: int = 0
    denied: int = 0
    """Calls that were not executed."""
    unopened: Entry | None = None
    """Its first entry, while that could not be recorded: nothing of the session is in the record."""
    expected: dict[str | int, str] = field(default_factory=dict[str | int, str])
    """The upstream's requests that were delivered and not yet answered: by id, the tool whose call asked."""

    ended: OrderedDict[str | int, None] = field(default_factory=OrderedDict[str | int, None])
    """Requests that a lock has ended: by id, the newest last."""

    def end(self, request: str | int) -> None:
        """A request has the last word for its answer: no stream with which its client resumes has another."""
        self.ended[request] = None
        if len(self.ended) > ENDED:
            self.ended.popitem(last=False)

    def has_ended(self, request: str | int) -> bool:
        """Whether a request has had the last word."""
        return request in self.ended

    def take_expected(self, identifier: str | int) -> str | None:
        """The tool for whose call a response with this id is expected, or ""; it is no longer, then."""
        return self.expected.pop(identifier, None)

    def bind(self, upstream_mcp_session: str) -> None:
        """Remember the upstream's own session id."""
        self.session = replace(self.session, upstream_mcp_session=upstream_mcp_session)


class LiveSessions:
    """All of them, by id, by `Mcp-Session-Id`, and by grant and upstream in the modern era."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[SessionId, Live] = OrderedDict()
        self._by_mcp_session: dict[str, Live] = {}
        self._by_activity: dict[tuple[GrantId, str], Live] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Live]:
        return iter(list(self._by_id.values()))

    def add(self, session: Session, peer: str = "", client: str = "") -> Live:
        """Add a new session. `peer` is the network address of its client, `client` what that calls itself."""
        live = Live(session=session, last_at_us=session.opened_at_us, peer=peer, client=client)
        self._by_id[session.id] = live
        if session.mcp_session is not None:
            self._by_mcp_session[session.mcp_session] = live
        else:
            self._by_activity[session.grant.id, session.upstream] = live
        return live

    def get(self, session: SessionId) -> Live | None:
        """The session of this id."""
        return self._by_id.get(session)

    def whose(self, session: SessionId) -> tuple[GrantId, str] | None:
        """The grant and the upstream of a session."""
        live = self._by_id.get(session)
        return None if live is None else (live.session.grant.id, live.session.upstream)

    def of_client(self, mcp_session: str, grant: Grant, upstream: str) -> Live | None:
        """The session that a client names. Another grant's looks as if it did not exist."""
        live = self._by_mcp_session.get(mcp_session)
        if live is None or live.session.grant.id != grant.id or live.session.upstream != upstream:
            return None
        return live

    def of_activity(self, grant: Grant, upstream: str, now_us: int) -> Live | None:
        """The stretch of activity that a stateless message continues."""
        live = self._by_activity.get((grant.id, upstream))
        return None if live is None or _is_over(live, now_us) else live

    def remove(self, session: SessionId) -> Live | None:
        """Take a session out; None if it was out already."""
        live = self._by_id.pop(session, None)
        if live is None:
            return None
        if live.session.mcp_session is not None:
            self._by_mcp_session.pop(live.session.mcp_session, None)
        key = (live.session.grant.id, live.session.upstream)
        if self._by_activity.get(key) is live:
            del self._by_activity[key]
        return live

    def over(self, now_us: int) -> list[Session]:
        """The sessions whose time is up."""
        return [live.session for live in self._by_id.values() if _is_over(live, now_us)]


def _is_over(live: Live, now_us: int) -> bool:
    if now_us - live.session.opened_at_us > HARD_END_US:
        return True
    return live.exchanges == 0 and now_us - live.last_at_us > IDLE_US
