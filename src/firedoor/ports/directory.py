"""Who is known."""

from typing import Protocol

from firedoor.model.grant import Grant
from firedoor.model.ids import TokenDigest


class Directory(Protocol):
    """Finds the grant that a token stands for."""

    async def grant_of(self, digest: TokenDigest) -> Grant | None:
        """Return the grant as the store has it at this moment, revoked or expired ones included."""
        ...
