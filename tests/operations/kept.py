"""A store in memory, for operations: what they ask of it and what they make of the answer."""

from dataclasses import replace

from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId
from firedoor.ports.index import CallFilter, CallRow, SessionFilter, SessionRow


class KeptGrants:
    """The port `Grants`, in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[GrantId, Grant] = {}
        self.reasons: list[str] = []

    def create(self, grant: Grant) -> None:
        self.kept[grant.id] = grant

    def list(self) -> tuple[Grant, ...]:
        return tuple(self.kept.values())

    def find(self, grant: GrantId) -> Grant | None:
        return self.kept.get(grant)

    def revoke(self, grant: GrantId, at_us: int, reason: str) -> bool:
        found = self.kept.get(grant)
        if found is None or found.revoked_at_us is not None:
            return False
        self.kept[grant] = replace(found, revoked_at_us=at_us)
        self.reasons.append(reason)
        return True


class AskedIndex:
    """The port `Index`: remembers what it was asked and has nothing."""

    def __init__(self) -> None:
        self.asked: list[CallFilter | SessionFilter] = []

    def sessions(self, wanted: SessionFilter) -> tuple[SessionRow, ...]:
        self.asked.append(wanted)
        return ()

    def calls(self, wanted: CallFilter) -> tuple[CallRow, ...]:
        self.asked.append(wanted)
        return ()
