"""An MCP server behind the gateway, as configured. Holds no credential."""

from dataclasses import dataclass
from enum import StrEnum

from firedoor.model.definition import PinMode, Unpinned
from firedoor.model.verdict import Effect


class Transport(StrEnum):
    """How the gateway speaks to an upstream."""

    STREAMABLE_HTTP = "streamable-http"
    SSE = "sse"
    """HTTP+SSE of revision 2024-11-05."""
    STDIO = "stdio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """The settings of one upstream that the path needs."""

    name: str
    transport: Transport
    kind: str = "none"
    """What its tools carry: `sql`, `shell`, `http` or `none`. Names the guard."""
    dialect: str = ""
    """Of `kind: sql`."""
    is_observed: bool = False
    """Verdicts are recorded and change nothing."""
    default: Effect = Effect.DENY
    """The effect where no rule matches."""
    may_sample: bool = False
    """Whether it may ask the client's model (`sampling/createMessage`)."""
    may_list_roots: bool = False
    """Whether it may ask for the client's roots (`roots/list`)."""
    mask: str = ""
    """The profile that its messages are masked by; empty: none."""
    reveals: bool = False
    """Whether some of its tools get reversible tokens back in clear."""
    may_elicit: bool = True
    """Whether it may ask the person at the client (`elicitation/create`)."""
    may_go_unrecorded: bool = False
    """Whether what is known to read goes on where it cannot be recorded."""
    pin: PinMode = PinMode.ACCEPT_FIRST
    """What becomes of definitions that nobody has accepted."""
    unpinned: tuple[Unpinned, ...] = ()
    """Members of definitions that may change."""
