"""What somebody asks for, as a permit that waits for people; or why it is not to be had. Asks no store."""

from dataclasses import dataclass, replace

from firedoor.core.decide.approvals import MINUTE_US, TIERS, within_us
from firedoor.core.decide.permits import condition_faults, demands_for
from firedoor.engine.people.approving import stated
from firedoor.model.errors import ClientError
from firedoor.model.grant import Grant
from firedoor.model.permit import Permit, PermitId, PermitState
from firedoor.model.policy import Policy
from firedoor.model.upstream import Upstream
from firedoor.model.verdict import Demand, PermitKind

BREAK_GLASS_US = 60 * MINUTE_US
"""Longest that break-glass is open. An emergency that lasts longer is opened again, by two people."""
ANSWERED_US = 10 * MINUTE_US
"""How long break-glass may wait for two people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitTerms:
    """What the settings say about permits."""

    longest_us: int = 60 * MINUTE_US
    opens_denied: bool = False
    """Whether break-glass lets calls pass that no rule allows. What a rule denies stays denied."""
    openers: frozenset[str] = frozenset({"approver"})
    """Roles of the two people who open it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks for."""

    kind: PermitKind
    principal: str
    agents: tuple[str, ...]
    upstream: str
    tools: tuple[str, ...]
    conditions: tuple[str, ...]
    uses: int | None
    span_us: int
    reason: str
    case: str


def asked_for(
    asker: Grant, wanted: Wanted, terms: PermitTerms, upstream: Upstream | None, policy: Policy
) -> Permit:
    """The permit, without an id, as if it were asked for at the instant 0.

    Raises:
        ClientError: it would cover nothing, or is not to be had.
    """
    if upstream is None:
        raise ClientError("permit_upstream", "No upstream of this name is configured.")
    _refuse_unusable(wanted, terms)
    asked = Permit(
        id=PermitId(""),
        kind=wanted.kind,
        state=PermitState.REQUESTED,
        principal=wanted.principal,
        agents=wanted.agents,
        upstream=wanted.upstream,
        tools=wanted.tools,
        conditions=wanted.conditions,
        uses=wanted.uses,
        span_us=wanted.span_us,
        asked_by=asker.principal.name,
        asked_through=asker.id,
        reason=wanted.reason.strip(),
        case=wanted.case,
        policy_version=policy.version,
        demands=(Demand(quorum=2, roles=terms.openers),),
        requested_at_us=0,
        expires_at_us=ANSWERED_US,
    )
    if wanted.kind is PermitKind.BREAK_GLASS:
        return asked
    demands, risk = demands_for(policy, asked, upstream)
    if not demands:
        hint = "A rule that has `permits: false`, or whose risk is critical, takes none."
        raise ClientError("permit_covers_nothing", "No rule holds such calls and takes a permit.", hint)
    return replace(asked, demands=demands, risk=risk, expires_at_us=within_us(demands, risk, TIERS))


def _refuse_unusable(wanted: Wanted, terms: PermitTerms) -> None:
    longest_us = terms.longest_us if wanted.kind is PermitKind.PERMIT else BREAK_GLASS_US
    if not 0 < wanted.span_us <= longest_us:
        raise ClientError("permit_span", f"A permit is live for at most {longest_us // MINUTE_US} minutes.")
    stated(wanted.reason)
    if faults := condition_faults(wanted.conditions):
        raise ClientError("permit_condition", f"The condition is unusable: {'; '.join(faults)}.")
