"""Where legal holds are kept."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from firedoor.model.ids import SessionId
from firedoor.model.retention import LegalHold


class LegalHolds(Protocol):
    """Recordings that must not be deleted."""

    def place(self, hold: LegalHold) -> bool:
        """Keep a recording from being deleted. Durable when it returns; False if it was there before.

        Raises:
            RecordError: it could not be made durable.
        """
        ...

    def place_together(self, hold: LegalHold, sessions: Iterable[SessionId]) -> Sequence[SessionId]:
        """Place a hold on its session and on these: all of them or none, in one act. Those that are new.

        Raises:
            IntegrityError: the holds of this name cannot be read.
            RecordError: they could not be made durable.
        """
        ...

    def lift(self, session: SessionId, name: str) -> bool:
        """Take a hold away; False if there is none.

        Raises:
            RecordError: it could not be taken away.
        """
        ...

    def all(self) -> Mapping[SessionId, Sequence[LegalHold]]:
        """Every hold there is.

        Raises:
            IntegrityError: one cannot be read.
        """
        ...
