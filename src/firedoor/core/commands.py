"""What the path asks of the outside world. `Command[T]` is answered by a `T`.

Pure values. Who carries them out: `firedoor.engine`. Here stands what `core.exchange`, `core.relay` or
several scripts ask; what another script alone asks stands in that script.
"""

from collections.abc import Callable, Generator
from dataclasses import field
from typing import Any, Generic, TypeAlias, TypeVar

from firedoor.core.accept.head import Head
from firedoor.core.accept.mirrored import Mirror
from firedoor.core.forward.handles import Handle
from firedoor.model.approval import ApprovalId
from firedoor.model.entry import Entry
from firedoor.model.facts import SessionCounts
from firedoor.model.forwarding import AnswerHead, Forwarding
from firedoor.model.frozen import frozen
from firedoor.model.grant import Grant
from firedoor.model.ids import SessionId, TokenDigest
from firedoor.model.lock import Lock, Whom
from firedoor.model.message import Message
from firedoor.model.policy import Policy
from firedoor.model.reply import Refusal, Reply, StreamEvent
from firedoor.model.session import Session
from firedoor.model.sql import SqlFacts
from firedoor.model.verdict import Rate

T = TypeVar("T")


class Command(Generic[T]):
    """A question or an order. Its answer is a `T`."""

    __slots__ = ()


@frozen()
class FindGrant(Command[Grant | None]):
    """Look the token up in the store, now."""

    digest: TokenDigest


@frozen()
class FindLock(Command[Lock | None]):
    """Which lock holds for somebody now. From the message on, a lock that comes later ends the exchange."""

    whom: Whom
    message: Message | None = None


@frozen()
class AwaitLift(Command[Lock | None]):
    """Wait while somebody is suspended, as long as clients wait. The lock that holds then."""

    whom: Whom


@frozen()
class ReadBody(Command[bytes | None]):
    """Read the request's body. None: larger than the limit in bytes, or cut off."""

    limit: int


@frozen()
class JoinSession(Command[Session | Refusal]):
    """Find the session that this message belongs to, or open one (its entry is queued)."""

    grant: Grant
    head: Head
    message: Message


@frozen()
class FindMirrors(Command[tuple[Mirror, ...]]):
    """Which arguments this tool of the session's upstream wants mirrored into headers."""

    session: Session
    tool: str


@frozen()
class FindPolicy(Command[Policy]):
    """The policy in force now: what was applied before is never decided with again."""


@frozen()
class FindCounts(Command[SessionCounts]):
    """What a session has done so far, without this message."""


@frozen()
class UnderstandSql(Command[tuple[SqlFacts, ...]]):
    """What each of these texts would do, read in this dialect, within a deadline."""

    texts: tuple[str, ...]
    dialect: str


@frozen()
class TakeRates(Command[int]):
    """Count this call against limits, unless one of them is reached. Seconds to wait; 0: it was counted."""

    rates: tuple[Rate, ...]


@frozen()
class Put(Command[int]):
    """Queue an entry. Durable no later than the next appended one. The answer is its sequence number."""

    entry: Entry


@frozen()
class Append(Command[int]):
    """Write an entry. It is durable when the answer, its sequence number, arrives."""

    entry: Entry


@frozen()
class Failure:
    """The upstream failed: a value, since the path has an answer to it."""

    code: str
    text: str


@frozen()
class Send(Command[AnswerHead | Failure]):
    """Forward a message. The answer begins."""

    forwarding: Forwarding
    ending: "Ending" = field(compare=False)
    """How the call ends where it is cut short from here on."""


@frozen()
class CancelUpstream(Command[None]):
    """Tell the upstream that its answer is not wanted any more, if it was asked at all."""

    forwarding: Forwarding


@frozen()
class AnswerUpstream(Command[None]):
    """Send the gateway's own answer to a request of the upstream."""

    forwarding: Forwarding


@frozen()
class BindSession(Command[None]):
    """Remember the upstream's own session id."""

    session: SessionId
    upstream_mcp_session: str


@frozen()
class ExpectResponse(Command[None]):
    """The upstream's request with this id was delivered; one response to it will be taken."""

    session: SessionId
    id: str | int


@frozen()
class TakeExpected(Command[bool]):
    """Whether a response with this id is expected; it is no longer, then."""

    session: SessionId
    id: str | int


@frozen()
class KeepHandles(Command[None]):
    """These were given to the client of a session: it may come back with them."""

    session: Session
    handles: tuple[Handle, ...]


@frozen()
class FindForeign(Command[frozenset[Handle]]):
    """Which of these were never given to the client of this session."""

    session: Session
    handles: tuple[Handle, ...]


@frozen()
class CloseSession(Command[None]):
    """End a session: its close entry is written, its channel and its key are dropped."""

    session: SessionId
    reason: str


@frozen()
class CancelHeld(Command[bool]):
    """End the wait of the request with this id. False: none of this session waits under it."""

    session: SessionId
    id: str | int


@frozen()
class KeepAnswer(Command[None]):
    """Keep the answer of a redeemed call for the identical call, for a while."""

    approval: ApprovalId
    answer: bytes


@frozen()
class Answer(Command[bool]):
    """Answer the client whole. False: it is gone."""

    reply: Reply


@frozen()
class OpenStream(Command[bool]):
    """Begin the client's event stream. False: it is gone."""

    headers: tuple[tuple[str, str], ...]


@frozen()
class Deliver(Command[bool]):
    """Deliver one event on the open stream. False: the client is gone."""

    event: StreamEvent


@frozen()
class EndStream(Command[None]):
    """End the client's stream properly."""


@frozen()
class EndWith(Command[None]):
    """End the exchange with this: on its open stream, where there is one, else as its whole answer."""

    reply: Reply


@frozen()
class Notice:
    """What a client that is still there is told when its call is cut short."""

    code: int
    """Of the JSON-RPC error."""
    reason: str
    """Stable slug, for the record."""
    text: str


class Cancelled(Exception):
    """Thrown into a path at a command of its call. Never once the end of the call is in the record.

    Without a notice the client is gone.
    """

    def __init__(self, notice: Notice | None = None) -> None:
        """Keep what the client is told."""
        super().__init__()
        self.notice = notice


Path: TypeAlias = Generator[Command[Any], Any, None]
"""An exchange under way."""

Ending: TypeAlias = Callable[[Notice | None], Path]
"""What is left of an exchange that is cut short: without a notice, its client is gone."""


def ask(command: Command[T]) -> Generator[Command[T], T, T]:
    """Issue one command and return its answer, with its type."""
    return (yield command)
