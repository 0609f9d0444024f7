"""Whose token somebody shows who decides, or who asks for a permit. Looked at as it is now, each time.

Being the operating-system user of the gateway is not enough: an agent may run as the same.
"""

from collections.abc import Callable
from dataclasses import dataclass

from firedoor.core.authenticate.token import digest_of
from firedoor.core.decide.approvals import LOAD_DAY
from firedoor.core.decide.locks import whom_of
from firedoor.engine.doors.containment import Containment
from firedoor.model.errors import ClientError
from firedoor.model.grant import Grant
from firedoor.model.json import JsonObject
from firedoor.ports.directory import Directory

REVIEWERS = frozenset({"approver", "admin"})
"""Roles that see what waits."""


@dataclass(slots=True, kw_only=True)
class Reviewers:
    """Those who may be asked."""

    directory: Directory
    containment: Containment
    now_us: Callable[[], int]

    async def known(self, token: str, peer: str = "") -> Grant:
        """Whose token this is. No agent's: people ask and decide.

        Raises:
            ClientError: it is nobody's, an agent's, or locked.
        """
        found = await self.directory.grant_of(digest_of(token)) if token else None
        is_over = found is not None and (
            found.revoked_at_us is not None
            or (found.expires_at_us is not None and found.expires_at_us <= self.now_us())
        )
        if found is None or is_over:
            hint = "Set FIREDOOR_TOKEN, or give --token-file."
            raise ClientError("approver_unknown", "The token is unknown, expired or revoked.", hint)
        if found.principal.actors:
            raise ClientError("approver_role", "This token is an agent's.", _OWN)
        # A lock on a network cannot hold for who comes through the data folder.
        whom = whom_of(found, peer or "127.0.0.1", "")
        lock = self.containment.lock_on(whom) or self.containment.lock_about(whom)
        if lock is not None:
            raise ClientError("approver_locked", f"Locked: {lock.reason}")
        return found

    @staticmethod
    def may_see(grant: Grant, upstream: str) -> bool:
        """Whether a reviewer's token is for what is asked of this upstream."""
        return grant.upstreams is None or upstream in grant.upstreams

    async def reviewer(self, token: str, peer: str = "") -> Grant:
        """Whose token this is, if it may see what waits.

        Raises:
            ClientError: it is nobody's, or not for this.
        """
        found = await self.known(token, peer)
        if not found.roles & REVIEWERS:
            raise ClientError("approver_role", "This token does not have the role of an approver.", _HINT)
        return found


def load_object(times: int) -> JsonObject:
    """How often somebody has decided in a day, and whether that is more than a person reads."""
    return {"reviews_today": times, "is_too_much": times > LOAD_DAY}


_HINT = "firedoor token create --principal NAME --role approver"
_OWN = "People have a token of their own, made without --agent; who decides has --role approver."
