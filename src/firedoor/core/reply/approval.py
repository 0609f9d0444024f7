"""What people and programs are told of an approval. No arguments: those are for approvers alone."""

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
        "demands": [
            {"quorum": each.quorum, "roles": sorted(each.roles), "groups": sorted(each.groups)}
            for each in approval.demands
        ],
        "requested_at_us": approval.requested_at_us,
        "expires_at_us": approval.expires_at_us,
        "reviews": [
            {"by": each.by, "decision": "approve" if each.is_approval else "refuse", "reason": each.reason,
             "at_us": each.at_us}
            for each in approval.reviews
        ],
    }  # fmt: skip
