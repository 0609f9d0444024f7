"""What people and programs are told of a permit, and a client whose call one did not let pass after all."""

from collections.abc import Sequence

from firedoor.core.reply.answer import DENIED, MARK, error, tool_error
from firedoor.core.reply.reviewed import demand_objects, review_objects
from firedoor.core.reply.sentence import sentence
from firedoor.model.ids import CallId
from firedoor.model.json import Json
from firedoor.model.message import Message
from firedoor.model.permit import Permit, Use


def permit_object(permit: Permit) -> dict[str, Json]:
    """A permit as an object of JSON."""
    return {
        "id": permit.id,
        "kind": permit.kind.value,
        "state": permit.state.value,
        "principal": permit.principal,
        "agents": list(permit.agents),
        "upstream": permit.upstream,
        "tools": list(permit.tools),
        "conditions": list(permit.conditions),
        "uses": permit.uses,
        "used": permit.used,
        "span_us": permit.span_us,
        "asked_by": permit.asked_by,
        "reason": permit.reason,
        "case": permit.case,
        "policy_version": permit.policy_version,
        "risk": None if permit.risk is None else permit.risk.value,
        "demands": demand_objects(permit.demands),
        "requested_at_us": permit.requested_at_us,
        "expires_at_us": permit.expires_at_us,
        "ended_by": permit.ended_by,
        "reviews": review_objects(permit.reviews),
    }


def use_objects(uses: Sequence[Use]) -> list[Json]:
    """What a permit was used for."""
    return [
        {"call": use.call, "session": use.session, "method": use.method, "name": use.name,
         "at_us": use.at_us, "not_forwarded": use.flaw or None}
        for use in uses
    ]  # fmt: skip


def not_passed(message: Message, why: str, call: CallId) -> bytes:
    """A permit was to let it pass, and something changed before it was sent."""
    text = f"Denied: {sentence(why)} Not executed. Repeating it is decided anew. Reference {call}."
    mark: dict[str, Json] = {"decision": "deny", "call": call}
    if message.method == "tools/call":
        return tool_error(message, text, mark)
    return error(message.id, DENIED, text, {MARK: mark})
