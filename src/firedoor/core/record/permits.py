"""The entries of permits: who asked for what, who said what, which call went by it, and how it ended.

Each is durable before it takes effect. Keys are part of the record format. No arguments.
"""

from collections.abc import Sequence

from firedoor.core.record.approvals import demand_object
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import CallId, SessionId
from firedoor.model.json import Json, JsonObject
from firedoor.model.permit import Permit, PermitId

REQUESTED, REVIEWED, OPENED, FORBIDDEN, USED, UNUSED, EXPIRED, REVOKED, OUTRUN = (
    "permit_requested", "permit_reviewed", "permit_opened", "permit_forbidden", "permit_used",
    "permit_unused", "permit_expired", "permit_revoked", "permit_outrun",
)  # fmt: skip


def permit_entry(
    what: str, permit: PermitId, session: SessionId, at_us: int, about: JsonObject | None = None
) -> Entry:
    """Say what happened to a permit: in the control session, or in that of a call."""
    envelope: dict[str, Json] = {"what": what, "permit": permit, **(about or {})}
    return Entry(kind=EntryKind.APPROVAL, session=session, at_us=at_us, envelope=envelope)


def about_permit(permit: Permit) -> JsonObject:
    """Who asks that who may do what."""
    return {
        "kind": permit.kind.value,
        "by": permit.asked_by,
        "by_grant": permit.asked_through,
        "principal": permit.principal,
        "actors": list(permit.agents),
        "upstream": permit.upstream,
        "tools": list(permit.tools),
        "conditions": list(permit.conditions),
        "uses": permit.uses,
        "span_us": permit.span_us,
        "reason": permit.reason,
        "case": permit.case,
        "policy": permit.policy_version,
        "risk": None if permit.risk is None else permit.risk.value,
        "demands": [demand_object(demand) for demand in permit.demands],
        "expires_at_us": permit.expires_at_us,
    }


def about_use(call: CallId, approvers: Sequence[str]) -> JsonObject:
    """Which call goes on whose word."""
    return {"call": call, "executes": call, "approvers": list(approvers)}
