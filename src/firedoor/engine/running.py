"""One exchange under way: what the engine must know to answer, record and end it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from firedoor.core.commands import Command, Ending, Notice, Path
from firedoor.core.decide.lock_index import LockIndex
from firedoor.engine.live import Live
from firedoor.engine.turn import Turn
from firedoor.model.arrival import Arrival
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import FiredoorError
from firedoor.model.lock import Lock, Whom
from firedoor.model.message import Message, MessageKind
from firedoor.ports.client import Client
from firedoor.ports.upstreams import Answer as UpstreamAnswer

# By a name of their own: a member of an enumeration is looked up in six steps, each time.
_INTENT, _APPROVAL = EntryKind.INTENT, EntryKind.APPROVAL
_EVENT, _OUTCOME = EntryKind.EVENT, EntryKind.OUTCOME


def _none() -> set[str | int]:
    return set()


@dataclass(slots=True, kw_only=True)
class Running:
    """One exchange under way."""

    arrival: Arrival
    client: Client
    task: asyncio.Task[Any] | None
    path: Path
    """What is asked next; of an end that was taken, what is left of that."""
    message: Message | None = None
    live: Live | None = None
    answer: UpstreamAnswer | None = None
    intent: int | None = None
    """Sequence number of its intent, once that is durable."""
    is_recorded: bool = False
    """How it ended is durable."""
    late: int | None = None
    """Sequence number of an entry that became durable while the exchange was being cancelled."""
    is_spared: bool = False
    """It only reads, and may go on where it cannot be recorded."""
    is_unrecorded: bool = False
    """Its intent could not be recorded, and it went on: nothing more of it is."""
    has_begun: bool = False
    """Something was sent to the client."""
    is_streaming: bool = False
    is_cancelled: bool = False
    turn: Turn = field(default_factory=Turn)
    is_waiting: bool = False
    """Its upstream has the turn: nothing moves until it speaks."""
    is_withdrawn: bool = False
    """Its client has cancelled it in so many words."""
    is_redeemed: bool = False
    """It was held, and that it uses its approval is durable."""
    is_sent: bool = False
    """The upstream may have it."""
    is_cut: bool = False
    """Its recorded answer was withheld: it got the last word in its place."""
    asked: Command[Any] | None = None
    """What its path asked last, until that may have reached the client."""
    # A factory like `dict[int, float]` tries to note itself on what it makes: ten times the cost.
    asked_client: set[str | int] = field(default_factory=_none)
    """Ids of what its upstream asked its client."""
    whom: Whom | None = None
    """What a lock can name about it, once its message is known."""
    lock: Lock | None = None
    """Under which it was let in: one that leaves reading open."""
    summons: LockIndex | None = None
    """The locks that were in force when its turn to be ended, one of many, was first waited for."""
    ending: Ending | None = None
    """How it ends where it is cut short, once its message was sent."""
    is_taken: bool = False
    """Its end was taken out of its task's hands, which waits to be told."""
    is_said: bool = False
    """Of an end that was taken: its client had the last word."""
    rest: Command[Any] | None = None
    """Of an end that was taken: what is left for its task to do."""
    failure: FiredoorError | None = None
    """Of an end that was taken: why it is not recorded."""
    notice: Notice | None = None
    """What the client is told of that; None where it left by itself."""

    def settle(self) -> None:
        """It gets no other answer than the last word; what its upstream asked its client needs none."""
        if self.live is not None:
            if self.message is not None and self.message.id is not None:
                self.live.end(self.message.id)
            for identifier in self.asked_client:
                self.live.take_expected(identifier)

    def note(self, entry: Entry, sequence: int) -> None:
        """Remember what is durable now."""
        if entry.kind is _INTENT:
            self.intent = sequence
        elif entry.kind is _APPROVAL:
            self.is_redeemed = True
        elif entry.kind is not _EVENT:
            self.is_recorded = True
        if self.live is not None and entry.kind is _OUTCOME:
            self.live.denied += entry.envelope.get("result") == "denied"

    @property
    def is_stream(self) -> bool:
        """Whether it is open for as long as the client likes, and not a call."""
        message = self.message
        if message is None:
            return False
        return message.kind is MessageKind.LISTEN or message.method == "subscriptions/listen"
