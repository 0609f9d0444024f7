"""The channels of legacy sessions: one for each, opened by `initialize` and by nothing else.

A session whose channel died is over. A new channel would have lost its state unnoticed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from firedoor.edges.outbound.channel import ANSWER_S, Flow, Line, StatusAnswer
from firedoor.edges.outbound.duplex import Duplex
from firedoor.model.errors import IntegrityError, UpstreamError
from firedoor.model.forwarding import Forwarding
from firedoor.model.ids import SessionId
from firedoor.model.message import MessageKind
from firedoor.ports.upstreams import Answer, Passage

CHANNELS = 256
"""Sessions of one upstream at a time: each may be a process."""

Gone = Callable[[UpstreamError], None]


@dataclass(frozen=True, slots=True)
class Dialled:
    """What a channel is opened for."""

    forwarding: Forwarding
    passage: Passage | None


Dial = Callable[[Dialled, Duplex, Flow, Gone], Awaitable[Line]]
"""Opens what carries a channel. The last argument is to be called when it breaks."""


@dataclass(frozen=True, slots=True, eq=False)
class _Channel:
    duplex: Duplex
    line: Line


class SessionChannels:
    """All sessions of one upstream."""

    def __init__(self, dial: Dial, answer_s: float = ANSWER_S) -> None:
        self._dial = dial
        self._answer_s = answer_s
        self._channels: dict[SessionId, _Channel] = {}
        self._opening: set[SessionId] = set()
        self._endings: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def has(self, session: SessionId) -> bool:
        """Whether the session has a channel."""
        return session in self._channels

    async def send(self, forwarding: Forwarding, passage: Passage | None = None) -> Answer:
        """Send one message of a session.

        Raises:
            UpstreamError: the channel cannot be opened, is gone, or does not answer.
            IntegrityError: who may pass cannot be told.
        """
        kind, session = forwarding.message.kind, forwarding.session
        if kind is MessageKind.END:
            return self._hang_up(session)
        channel = self._channels.get(session)
        if channel is None:
            if kind is not MessageKind.REQUEST or forwarding.message.method != "initialize":
                raise UpstreamError("upstream_session_gone", "the upstream has ended the session")
            channel = await self._open(Dialled(forwarding, passage))
        if kind is MessageKind.LISTEN:
            return channel.duplex.listen()
        if kind is not MessageKind.REQUEST:
            return await self._tell(channel, forwarding, passage)
        answer = channel.duplex.expect(forwarding.body)
        try:
            await channel.line.write(forwarding.body, passage)
        except (UpstreamError, IntegrityError):
            channel.duplex.forget(answer)
            raise
        except asyncio.CancelledError:
            answer.abandon()
            raise
        return await answer.started(self._answer_s)

    async def _tell(self, channel: _Channel, forwarding: Forwarding, passage: Passage | None) -> Answer:
        await channel.line.write(forwarding.body, passage)
        if forwarding.message.method == "notifications/cancelled":
            channel.duplex.cancel(forwarding.body)
        return StatusAnswer(202)

    async def _open(self, call: Dialled) -> _Channel:
        session = call.forwarding.session
        if self._is_closed:
            raise UpstreamError("upstream_gone", "the gateway is stopping")
        if session in self._opening or len(self._channels) + len(self._opening) >= CHANNELS:
            raise UpstreamError("upstream_unavailable", "the upstream has no room for another session")
        self._opening.add(session)
        flow = Flow()
        duplex = Duplex(flow)

        def gone(error: UpstreamError) -> None:
            channel = self._channels.get(session)
            if channel is not None and channel.duplex is duplex:
                del self._channels[session]
            duplex.fail(error)

        try:
            line = await self._dial(call, duplex, flow, gone)
        finally:
            self._opening.discard(session)
        if duplex.error is not None:
            raise duplex.error  # It broke while it was opened.
        channel = self._channels[session] = _Channel(duplex, line)
        return channel

    def _hang_up(self, session: SessionId) -> Answer:
        channel = self._channels.pop(session, None)
        if channel is None:
            return StatusAnswer(404)
        ending = asyncio.get_running_loop().create_task(self._end(channel))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        return StatusAnswer(200)

    async def _end(self, channel: _Channel) -> None:
        channel.duplex.fail(UpstreamError("upstream_gone", "the session has ended"))
        await channel.line.end()

    def stop(self, session: SessionId) -> None:
        """Begin to end what carries the session's channel, and wake nobody who waits for a message of it."""
        channel = self._channels.get(session)
        if channel is not None:
            channel.line.stop()

    async def end(self, session: SessionId) -> None:
        """Close the session's channel, and wait until it is closed."""
        channel = self._channels.pop(session, None)
        if channel is not None:
            await self._end(channel)

    async def close(self) -> None:
        """Close all channels."""
        self._is_closed = True
        for session in tuple(self._channels):
            self._hang_up(session)
        await asyncio.gather(*self._endings)
