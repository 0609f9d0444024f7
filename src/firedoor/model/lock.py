"""A standing stop, and all of them at one instant. Which one holds for whom: `core.decide.locks`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from firedoor.model.frozen import frozen
from firedoor.model.ids import GrantId, SessionId, TokenDigest

LockId = NewType("LockId", str)
"""`l_` and 16 hexadecimal digits."""


class Target(StrEnum):
    """What a lock names. Values match exactly, but a network, which holds the addresses in it."""

    PRINCIPAL = "principal"
    GROUP = "group"
    GRANT = "grant"
    CREDENTIAL = "token"
    AGENT = "agent"
    SESSION = "session"
    UPSTREAM = "upstream"
    TOOL = "tool"
    NETWORK = "network"
    ALL = "all"


class LockMode(StrEnum):
    """What it does to whom it holds for. The first is the worst."""

    STOP = "stop"
    """Everything ends now; nothing begins."""
    SUSPEND = "suspend"
    """Everything waits, nothing is lost."""
    READ_ONLY = "read-only"
    """What is known to only read goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """One lock. Instants are unix microseconds."""

    id: LockId
    targets: tuple[tuple[Target, str], ...]
    """It holds where each of them does. Never empty."""
    mode: LockMode
    reason: str
    by: str
    """Who made it."""
    created_at_us: int
    case: str | None = None
    expires_at_us: int | None = None
    grant: GrantId | None = None
    """For a lock on a session, whose session that is: it must not begin anew under another id."""
    upstream: str | None = None
    """For a lock on a session: the upstream it is with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """The end of a lock, by a person."""

    id: LockId
    by: str
    reason: str
    at_us: int


@dataclass(frozen=True, slots=True)
class LockView:
    """All locks in force as of an epoch, which grows with each change on any node."""

    epoch: int = 0
    locks: tuple[Lock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Which gateway processes have made a change of the locks effective, by name."""

    by: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """They are alive and have not said so."""


@frozen(kw_only=True)
class Whom:
    """Everything about a message that a lock can name. What is not known yet is empty."""

    principal: str
    groups: frozenset[str]
    grant: GrantId
    token: TokenDigest
    agents: tuple[str, ...]
    peer: str
    """Network address, without port."""
    upstream: str
    session: SessionId | None = None
    tool: str = ""

    def within(self, session: SessionId) -> "Whom":
        """The same in a session. Not `replace`, which takes three times as long: each call needs one."""
        return Whom(
            principal=self.principal,
            groups=self.groups,
            grant=self.grant,
            token=self.token,
            agents=self.agents,
            peer=self.peer,
            upstream=self.upstream,
            session=session,
            tool=self.tool,
        )
