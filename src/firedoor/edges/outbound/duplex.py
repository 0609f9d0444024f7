"""The messages of one legacy session on one channel, routed to the answers they belong to.

    response                            the request with its id
    progress                            the request with its token
    list_changed, resources/updated     the standing stream; else the newest request
    anything else from the upstream     the newest request; else the standing stream

What nobody listens for is kept, within bounds, until somebody does. The channel belongs to one session, so
ids and tokens are passed as they are. It never changes a message.
"""

from collections import deque

import msgspec

from firedoor.edges.outbound.channel import ChannelAnswer, Flow
from firedoor.edges.outbound.envelope import (
    PROGRESS_TOKEN,
    REQUEST_ID,
    REQUEST_TOKEN,
    Envelope,
    Key,
    envelope,
    key_at,
)
from firedoor.model.errors import UpstreamError

_CANCELLED = -32800
"""What the SDK's own server says over HTTP of a request that was cancelled."""
_KEPT_MESSAGES = 1000
_KEPT_BYTES = 16 * 1024 * 1024


class Duplex:
    """Routes what one session's upstream says."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._waiting: dict[Key, ChannelAnswer] = {}
        self._tokens: dict[Key, ChannelAnswer] = {}
        self._stream: ChannelAnswer | None = None
        self._kept: deque[bytes] = deque()
        self._kept_bytes = 0
        self._silenced: dict[Key, None] = {}
        """Tokens of requests that were cancelled: no progress of these is anybody's."""
        self.error: UpstreamError | None = None
        """Why the channel is dead, once it is."""
        self.dropped = 0
        """Messages that nobody listened for, or that answered nothing."""

    def expect(self, request: bytes) -> ChannelAnswer:
        """Wait for the answer to a request that is about to be written.

        Raises:
            UpstreamError: the channel is dead; or an unanswered request has the same id, and an answer
                could belong to either.
        """
        if self.error is not None:
            raise self.error
        key = key_at(request, ("id",))
        if key is None or key in self._waiting:
            raise UpstreamError("upstream_protocol", "a request with this id has not been answered yet")
        answer = ChannelAnswer(self._flow, self._abandoned)
        self._waiting[key] = answer
        token = key_at(request, REQUEST_TOKEN)
        if token is not None:
            self._tokens[token] = answer
            self._silenced.pop(token, None)
        return answer

    def forget(self, answer: ChannelAnswer) -> None:
        """Expect nothing after all: the request was not sent."""
        for key in [key for key, waiting in self._waiting.items() if waiting is answer]:
            self._answered(key)

    def cancel(self, notification: bytes) -> None:
        """Answer the request that the client has cancelled: the upstream need not, and most do not."""
        key = key_at(notification, REQUEST_ID)
        asked = None if key is None else self._waiting.get(key)
        self._silenced.update(dict.fromkeys(t for t, waiting in self._tokens.items() if waiting is asked))
        while len(self._silenced) > _KEPT_MESSAGES:
            del self._silenced[next(iter(self._silenced))]
        answer = None if key is None else self._answered(key)
        if answer is not None and not answer.is_abandoned:
            said = {"code": _CANCELLED, "message": "Request cancelled"}
            body = {"jsonrpc": "2.0", "id": key, "error": said}
            answer.put(msgspec.json.encode(body), is_last=True)

    def listen(self) -> ChannelAnswer:
        """Open the standing stream. An older one ends: its client has come back."""
        if self._stream is not None:
            self._stream.finish()
        self._stream = stream = ChannelAnswer(self._flow, self._abandoned)
        stream.begin()
        kept, self._kept, self._kept_bytes = self._kept, deque(), 0
        for message in kept:
            stream.put(message, is_last=False)
        return stream

    def receive(self, message: bytes) -> bool:
        """Route one message from the upstream. False if it is none."""
        read = envelope(message)
        if read is None or (read.method is None and read.id is None and b'"error"' not in message):
            return False
        if read.method is None:
            self._respond(read, message)
            return True
        if read.method == "notifications/progress" and key_at(message, PROGRESS_TOKEN) in self._silenced:
            self.dropped += 1
            return True
        answer = self._listener(read, message)
        if answer is None:
            self._keep(message)
        else:
            answer.put(message, is_last=False)
        return True

    def fail(self, error: UpstreamError) -> None:
        """End everything that waits: the channel is dead."""
        self.error = error
        waiting = [*self._waiting.values(), *([self._stream] if self._stream else [])]
        self._waiting.clear()
        self._tokens.clear()
        self._stream = None
        for answer in waiting:
            answer.fail(error)

    def _respond(self, read: Envelope, message: bytes) -> None:
        if read.id is None:
            # The upstream could not read a request, and cannot say which. If it is the only one, it is that.
            if len(self._waiting) == 1:
                ((key, answer),) = self._waiting.items()
                self._answered(key)
                answer.fail(UpstreamError("upstream_protocol", "the upstream could not read the request"))
            return
        answer = self._answered(read.id)
        if answer is None or answer.is_abandoned:
            self.dropped += 1
        else:
            answer.put(message, is_last=True)

    def _answered(self, key: Key) -> ChannelAnswer | None:
        answer = self._waiting.pop(key, None)
        for token in [token for token, waiting in self._tokens.items() if waiting is answer]:
            del self._tokens[token]
        return answer

    def _listener(self, read: Envelope, message: bytes) -> ChannelAnswer | None:
        method = read.method or ""
        if method == "notifications/progress":
            answer = self._tokens.get(key_at(message, PROGRESS_TOKEN) or "")
            if answer is not None and not answer.is_abandoned:
                return answer
        newest = next((a for a in reversed(self._waiting.values()) if not a.is_abandoned), None)
        if method.endswith("/list_changed") or method == "notifications/resources/updated":
            return self._stream or newest
        return newest or self._stream

    def _keep(self, message: bytes) -> None:
        self._kept.append(message)
        self._kept_bytes += len(message)
        while len(self._kept) > _KEPT_MESSAGES or self._kept_bytes > _KEPT_BYTES:
            self._kept_bytes -= len(self._kept.popleft())
            self.dropped += 1

    def _abandoned(self, answer: ChannelAnswer) -> None:
        """A legacy client that leaves has not cancelled: the id stays taken until it is answered."""
        if answer is self._stream:
            self._stream = None
