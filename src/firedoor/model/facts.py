"""Everything that a rule may look at, of one message."""

from dataclasses import dataclass
from enum import StrEnum

from firedoor.model.frozen import frozen
from firedoor.model.message import Message
from firedoor.model.principal import Principal
from firedoor.model.shell import ShellFacts
from firedoor.model.sql import SqlFacts
from firedoor.model.upstream import Upstream


class Need(StrEnum):
    """A fact that costs something, or that the path cannot know: it is found only if a rule needs it."""

    SQL = "sql"
    SHELL = "shell"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCounts:
    """What a session has done so far, without the message that is decided."""

    calls: int = 0
    """Requests."""
    denied: int = 0
    """Of them, not executed."""
    opened_at_us: int = 0


@frozen(kw_only=True)
class Facts:
    """One message and its circumstances. What was not asked for is None."""

    message: Message
    upstream: Upstream
    principal: Principal
    peer: str = ""
    """Network address of the client, without port."""
    at_us: int = 0
    session: SessionCounts | None = None
    sql: tuple[SqlFacts, ...] | None = None
    """Of each text of SQL in the arguments; empty: there is none."""
    shell: tuple[ShellFacts, ...] | None = None
    """Of each command line in the arguments; empty: there is none."""
    definition: str = ""
    """SHA-256 of the definition of what is called, as its upstream last listed it; empty: none is known."""

    def defined(self, definition: str) -> "Facts":
        """The same with a definition. Not `replace`, which takes three times as long: each call needs one."""
        return Facts(
            message=self.message,
            upstream=self.upstream,
            principal=self.principal,
            peer=self.peer,
            at_us=self.at_us,
            session=self.session,
            sql=self.sql,
            shell=self.shell,
            definition=definition,
        )
