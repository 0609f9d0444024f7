"""Whether those who approved still stand: looked at again at the moment that their word is used.

A token that was stolen approves like its owner's. Once it is revoked, or its owner is locked, whatever it
approved and nobody has used yet counts for nothing. That a token has expired since is no reason: it was good
when its owner decided. Decides nothing else, and gives nobody a role.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from firedoor.core.decide.approvals import whom_of_reviewer
from firedoor.core.decide.locks import is_of_the_credential, whom_of
from firedoor.model.approval import Review
from firedoor.model.errors import RecordError, SettingsError
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId
from firedoor.model.lock import Lock, Whom

log = logging.getLogger("firedoor.approvals")

NOWHERE = "0.0.0.0"  # noqa: S104 - nobody listens: an address that no lock on a network means


@dataclass(slots=True, kw_only=True)
class Approvers:
    """Those who have decided, as they are now."""

    find: Callable[[GrantId], Grant | None]
    """Asks the store."""
    lock_on: Callable[[Whom], Lock | None] = lambda _: None
    """Bound once the locks are known."""

    def found(self, reviews: Sequence[Review]) -> list[tuple[Review, Grant | None]]:
        """Whoever approved, with the grant they decided through. May wait for the store.

        Raises:
            RecordError: the store cannot be read. Nothing is used then.
        """
        try:
            return [(each, self.find(each.grant)) for each in reviews if each.is_approval]
        except SettingsError as fault:
            # What the database said is for the log: it names where that is.
            log.warning("approvers cannot be looked at: %s", fault.message)
            raise RecordError("store_unavailable", "Approvers cannot be looked at at the moment.") from fault

    def flaw(self, found: Sequence[tuple[Review, Grant | None]]) -> str:
        """Why an approval counts no more; empty: all of them stand."""
        for review, grant in found:
            if grant is None or grant.revoked_at_us is not None:
                return f"The token is revoked with which {review.by} approved it."
            lock = self.lock_on(whom_of(grant, NOWHERE, ""))
            # Of a lock that names no person: it holds for the call itself, or for neither.
            if lock is not None and is_of_the_credential(lock):
                return f"{review.by}, who approved it, is locked."
        return ""


def is_by(holds: Callable[[Whom], bool], reviews: Sequence[Review]) -> bool:
    """Whether something holds for somebody who approved."""
    return any(each.is_approval and holds(whom_of_reviewer(each, NOWHERE)) for each in reviews)
