"""Where entries go."""

from typing import TYPE_CHECKING, Protocol

from firedoor.model.entry import Entry
from firedoor.model.ids import SessionId

if TYPE_CHECKING:
    import asyncio


class Recorder(Protocol):
    """An append-only, encrypted, durable record."""

    @property
    def control(self) -> SessionId:
        """The session of this process for what belongs to no other."""
        ...

    def put(self, entry: Entry) -> int:
        """Seal the entry and queue it; return its sequence number within its session.

        It becomes durable no later than any entry queued after it. An `OPEN` entry makes its
        session's key, which is durable before the frame is.

        Raises:
            RecordError: nothing can be recorded now (writer poisoned, disk full, queue full).
        """
        ...

    def append(self, entry: Entry) -> "asyncio.Future[int]":
        """Like `put`, and durable on disk when the awaited sequence number arrives.

        It is not to be cancelled: a task that is cancelled while it waits learns of that when the entry is
        durable, or has failed, and finds the number in the future.

        Raises:
            RecordError: it was not durable within two seconds; of a long entry, or one behind it: for two
                seconds nothing was, or it took a minute.
        """
        ...

    def forget(self, session: SessionId) -> None:
        """Drop the key of a session after its `CLOSE` entry was put. It cannot be resumed."""
        ...
