"""Event streams, decoded as they arrive (WHATWG HTML, section 9.2.6).

Lines end with CR, LF or CRLF, wherever the chunks of the network cut them. It never looks into the data
of an event, and it never keeps more than one event.
"""

from dataclasses import dataclass

from firedoor.model.errors import UpstreamError

EVENT_LIMIT = 16 * 1024 * 1024
"""Bytes of one event. An endless line or an endless event would fill the memory."""

_BOM = b"\xef\xbb\xbf"
_LINE_COST = 16
"""What each line of data counts beside its bytes: a million empty ones are not free."""
_RETRY_DIGITS = 9
"""Eleven days in milliseconds. More is not a delay."""


@dataclass(frozen=True, slots=True)
class SseEvent:
    """One event. `id` and `retry_ms` are None where the event itself did not say them."""

    data: bytes
    name: str = "message"
    id: str | None = None
    retry_ms: int | None = None


class SseDecoder:
    """Turns chunks into events."""

    __slots__ = (
        "_data", "_event_id", "_is_first", "_limit", "_name", "_partial", "_partial_size", "_retry", "_size",
        "_skips_lf",
    )  # fmt: skip

    def __init__(self, limit: int = EVENT_LIMIT) -> None:
        self._limit = limit
        self._partial: list[bytes] = []
        self._partial_size = 0
        self._is_first = True
        self._skips_lf = False
        self._begin_event()

    def _begin_event(self) -> None:
        self._data: list[bytes] | None = None
        self._name = "message"
        self._event_id: str | None = None
        self._retry: int | None = None
        self._size = 0

    def feed(self, chunk: bytes) -> list[SseEvent]:
        """Take a chunk; return the events that it completes.

        Raises:
            UpstreamError: an event is larger than the limit, or its id is not UTF-8.
        """
        chunk = self._without_cut_line_end(chunk)
        if b"\n" not in chunk and b"\r" not in chunk:
            self._keep(chunk)
            return []
        if self._partial:
            # Joined only here: a long line costs its length once, not once per chunk.
            self._partial.append(chunk)
            chunk = b"".join(self._partial)
            self._partial.clear()
            self._partial_size = 0
        if self._is_first:
            self._is_first = False
            chunk = chunk.removeprefix(_BOM)
        lines = chunk.splitlines()
        self._skips_lf = chunk.endswith(b"\r")
        rest = b"" if chunk.endswith((b"\r", b"\n")) else lines.pop()
        events = self._events(lines)
        self._keep(rest)
        return events

    def _without_cut_line_end(self, chunk: bytes) -> bytes:
        """Drop the LF of a CRLF that was cut in two: its line has ended already."""
        if self._skips_lf and chunk:
            self._skips_lf = False
            return chunk.removeprefix(b"\n")
        return chunk

    def _keep(self, partial: bytes) -> None:
        if partial:
            self._partial.append(partial)
            self._partial_size += len(partial)
            self._check_size()

    def _check_size(self) -> None:
        if self._size + self._partial_size > self._limit:
            raise UpstreamError("upstream_too_large", f"an event is larger than {self._limit} bytes")

    def _events(self, lines: list[bytes]) -> list[SseEvent]:
        events: list[SseEvent] = []
        for line in lines:
            if line:
                self._field(line)
                continue
            event = self._dispatch()
            if event is not None:
                events.append(event)
        return events

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data = self._data or []
            self._data.append(value)
            self._size += len(value) + _LINE_COST
            self._check_size()
        elif name == b"id" and b"\0" not in value:
            self._event_id = _text(value)
        elif name == b"event":
            self._name = _text(value) or "message"
        elif name == b"retry" and value.isdigit() and len(value) <= _RETRY_DIGITS:
            self._retry = int(value)

    def _dispatch(self) -> SseEvent | None:
        """End the event. A browser drops one without data; MCP primes streams with an id alone."""
        says_nothing = self._data is None and self._event_id is None and self._retry is None
        event = (
            None
            if says_nothing
            else SseEvent(b"\n".join(self._data or ()), self._name, self._event_id, self._retry)
        )
        self._begin_event()
        return event


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise UpstreamError("upstream_protocol", "an event stream is not UTF-8") from None
