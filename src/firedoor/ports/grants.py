"""Where grants are kept."""

from typing import Protocol

from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId


class Grants(Protocol):
    """All grants, for the people who give and take them. The path asks a `Directory` instead."""

    def create(self, grant: Grant) -> None:
        """Keep a new grant. It opens doors from the next request on, in every process.

        Raises:
            SettingsError: the store cannot be written.
        """
        ...

    def list(self) -> tuple[Grant, ...]:
        """Every grant, oldest first, revoked and expired ones included.

        Raises:
            SettingsError: the store cannot be read.
        """
        ...

    def find(self, grant: GrantId) -> Grant | None:
        """Find the grant with this id.

        Raises:
            SettingsError: the store cannot be read.
        """
        ...

    def revoke(self, grant: GrantId, at_us: int, reason: str) -> bool:
        """Revoke it from the next request on, in every process; it stays listed.

        False if there is none, or if it was revoked before: the first revocation stands.

        Raises:
            SettingsError: the store cannot be written.
        """
        ...
