"""What each address of the API is for, what it takes and what it gives: beside each handler, a description.

The document at `/api/v1/openapi.json` and the page of the reference are made from it. Answers nothing itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from firedoor.model.approval import ApprovalState
from firedoor.model.json import JsonObject
from firedoor.model.lock import LockMode, Target
from firedoor.model.permit import PermitState
from firedoor.model.verdict import PermitKind, Risk
from firedoor.operations.create_lock import LONGEST_US
from firedoor.operations.lock_words import CASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One address, by one method."""

    summary: str
    roles: tuple[str, ...] = ()
    """One of these is needed. Empty: the token of anybody but an agent."""
    takes: str = ""
    """Name of the schema of its body; empty: it has none."""
    gives: str
    """Name of the schema of its answer."""
    of: str = ""
    """What the name in the address is the id of."""
    may_be_over: bool = False
    """Whether it can come too late: 409."""


_REVIEW, _RESPOND, _WATCH = ("approver", "admin"), ("responder", "admin"), ("responder", "viewer", "admin")

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "approvals"): Operation(
        summary="What waits for people, the newest first", roles=_REVIEW, gives="Approvals"
    ),
    ("GET", "approvals/{}"): Operation(
        summary="One approval, with the session's last calls", roles=_REVIEW, gives="Approval", of="approval"
    ),
    ("POST", "approvals/{}/approve"): Operation(
        summary="Approve exactly this call",
        roles=_REVIEW, takes="Reason", gives="Reviewed", of="approval", may_be_over=True,
    ),
    ("POST", "approvals/{}/deny"): Operation(
        summary="Refuse it; one refusal is enough",
        roles=_REVIEW, takes="Reason", gives="Reviewed", of="approval", may_be_over=True,
    ),
    ("GET", "permits"): Operation(
        summary="Permits that are open: one's own, or all to approvers", gives="Permits"
    ),
    ("POST", "permits"): Operation(
        summary="Ask for a permit, or for break-glass", takes="PermitRequest", gives="Permit"
    ),
    ("GET", "permits/{}"): Operation(
        summary="One permit, with every call it let pass", gives="Permit", of="permit"
    ),
    ("POST", "permits/{}/approve"): Operation(
        summary="Approve a permit",
        roles=_REVIEW, takes="Reason", gives="Permit", of="permit", may_be_over=True,
    ),
    ("POST", "permits/{}/deny"): Operation(
        summary="Refuse a permit",
        roles=_REVIEW, takes="Reason", gives="Permit", of="permit", may_be_over=True,
    ),
    ("POST", "permits/{}/revoke"): Operation(
        summary="End a permit at once", takes="Reason", gives="Permit", of="permit", may_be_over=True
    ),
    ("GET", "locks"): Operation(summary="The locks in force", roles=_WATCH, gives="Locks"),
    ("POST", "locks"): Operation(
        summary="Lock; answered when nothing more passes", roles=_RESPOND, takes="LockRequest", gives="Locked"
    ),
    ("POST", "locks/{}/lift"): Operation(
        summary="Lift a lock", roles=_RESPOND, takes="Reason", gives="Lifted", of="lock"
    ),
    ("GET", "locks/{}/verify"): Operation(
        summary="Prove that nothing it holds for is under way", roles=_WATCH, gives="Verified", of="lock"
    ),
}  # fmt: skip
"""By HTTP method and address below the prefix, as the routes have them."""


def _object(required: Mapping[str, JsonObject], more: Mapping[str, JsonObject] | None = None) -> JsonObject:
    """The schema of an object. What is not named may be there: answers grow."""
    return {"type": "object", "required": list(required), "properties": {**required, **(more or {})}}


def _asked(required: Mapping[str, JsonObject], more: Mapping[str, JsonObject] | None = None) -> JsonObject:
    """The schema of a body. What is not named is refused."""
    return {**_object(required, more), "additionalProperties": False}


def _list(of: JsonObject) -> JsonObject:
    return {"type": "array", "items": of}


def _ref(name: str) -> JsonObject:
    return {"$ref": f"#/components/schemas/{name}"}


def _one_of(values: type[StrEnum]) -> JsonObject:
    return {"enum": [each.value for each in values]}


def _or_null(kind: str) -> JsonObject:
    return {"type": [kind, "null"]}


TEXT: JsonObject = {"type": "string"}
TEXTS = _list(TEXT)
COUNT: JsonObject = {"type": "integer", "minimum": 0}
YES: JsonObject = {"type": "boolean"}
AT: JsonObject = {"type": "integer", "description": "Unix microseconds."}
AT_OR_NULL: JsonObject = {"type": ["integer", "null"], "description": "Unix microseconds."}
WHY: JsonObject = {"type": "string", "minLength": 1, "maxLength": 1000}
_RISK: JsonObject = {"enum": [*(each.value for each in Risk), None]}
_LOAD: Mapping[str, JsonObject] = {"reviews_today": COUNT, "is_too_much": YES}

