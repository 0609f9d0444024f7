"""Everything that verification looks at: logs, frames wherever they are, and the keys at hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from firedoor.core.record.verify_frames import FoundFrame
from firedoor.core.record.verify_log import LogFolder
from firedoor.model.entry import Entry
from firedoor.model.ids import SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A place where bytes are not what they must be to be read at all."""

    code: str
    file: str
    """Below the data directory."""
    why: str
    offset: int | None = None
    is_tail: bool = False
    """Nothing whole follows, in a journal that may grow: damage only if a log knows what stood there."""
    is_doubt: bool = False
    """It may be as it should: with what is at hand nobody can tell."""


class Unsealer(Protocol):
    """Opens the frames of one session, in order."""

    @property
    def may_open(self) -> bool:
        """Whether there is a key at hand to what clients saw."""
        ...

    @property
    def lacks(self) -> Sequence[str]:
        """The keys that frames name and that are not there, not even for others: layer and epoch."""
        ...

    def unseal(self, frame: bytes) -> Entry | None:
        """Take the next frame; return the entry that ends with it, if there is a key.

        Raises:
            IntegrityError: it is not that frame, or not as it was sealed, or a key is damaged.
        """
        ...


class Evidence(Protocol):
    """A data directory, or a copy of one. Reading it changes nothing."""

    def logs(self) -> Sequence[LogFolder]:
        """Every log, the oldest first."""
        ...

    def frames(self, session: SessionId | None) -> Iterator[FoundFrame | Damage]:
        """Every frame, or one session's: first those of session files, then the journal, in their order."""
        ...

    def keys(self, session: SessionId | None) -> Iterator[Damage]:
        """What is wrong with the keys and other small files, of one session or of all."""
        ...

    def unsealer(self, session: SessionId) -> Unsealer:
        """Begin to open a session."""
        ...
