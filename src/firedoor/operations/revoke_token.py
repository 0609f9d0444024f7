"""Revokes a grant: from the next request on its token opens nothing, in every process."""

from enum import StrEnum

from firedoor.model.ids import GrantId
from firedoor.ports.grants import Grants


class Revocation(StrEnum):
    """What came of it."""

    REVOKED = "revoked"
    ALREADY = "already"
    """It was revoked before. The first revocation stands, with its time and reason."""
    UNKNOWN = "unknown"
    """There is no such grant."""


def revoke_token(grants: Grants, grant: GrantId, *, now_us: int, reason: str = "") -> Revocation:
    """Revoke the grant with this id.

    Raises:
        SettingsError: the store cannot be written.
    """
    if grants.revoke(grant, now_us, reason):
        return Revocation.REVOKED
    return Revocation.UNKNOWN if grants.find(grant) is None else Revocation.ALREADY
