"""The connections to one origin with one set of credentials.

A connection serves one principal for life: whatever an upstream ties to a connection stays with that
principal. No timer is made per request; one sweep a second ends what is overdue.
"""

import asyncio
import contextlib
import ssl
from dataclasses import dataclass

from firedoor.edges.outbound.connection import Connection
from firedoor.edges.outbound.endpoint import Origin
from firedoor.model.errors import UpstreamError
from firedoor.ports.upstreams import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """How long and how much an upstream may take. Seconds and bytes."""

    connect_s: float = 10.0
    answer_s: float = 300.0
    """Until an answer begins, and until one that is not a stream is complete."""
    idle_s: float = 4.0
    """Less than the 5 s after which Node and uvicorn close: a request must not meet a closing connection."""
    answer_bytes: int = 16 * 1024 * 1024
    """Of one message. A larger one could not be inspected as a whole."""


class Pool:
    """Opens, keeps and closes connections."""

    def __init__(self, origin: Origin, limits: HttpLimits, tls: ssl.SSLContext | None) -> None:
        self.limits = limits
        self._origin = origin
        self._tls = tls
        self._idle: dict[str, list[Connection]] = {}
        self._all: set[Connection] = set()
        self._is_closed = False
        self._sweeping: asyncio.TimerHandle | None = None
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    def take(self, principal: str) -> Connection | None:
        """Return an idle connection of this principal that the peer has not closed, or None."""
        idle = self._idle.get(principal)
        while idle:
            connection = idle.pop()
            if connection.is_fresh():
                connection.deadline = self.deadline()
                return connection
            connection.abort()
        return None

    def deadline(self) -> float:
        """When a request that begins now has taken too long."""
        return asyncio.get_running_loop().time() + self.limits.answer_s

    async def open(self, principal: str) -> Connection:
        """Return a new connection.

        Raises:
            UpstreamError: nobody answers there, or not as whom they should be.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.limits.connect_s):
                _, connection = await loop.create_connection(
                    lambda: Connection(self, principal),
                    self._origin.host,
                    self._origin.port,
                    ssl=self._tls,
                )
        except TimeoutError:
            raise UpstreamError("upstream_timeout", f"{self._origin.authority} did not accept") from None
        except ssl.SSLError as error:
            reason = error.reason or "the handshake failed"
            raise UpstreamError("upstream_unavailable", f"{self._origin.authority}: TLS: {reason}") from error
        except OSError as error:
            reason = error.strerror or "no connection"
            raise UpstreamError("upstream_unavailable", f"{self._origin.authority}: {reason}") from error
        if self._is_closed:
            connection.abort()
            raise UpstreamError("upstream_gone", "the gateway is stopping")
        connection.deadline = self.deadline()
        self._all.add(connection)
        self._is_empty.clear()
        if self._sweeping is None:
            self._sweep()
        return connection

    async def ready(self, principal: str, passage: Passage | None, *, is_own: bool = False) -> Connection:
        """Return a connection on which a message may leave now, and may not later: write it at once.

        `is_own`: it stays with whoever asks, and never was another's.

        Raises:
            UpstreamError: as `open`.
            IntegrityError: who may pass cannot be told.
        """
        while True:
            connection = None if is_own else self.take(principal)
            connection = connection or await self.open(principal)
            is_open = False
            try:
                is_open = passage is None or passage.is_open()
            finally:
                if not is_open:
                    self.freed(connection)
            if passage is None or is_open:
                return connection
            await passage.passed()

    def freed(self, connection: Connection) -> None:
        """Keep it for the next request of its principal."""
        connection.deadline = asyncio.get_running_loop().time() + self.limits.idle_s
        self._idle.setdefault(connection.principal, []).append(connection)

    def lost(self, connection: Connection) -> None:
        """Forget it."""
        self._all.discard(connection)
        if not self._all:
            self._is_empty.set()
        idle = self._idle.get(connection.principal)
        if idle is None:
            return
        with contextlib.suppress(ValueError):
            idle.remove(connection)
        if not idle:
            del self._idle[connection.principal]

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for connection in tuple(self._all):
            if connection.deadline <= now:
                connection.abort(UpstreamError("upstream_timeout", "the upstream took too long to answer"))
        every = min(1.0, self.limits.answer_s, self.limits.idle_s)
        self._sweeping = loop.call_later(every, self._sweep) if self._all else None

    async def close(self) -> None:
        """Close everything. Whoever still waits gets an error."""
        self._is_closed = True
        for connection in tuple(self._all):
            connection.abort(UpstreamError("upstream_gone", "the gateway is stopping"))
        if self._sweeping is not None:
            self._sweeping.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._is_empty.wait()
