"""Joins messages to sessions, opens and closes them. Every opening and closing is recorded."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from firedoor.core.accept.revisions import META_CLIENT
from firedoor.core.commands import JoinSession
from firedoor.core.record.entries import InForce, open_entry
from firedoor.engine.doors.door import Door
from firedoor.engine.live import Live, LiveSessions
from firedoor.engine.unrecorded import FAILING
from firedoor.engine.upstreams.eras import Eras
from firedoor.engine.upstreams.mirrors import Mirrors
from firedoor.model.arrival import Arrival
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.era import Era
from firedoor.model.errors import RecordError, UpstreamError
from firedoor.model.ids import SessionId
from firedoor.model.json import Json
from firedoor.model.message import Message
from firedoor.model.reply import Refusal
from firedoor.model.session import Session
from firedoor.ports.recorder import Recorder
from firedoor.ports.upstreams import Upstreams

log = logging.getLogger("firedoor.engine")

_MODERN = Era.MODERN
"""By a name of its own: a member of an enumeration is looked up in six steps, each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """Where new ids and the time come from."""

    now_us: Callable[[], int]
    session: Callable[[int], SessionId]
    """A UUIDv7 for this instant in unix microseconds."""
    secret: Callable[[], str]
    """At least 128 random bits in visible ASCII."""


InForceNow = Callable[[JoinSession], Awaitable[InForce]]
"""What holds for a session that would begin now."""


@dataclass(slots=True, kw_only=True)
class Sessions:
    """The sessions of this process."""

    recorder: Recorder
    upstreams: Upstreams
    eras: Eras
    fresh: Fresh
    best_effort: frozenset[str] = frozenset()
    """Upstreams whose reads go on where they cannot be recorded."""
    mirrors: Mirrors = field(init=False)
    live: LiveSessions = field(default_factory=LiveSessions)

    def __post_init__(self) -> None:
        """Ask upstreams over the same ports."""
        self.mirrors = Mirrors(recorder=self.recorder, upstreams=self.upstreams, now_us=self.fresh.now_us)

    async def join(
        self, command: JoinSession, arrival: Arrival, in_force: InForceNow, door: Door
    ) -> Session | Refusal:
        """Return the session of a message, opening one where the message begins one.

        `in_force` is asked if one begins, `door` before an upstream hears of it.
        """
        message, now_us = command.message, self.fresh.now_us()
        if message.era is _MODERN:
            refusal = await self._refusal_of_era(command.head.upstream, message, door)
            if refusal is not None:
                return refusal
            live = self.live.of_activity(command.grant, command.head.upstream, now_us)
            if live is None:
                return await self._begin_activity(command, arrival, in_force, now_us)
        elif message.method == "initialize":
            return self._open(command, self.fresh.secret(), arrival, await in_force(command))
        else:
            if command.head.mcp_session is None:
                return _refusal(400, "no_session", "Send initialize first, then Mcp-Session-Id.", message)
            live = self.live.of_client(command.head.mcp_session, command.grant, command.head.upstream)
            if live is None:
                return _refusal(404, "unknown_session", "Session not found", message)
        return self._joined(live, now_us)

    async def _begin_activity(
        self, command: JoinSession, arrival: Arrival, in_force: InForceNow, now_us: int
    ) -> Session:
        held = await in_force(command)
        # Another message of the same activity may have begun it meanwhile.
        live = self.live.of_activity(command.grant, command.head.upstream, now_us)
        return self._open(command, None, arrival, held) if live is None else self._joined(live, now_us)

    def _joined(self, live: Live, now_us: int) -> Session:
        if live.unopened is not None:
            self._open_late(live, live.unopened)
        live.last_at_us = now_us
        return live.session

    async def _refusal_of_era(self, upstream: str, message: Message, door: Door) -> Refusal | None:
        is_modern = self.eras.known(upstream)
        if is_modern is None:
            try:
                is_modern = await self.eras.is_modern(upstream, door)
            except UpstreamError as error:
                return Refusal(status=200, code=-32603, reason=error.code, text=error.message, id=message.id)
        if is_modern:
            return None
        # This code and status make every client that probes fall back to `initialize`.
        return _refusal(400, "legacy_upstream", "This upstream needs initialize first.", message)

    def _open(
        self, command: JoinSession, mcp_session: str | None, arrival: Arrival, in_force: InForce
    ) -> Session:
        # Not the time by now: the upstream may have been asked for its era in between.
        session = Session(
            id=self.fresh.session(arrival.at_us),
            grant=command.grant,
            upstream=command.head.upstream,
            era=command.message.era,
            mcp_session=mcp_session,
            opened_at_us=arrival.at_us,
        )
        client = _client(command.message)
        opening = open_entry(session, client, arrival.peer, in_force)
        unopened = self._unopened(opening, session.upstream)
        name = client.get("name") if isinstance(client, dict) else None
        live = self.live.add(session, arrival.peer, name if isinstance(name, str) else "")
        live.unopened = unopened
        return session

    def _unopened(self, opening: Entry, upstream: str) -> Entry | None:
        """Record that a session begins; the entry, where that cannot be and it may begin all the same."""
        try:
            self.recorder.put(opening)
        except RecordError as fault:
            if upstream not in self.best_effort or fault.code not in FAILING:
                raise
            return opening
        return None

    def _open_late(self, live: Live, opening: Entry) -> None:
        """The record may be well again. Nothing was recorded of the session so far, and that is said."""
        said = {**opening.envelope, "unrecorded_before": True}
        live.unopened = self._unopened(replace(opening, envelope=said), live.session.upstream)

    async def close(self, session: SessionId, reason: str) -> None:
        """End a session: record it, drop its key, close its channel. Ending it again does nothing."""
        live = self.live.remove(session)
        if live is None:
            return
        try:
            if live.unopened is None:
                self._record_close(live, reason)
        finally:
            # A record that takes no entry keeps no process alive.
            await self.upstreams.end(live.session.upstream, session)

    async def close_over(self) -> None:
        """End the sessions whose time is up."""
        for session in self.live.over(self.fresh.now_us()):
            try:
                await self.close(session.id, "idle")
            except RecordError as fault:  # the next start names what was left open
                log.warning("the end of session %s is not recorded: %s", session.id, fault.code)

    def _record_close(self, live: Live, reason: str) -> None:
        self.recorder.put(
            Entry(
                kind=EntryKind.CLOSE,
                session=live.session.id,
                at_us=self.fresh.now_us(),
                envelope={"reason": reason, "calls": live.calls},
            )
        )
        self.recorder.forget(live.session.id)


def _client(message: Message) -> Json:
    """What the client says of itself: shown, never trusted."""
    if message.era is Era.LEGACY:
        claimed = message.params.get("clientInfo")
    else:
        meta = message.params.get("_meta")
        claimed = meta.get(META_CLIENT) if isinstance(meta, dict) else None
    if not isinstance(claimed, dict):
        return None
    return {name: str(claimed[name])[:128] for name in ("name", "version") if name in claimed}


def _refusal(status: int, reason: str, text: str, message: Message) -> Refusal:
    return Refusal(status=status, code=-32600, reason=reason, text=text, id=message.id)
