"""An approval and a review, as tests need them."""

from firedoor.core.decide.locks import whom_of
from firedoor.model.approval import Approval, ApprovalId, ApprovalState, Review
from firedoor.model.ids import CallId, GrantId
from firedoor.model.principal import Principal, PrincipalKind
from firedoor.model.verdict import Demand, Risk
from tests.helpers.nouns import AT_US, SESSION, grant

DEMAND = Demand(quorum=1, within_us=60_000_000)


def approval(**changes) -> Approval:
    given = {
        "id": ApprovalId("apr_0000000000000001"),
        "digest": "d" * 64,
        "state": ApprovalState.REQUESTED,
        "whom": whom_of(grant(), "10.0.0.7", "disk", tool="add", session=SESSION),
        "session": SESSION,
        "call": CallId(f"{SESSION}.1"),
        "method": "tools/call",
        "name": "add",
        "policy_version": "sha256:" + "a" * 64,
        "definition": "",
        "rules": ("writes",),
        "reasons": ("Another person decides.",),
        "risk": Risk.HIGH,
        "demands": (DEMAND,),
        "requested_at_us": AT_US,
        "expires_at_us": AT_US + 60_000_000,
    }
    return Approval(**{**given, **changes})


def review(by: str = "sam", *, is_approval: bool = True, **changes) -> Review:
    given = {
        "by": by,
        "grant": GrantId(f"g_{by}"),
        "is_approval": is_approval,
        "reason": "Agreed.",
        "at_us": AT_US + 1,
        "roles": frozenset({"approver"}),
    }
    return Review(**{**given, **changes})


def approver(name: str = "sam", **changes):
    given = {
        "principal": Principal(
            name=name, kind=PrincipalKind.PERSON, groups=changes.pop("groups", frozenset())
        ),
        "roles": frozenset({"approver"}),
        "token_digest": f"{name:x<64}"[:64],
    }
    return grant(f"g_{name}", **{**given, **changes})
