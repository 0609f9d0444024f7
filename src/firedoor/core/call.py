"""One message of a client on its way: accepted, decided, its intent durable. Carries; does nothing."""

from firedoor.core.accept.head import Head
from firedoor.core.amend import Terms
from firedoor.core.forward.trace import NO_TRACE, Trace
from firedoor.model.approval import ApprovalId
from firedoor.model.frozen import frozen
from firedoor.model.message import Message
from firedoor.model.session import Session
from firedoor.model.upstream import Upstream


@frozen(kw_only=True)
class Call:
    """One message of a client, accepted, recorded and allowed to go on."""

    session: Session
    head: Head
    message: Message
    upstream: Upstream
    sequence: int
    """Sequence number of its intent."""
    trace: Trace = NO_TRACE
    """What the client says its message belongs to."""
    at_us: int
    """The instant of its further entries; `LATER` lets each have its own."""
    withheld: tuple[bytes, ...]
    terms: Terms
    """On which the rules let it go on."""
    approval: ApprovalId | None = None
    """Redeemed for it, where it was held."""
    is_on_stream: bool = False
    """The client's stream was opened while it was held."""
    alias: str = ""
    """What the client calls the task that the message is about, where its upstream calls it otherwise."""
