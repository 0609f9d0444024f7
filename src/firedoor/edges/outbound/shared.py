"""The requests of one principal on one channel, in the modern era.

Several clients of a principal share a child process, and each counts its ids from the same numbers. So ids
and progress tokens are replaced by numbers of the channel on the way out, and put back, as written, on the
way in. Nothing else of a message is changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import msgspec

from firedoor.edges.outbound.channel import ChannelAnswer, Flow
from firedoor.edges.outbound.envelope import (
    LOG_LEVEL,
    PROGRESS_TOKEN,
    REQUEST_TOKEN,
    RESULT_SUBSCRIPTION,
    SUBSCRIPTION,
    envelope,
    key_at,
    member,
    replaced,
)
from firedoor.model.errors import UpstreamError


@dataclass(frozen=True, slots=True)
class _Request:
    answer: ChannelAnswer
    id: msgspec.Raw
    token: msgspec.Raw | None
    wants_log: bool


class SharedDuplex:
    """Routes what a shared upstream says."""

    def __init__(self, flow: Flow, write: Callable[[bytes], None]) -> None:
        """`write` sends a cancellation; it must not wait."""
        self._flow = flow
        self._write = write
        self._numbers = count(1)
        self._waiting: dict[int, _Request] = {}
        self._number_of: dict[ChannelAnswer, int] = {}
        """Of each that waits: a lock lets go of thousands at once."""
        self.dropped = 0
        """Messages that belonged to no request."""

    @property
    def is_idle(self) -> bool:
        """Whether no request waits."""
        return not self._waiting

    def expect(self, request: bytes) -> tuple[ChannelAnswer, bytes]:
        """Return the answer to wait for, and the request as it is to be written.

        Raises:
            UpstreamError: it has no id.
        """
        original = member(request, ("id",))
        if original is None:
            raise UpstreamError("upstream_protocol", "a request without an id cannot be answered")
        number = next(self._numbers)
        answer = ChannelAnswer(self._flow, self._abandoned)
        token = member(request, REQUEST_TOKEN)
        wants_log = member(request, LOG_LEVEL) is not None
        self._waiting[number] = _Request(answer, msgspec.Raw(bytes(original)), _copy(token), wants_log)
        self._number_of[answer] = number
        written = replaced(request, ("id",), _raw(number))
        return answer, written if token is None else replaced(written, REQUEST_TOKEN, _raw(number))

    def forget(self, answer: ChannelAnswer) -> int | None:
        """Expect nothing any more; return the number that the request had."""
        number = self._number_of.pop(answer, None)
        if number is not None:
            del self._waiting[number]
        return number

    def receive(self, message: bytes) -> bool:
        """Route one message from the upstream. False if it is none."""
        read = envelope(message)
        if read is None or (read.method is None and read.id is None and b'"error"' not in message):
            return False
        is_notification = read.method is not None and read.id is None
        if read.method is None and isinstance(read.id, int):
            self._respond(read.id, message)
        elif read.method is None and read.id is None and len(self._waiting) == 1:
            error = UpstreamError("upstream_protocol", "the upstream could not read the request")
            self.fail(error)
        elif not is_notification or not self._notify(read.method or "", message):
            self.dropped += 1  # The modern era has no requests from upstreams.
        return True

    def fail(self, error: UpstreamError) -> None:
        """End everything that waits: the channel is dead."""
        waiting = [request.answer for request in self._waiting.values()]
        self._waiting.clear()
        self._number_of.clear()
        for answer in waiting:
            answer.fail(error)

    def _respond(self, number: int, message: bytes) -> None:
        request = self._waiting.pop(number, None)
        if request is None:
            self.dropped += 1
            return
        self._number_of.pop(request.answer, None)
        restored = replaced(message, ("id",), request.id)
        if key_at(restored, RESULT_SUBSCRIPTION) == number:
            restored = replaced(restored, RESULT_SUBSCRIPTION, request.id)
        request.answer.put(restored, is_last=True)

    def _notify(self, method: str, message: bytes) -> bool:
        """Pass on a notification that belongs to a request, with what the client calls it."""
        request = self._named(message, SUBSCRIPTION)
        if request is not None:
            request.answer.put(replaced(message, SUBSCRIPTION, request.id), is_last=False)
            return True
        if method == "notifications/progress":
            request = self._named(message, PROGRESS_TOKEN)
            if request is None or request.token is None:
                return False
            request.answer.put(replaced(message, PROGRESS_TOKEN, request.token), is_last=False)
            return True
        if method != "notifications/message":
            return False
        # Log messages name no request; only one that asked for them may have them.
        asked = next((r for r in reversed(self._waiting.values()) if r.wants_log), None)
        if asked is None:
            return False
        asked.answer.put(message, is_last=False)
        return True

    def _named(self, message: bytes, where: tuple[str, ...]) -> _Request | None:
        key = key_at(message, where)
        return self._waiting.get(key) if isinstance(key, int) else None

    def _abandoned(self, answer: ChannelAnswer) -> None:
        number = self.forget(answer)
        if number is not None:
            self._write(
                b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":%d}}' % number
            )


def _raw(number: int) -> msgspec.Raw:
    return msgspec.Raw(b"%d" % number)


def _copy(value: msgspec.Raw | None) -> msgspec.Raw | None:
    """A Raw is a view: kept, it would keep the whole request."""
    return None if value is None else msgspec.Raw(bytes(value))
