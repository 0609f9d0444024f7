"""The entries of approvals: who was asked what, who said what, and what became of it.

Each is durable before it takes effect. Keys are part of the record format. No arguments: those stand in the
intent that `call` names.
"""

from firedoor.model.approval import Approval, Review
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.grant import Grant
from firedoor.model.ids import SessionId
from firedoor.model.json import Json, JsonObject
from firedoor.model.verdict import Demand

REQUESTED, REVIEWED, REDEEMED, EXPIRED, WITHDRAWN, ATTACHED, UNKNOWN, OUTRUN = (
    "requested", "reviewed", "redeemed", "expired", "withdrawn", "attached", "unknown", "outrun",
)  # fmt: skip
VIEWED = "approval_viewed"


def approval_entry(
    what: str, approval: Approval, session: SessionId, at_us: int, about: JsonObject | None = None
) -> Entry:
    """Say what happened to an approval, in the recording of a session."""
    envelope: dict[str, Json] = {
        "what": what,
        "approval": approval.id,
        "call": approval.call,
        **(about or {}),
    }
    return Entry(kind=EntryKind.APPROVAL, session=session, at_us=at_us, envelope=envelope)


def viewed_entry(approval: Approval, control: SessionId, at_us: int, grant: Grant, source: str) -> Entry:
    """Before an approver sees the arguments of a call. `source`: `memory`, or `record` after a restart."""
    by: JsonObject = {"name": grant.principal.name, "grant": grant.id}
    about: JsonObject = {"what": VIEWED, "by": by, "approval": approval.id, "source": source}
    return Entry(kind=EntryKind.CONTROL, session=control, at_us=at_us, envelope=about)


def about_request(approval: Approval) -> JsonObject:
    """Who is asked for what."""
    whom = approval.whom
    return {
        "digest": approval.digest,
        "principal": whom.principal,
        "actors": list(whom.agents),
        "grant": whom.grant,
        "upstream": whom.upstream,
        "method": approval.method,
        "name": approval.name,
        "policy": approval.policy_version,
        "definition": approval.definition,
        "rules": list(approval.rules),
        "risk": None if approval.risk is None else approval.risk.value,
        "demands": [demand_object(demand) for demand in approval.demands],
        "expires_at_us": approval.expires_at_us,
    }


def about_review(review: Review, state: str) -> JsonObject:
    """Who said what, and where that leads."""
    return {
        "by": review.by,
        "by_grant": review.grant,
        "decision": "approve" if review.is_approval else "refuse",
        "reason": review.reason,
        "state": state,
    }


def about_redemption(approval: Approval, call: str) -> JsonObject:
    """Which call is executed on whose word."""
    said = [review.by for review in approval.reviews if review.is_approval]
    return {"executes": call, "approvers": said}


def demand_object(demand: Demand) -> JsonObject:
    """Whose approval is needed."""
    return {"quorum": demand.quorum, "roles": sorted(demand.roles), "groups": sorted(demand.groups)}
