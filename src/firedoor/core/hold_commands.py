"""What the path asks about calls that wait for people. Pure values, as in `core.commands`."""

from firedoor.core.commands import Command
from firedoor.model.approval import Approval, ApprovalId
from firedoor.model.frozen import frozen
from firedoor.model.ids import CallId, SessionId
from firedoor.model.lock import Whom
from firedoor.model.message import Message
from firedoor.model.session import Session
from firedoor.model.verdict import Verdict


@frozen(kw_only=True)
class HoldCall(Command["Held"]):
    """Ask people about this call, or find that they were asked. Answered when the request is durable."""

    call: CallId
    session: Session
    message: Message
    verdict: Verdict
    whom: Whom
    definition: str
    """Hash of the tool's definition."""
    shown: bytes
    """The message as approvers may see it."""
    may_stream: bool


@frozen(kw_only=True)
class Held:
    """Where a held call stands."""

    approval: Approval | None
    """None: nobody can be asked; `why` says why."""
    why: str = ""
    is_streamed: bool = False
    """Whether the client's stream is opened while it waits: its patience is longer than silence is safe."""
    answer: bytes | None = None
    """What its one execution was answered, where that could not be delivered."""


@frozen()
class AwaitReview(Command["Waited"]):
    """Wait until people have decided, for a beat, or until the client's patience is up."""

    approval: ApprovalId
    beat_s: float


@frozen()
class Waited:
    """What has become of an approval."""

    approval: Approval
    is_over: bool
    """The client waits no longer."""


@frozen()
class Redeem(Command[int | None]):
    """Take the one execution that an approval allows. The instant; None: there is none to take."""

    approval: ApprovalId


@frozen()
class WithdrawHold(Command[None]):
    """The approval can no longer be used: this is why."""

    approval: ApprovalId
    why: str


@frozen()
class LeaveHold(Command[None]):
    """The client waits no longer, and was told nothing. Withdrawn, unless it can know of the ticket."""

    approval: ApprovalId
    is_locked: bool


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
