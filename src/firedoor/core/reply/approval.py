"""What people and programs are told of an approval. No arguments: those are for approvers alone."""

from firedoor.core.reply.reviewed import demand_objects, review_objects
from firedoor.model.approval import Approval
from firedoor.model.json import Json


def approval_object(approval: Approval) -> dict[str, Json]:
    """An approval as an object of JSON. No arguments."""
    whom = approval.whom
    return {
        "id": approval.id,
        "state": approval.state.value,
        "principal": whom.principal,
        "agents": list(whom.agents),
        "upstream": whom.upstream,
        "method": approval.method,
        "name": approval.name,
        "session": approval.session,
        "call": approval.call,
        "rules": list(approval.rules),
        "reasons": list(approval.reasons),
        "risk": None if approval.risk is None else approval.risk.value,
        "demands": demand_objects(approval.demands),
        "requested_at_us": approval.requested_at_us,
        "expires_at_us": approval.expires_at_us,
        "reviews": review_objects(approval.reviews),
    }
