"""Where the record is looked through by facts: who, what, when, upstream, verdict, outcome."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from firedoor.model.ids import GrantId, SessionId


class Field(StrEnum):
    """What of a call can be asked for. The word people type."""

    PRINCIPAL = "principal"
    AGENT = "agent"
    UPSTREAM = "upstream"
    PEER = "peer"
    SESSION = "session"
    METHOD = "method"
    NAME = "name"
    VERDICT = "verdict"
    RULE = "rule"
    MODE = "mode"
    RESULT = "result"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """All of it must hold. Patterns take `*` and `?`; without them they are exact."""

    fields: tuple[tuple[Field, str], ...] = ()
    """One field given twice: both must hold."""
    words: tuple[str, ...] = ()
    """Each stands somewhere in a name, whatever its case."""
    since_us: int | None = None
    until_us: int | None = None
    """Not included."""
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """A call, or something else that the record has an entry of its own for."""

    session: SessionId
    sequence: int
    at_us: int
    principal: str | None = None
    agent: str | None = None
    upstream: str | None = None
    peer: str | None = None
    message: str
    """`request`, `notification`, `response`, `listen`, `end`.

    For what is no call: `refused`, `control`, `approval`.
    """
    method: str | None = None
    name: str | None = None
    effect: str | None = None
    rules: tuple[str, ...] = ()
    mode: str | None = None
    """`observe`: the verdict was recorded and changed nothing."""
    status: int | None = None
    result: str | None = None
    """None while the call runs, or if its end was never recorded."""
    code: str | None = None
    ended_at_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFilter:
    """All of it must hold. Patterns take `*` and `?`; without them they are exact."""

    session: str | None = None
    principal: str | None = None
    agent: str | None = None
    upstream: str | None = None
    grant: str | None = None
    since_us: int | None = None
    """Opened at this instant or later."""
    is_live: bool | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session as the index has it."""

    id: SessionId
    principal: str | None
    agent: str | None
    grant: GrantId | None
    upstream: str | None
    era: str | None
    client_name: str | None
    client_version: str | None
    peer: str | None
    opened_at_us: int | None
    closed_at_us: int | None
    close_reason: str | None
    calls: int


class Index(Protocol):
    """Facts of the record, without any payload. May be a moment late; the record is right."""

    def sessions(self, wanted: SessionFilter) -> tuple[SessionRow, ...]:
        """Find sessions, the newest first.

        Raises:
            SettingsError: the index cannot be read.
        """
        ...

    def calls(self, wanted: CallFilter) -> tuple[CallRow, ...]:
        """Find calls, the newest first.

        Raises:
            SettingsError: the index cannot be read.
        """
        ...