_APPROVAL: Mapping[str, JsonObject] = {
    "id": TEXT,
    "state": _one_of(ApprovalState),
    "principal": TEXT,
    "agents": TEXTS,
    "upstream": TEXT,
    "method": TEXT,
    "name": TEXT,
    "session": TEXT,
    "call": TEXT,
    "rules": TEXTS,
    "reasons": TEXTS,
    "risk": _RISK,
    "demands": _list(_ref("Demand")),
    "requested_at_us": AT,
    "expires_at_us": AT,
    "reviews": _list(_ref("Review")),
    "params": {
        "type": ["string", "null"],
        "description": "Masked, as JSON. Null where nobody knows them here.",
    },
    "understood": TEXTS,
    "diff": {**TEXTS, "description": "To the last attempt that was refused, laid out."},
    "notices": {**TEXTS, "description": "What is easily overlooked in the parameters."},
}
SCHEMAS: Mapping[str, JsonObject] = {
    "Error": _object({"error": _object({"code": TEXT, "message": TEXT, "hint": TEXT})}),
    "Reason": _asked({"reason": WHY}),
    "PermitRequest": _asked(
        {"upstream": TEXT, "reason": WHY},
        {
            "kind": _one_of(PermitKind),
            "principal": {**TEXT, "description": "Given: for somebody else. Approvers only."},
            "agents": TEXTS,
            "tools": {**TEXTS, "description": "Patterns of * and ?. Of a permit, at least one."},
            "conditions": {**TEXTS, "description": "In CEL, as in rules."},
            "uses": {"type": ["integer", "null"], "minimum": 1},
            "for": {**TEXT, "description": "How long: 15m, 1h."},
            "case": TEXT,
        },
    ),
    "LockRequest": _asked(
        {
            "targets": {
                **_list(
                    {"type": "array", "prefixItems": [_one_of(Target), TEXT], "minItems": 2, "maxItems": 2}
                ),
                "minItems": 1,
            },
            "reason": TEXT,
        },
        {
            "mode": _one_of(LockMode),
            "case": {**_or_null("string"), "maxLength": CASE},
            "ttl_us": {
                "type": ["integer", "null"],
                "description": "How long, in microseconds: ten years at most. Null: until lifted.",
                "minimum": 1,
                "maximum": LONGEST_US,
            },
        },
    ),
    "Demand": _object({"quorum": COUNT, "roles": TEXTS, "groups": TEXTS}),
    "Review": _object({"by": TEXT, "decision": {"enum": ["approve", "refuse"]}, "reason": TEXT, "at_us": AT}),
    "LastCall": _object(
        {
            "at_us": AT,
            "method": TEXT,
            "name": _or_null("string"),
            "effect": _or_null("string"),
            "result": _or_null("string"),
        }
    ),
    "Approval": _object(_APPROVAL, {"last_calls": _list(_ref("LastCall"))}),
    "Approvals": _object(
        {
            "approvals": _list(_ref("Approval")),
            "load": _list(_object({"approver": TEXT, **_LOAD})),
        },
        {"permits": _list(_ref("Permit"))},
    ),
    "Reviewed": _object({**_APPROVAL, **_LOAD}),
    "Permit": _object(
        {
            "id": TEXT,
            "kind": _one_of(PermitKind),
            "state": _one_of(PermitState),
            "principal": TEXT,
            "agents": TEXTS,
            "upstream": TEXT,
            "tools": TEXTS,
            "conditions": TEXTS,
            "uses": _or_null("integer"),
            "used": COUNT,
            "span_us": COUNT,
            "asked_by": TEXT,
            "reason": TEXT,
            "case": TEXT,
            "risk": _RISK,
            "demands": _list(_ref("Demand")),
            "requested_at_us": AT,
            "expires_at_us": AT_OR_NULL,
            "reviews": _list(_ref("Review")),
        },
        {"calls": _list({"type": "object"}), **_LOAD},
    ),
    "Permits": _object({"permits": _list(_ref("Permit"))}),
    "Lock": _object(
        {
            "id": TEXT,
            "targets": _list(_object({"target": _one_of(Target), "value": TEXT})),
            "mode": _one_of(LockMode),
            "reason": TEXT,
            "by": TEXT,
            "case": _or_null("string"),
            "created_at_us": AT,
            "expires_at_us": AT_OR_NULL,
            "grant": _or_null("string"),
            "upstream": _or_null("string"),
        }
    ),
    "Locks": _object({"locks": _list(_ref("Lock"))}),
    "Locked": _object(
        {
            "lock": _ref("Lock"),
            "calls_ended": COUNT,
            "streams_ended": COUNT,
            "sessions_ended": TEXTS,
            "approvals_withdrawn": COUNT,
            "is_complete": YES,
            "recordings_held": COUNT,
            "tried_again": TEXTS,
            "acknowledged_by": TEXTS,
            "not_acknowledged_by": TEXTS,
        }
    ),
    "Lifted": _object({"lock": _ref("Lock")}),
    "Verified": _object(
        {
            "lock": _ref("Lock"),
            "is_in_force": YES,
            "is_probe_refused": YES,
            "epoch": COUNT,
            "exchanges_left": COUNT,
            "sessions_left": TEXTS,
            "tried_again": TEXTS,
            "acknowledged_by": TEXTS,
            "not_acknowledged_by": TEXTS,
            "holds": YES,
        }
    ),
}
"""By name. Of answers they say what is always there; a later version may add members."""
