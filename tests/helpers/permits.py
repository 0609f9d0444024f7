"""A permit as tests need it, and where permits are kept in memory."""

import threading
from collections.abc import Collection
from dataclasses import replace

from firedoor.core.decide.permits import next_state
from firedoor.model.approval import Review
from firedoor.model.ids import GrantId
from firedoor.model.permit import Permit, PermitId, PermitState, PermitTurn, Use
from firedoor.model.verdict import PermitKind, Risk
from tests.helpers.approvals import DEMAND
from tests.helpers.nouns import AT_US

MINUTE_US = 60_000_000
POLICY = "sha256:" + "a" * 64


def permit(**changes) -> Permit:
    given = {
        "id": PermitId("prm_0000000000000001"),
        "kind": PermitKind.PERMIT,
        "state": PermitState.REQUESTED,
        "principal": "dana",
        "agents": ("claw",),
        "upstream": "disk",
        "tools": ("add",),
        "span_us": 30 * MINUTE_US,
        "asked_by": "dana",
        "asked_through": GrantId("g_0000000000000001"),
        "reason": "Case 7.",
        "policy_version": POLICY,
        "risk": Risk.HIGH,
        "demands": (DEMAND,),
        "requested_at_us": AT_US,
        "expires_at_us": AT_US + 10 * MINUTE_US,
    }
    return Permit(**{**given, **changes})


class FakePermits:
    """Implements `ports.permits.Permits` in memory. Asked from threads, as the store is."""

    def __init__(self) -> None:
        self.kept: dict[PermitId, Permit] = {}
        self.uses: dict[tuple[PermitId, str], Use] = {}
        self.seen_us = 0
        self._one = threading.Lock()

    def open(self, permit: Permit) -> None:
        self.kept[permit.id] = permit

    def find(self, permit: PermitId) -> Permit | None:
        return self.kept.get(permit)

    def listed(self, states: Collection[PermitState], limit: int) -> tuple[Permit, ...]:
        found = [each for each in reversed(list(self.kept.values())) if each.state in states]
        return tuple(found[:limit])

    def live_for(self, principal: str, upstream: str, now_us: int) -> tuple[Permit, ...]:
        return tuple(
            each
            for each in sorted(self.kept.values(), key=lambda each: each.expires_at_us)
            if each.state is PermitState.LIVE
            and each.expires_at_us > now_us
            and (each.principal, each.upstream) == (principal, upstream)
        )

    def change(self, seen: Permit, after: Permit, review: Review | None = None) -> bool:
        with self._one:
            now = self.kept[seen.id]
            if (now.turns, now.state) != (seen.turns, seen.state):
                return False
            said = now.reviews if review is None else (*now.reviews, review)
            self.kept[seen.id] = replace(after, used=now.used, turns=now.turns + 1, reviews=said)
            return True

    def take(self, use: Use, policy_version: str) -> bool:
        with self._one:
            now = self.kept.get(use.permit)
            is_good = (
                now is not None
                and now.state is PermitState.LIVE
                and now.expires_at_us > use.at_us
                and now.policy_version == policy_version
            )
            if now is None or not is_good:
                return False
            is_last = now.uses is not None and now.used + 1 >= now.uses
            state = next_state(now.state, PermitTurn.SPEND if is_last else PermitTurn.USE)
            assert state is not None
            self.kept[use.permit] = replace(now, state=state, used=now.used + 1)
            self.uses[use.permit, use.call] = use
            return True

    def note_flaw(self, use: Use) -> None:
        before = self.uses[use.permit, use.call]
        self.uses[use.permit, use.call] = replace(before, flaw=use.flaw)

    def uses_of(self, permit: PermitId, limit: int) -> tuple[Use, ...]:
        found = [use for (of, _), use in self.uses.items() if of == permit]
        return tuple(sorted(found, key=lambda use: -use.at_us)[:limit])

    def see(self, now_us: int) -> None:
        self.seen_us = max(self.seen_us, now_us)

    def latest_us(self) -> int:
        return self.seen_us
