"""Where it is looked up whose values were found in answers: by keyed marks, never by the values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from firedoor.model.ids import SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureRow:
    """A value that was found in a message to a client."""

    session: SessionId
    sequence: int
    """Of the entry that holds the message."""
    call: int | None = None
    """Of the intent that it belongs to, as `search` and `replay` number calls. None: it is not known."""
    at_us: int
    kind: str
    action: str
    """What became of it: `note` is seen in clear, everything else is not."""
    mark: str
    principal: str | None = None
    agent: str | None = None
    upstream: str | None = None


class Exposures(Protocol):
    """The exposure index. May be a moment late; made from the record, and again if it is lost."""

    def of_session(self, session: str) -> tuple[ExposureRow, ...]:
        """What was found in one session, the oldest first.

        Raises:
            SettingsError: the index cannot be read.
            ClientError: there are too many.
        """
        ...

    def of_marks(self, marks: Sequence[str]) -> tuple[ExposureRow, ...]:
        """Where any of these marks was found, the oldest first.

        Raises:
            SettingsError: the index cannot be read.
            ClientError: there are too many.
        """
        ...
