"""The entries that the path writes: which facts stand in the envelope of each kind.

Envelopes hold no payload and no credential. Keys are part of the record format.
"""

import hashlib
from dataclasses import field
from types import MappingProxyType

from firedoor.model.arrival import Arrival
from firedoor.model.entry import Entry, EntryKind, Layered
from firedoor.model.frozen import frozen
from firedoor.model.grant import Grant
from firedoor.model.ids import SessionId
from firedoor.model.json import Json, JsonObject
from firedoor.model.lock import Lock
from firedoor.model.message import Message
from firedoor.model.reply import Refusal
from firedoor.model.session import Session
from firedoor.model.verdict import Obligations, Verdict

# By a name of their own: a member of an enumeration is looked up in six steps, each time.
_INTENT, _OUTCOME, _EVENT = EntryKind.INTENT, EntryKind.OUTCOME, EntryKind.EVENT

REFUSED_PAYLOAD = 64 * 1024
"""How much of a refused body is kept; its hash covers the whole."""
_NOTHING: JsonObject = MappingProxyType({})


@frozen(kw_only=True)
class InForce:
    """What holds as a session begins."""

    policy: str
    """The version of the policy."""
    definitions: JsonObject = field(default_factory=dict[str, Json])
    """By kind, the list that the upstream shows this principal, where it is known: its digest, and when it
    was seen."""


def open_entry(session: Session, client: Json, peer: str, in_force: InForce) -> Entry:
    """A session begins."""
    grant = session.grant
    return Entry(
        kind=EntryKind.OPEN,
        session=session.id,
        at_us=session.opened_at_us,
        envelope={
            "principal": grant.principal.name,
            "principal_kind": grant.principal.kind.value,
            "actors": [actor.name for actor in grant.principal.actors],
            "grant": grant.id,
            "token": grant.token_digest[:12],
            "upstream": session.upstream,
            "era": session.era.value,
            "client": client,
            "peer": peer,
            "policy": in_force.policy,
            **({"definitions": in_force.definitions} if in_force.definitions else {}),
            **({"groups": sorted(grant.principal.groups)} if grant.principal.groups else {}),
        },
    )


@frozen(kw_only=True)
class Told:
    """How a call ended, as its outcome says."""

    status: int
    result: str
    """`result`, `tool_error`, `error`, `denied`, `failed`, `accepted`, `unexpected`, `ended`, `terminated` or
    `cancelled`."""
    code: str = ""


def intent_entry(
    session: Session,
    message: Message,
    verdict: Verdict,
    at_us: int,
    forwarded: bytes | None = None,
    trace: JsonObject | None = None,
) -> Entry:
    """Before a message is forwarded or denied: its exact bytes, the verdict, and the client's trace.

    `forwarded` is what the upstream is sent, where that is not what the client sent: tokens of the mask
    that are put back in clear. It is of the raw layer.
    """
    return Entry(
        kind=_INTENT,
        session=session.id,
        at_us=at_us,
        envelope={
            "message": message.kind.value,
            "method": message.method,
            "id": message.id,
            "name": message.name,
            "revision": message.revision,
            "verdict": verdict_object(verdict),
            **(trace or {}),
        },
        payload=message.body,
        raw=forwarded,
    )


def verdict_object(verdict: Verdict) -> JsonObject:
    """A verdict as the record has it. What is not said does not hold."""
    said: dict[str, Json] = {
        "effect": verdict.effect.value,
        "rules": verdict.rules,
        "reasons": verdict.reasons,
        "policy": verdict.policy_version,
    }
    if verdict.lock:
        said["lock"] = verdict.lock
    if verdict.permit:
        said["permit"] = verdict.permit
        said["permitted_by"] = verdict.permitted_by
    if verdict.risk is not None:
        said["risk"] = verdict.risk.value
    if verdict.understood:
        said["understood"] = verdict.understood
    if verdict.obligations and (duties := _duties(verdict.obligations)):
        said["obligations"] = duties
    if not verdict.is_enforced:
        said["mode"] = "observe"
    return said


def _duties(obligations: Obligations) -> dict[str, Json]:
    said: dict[str, Json] = {"mask": obligations.masks, "drop": obligations.drops, "rows": obligations.rows}
    said["rate"] = tuple(f"{rate.rule}: {rate.calls} in {rate.span_us} us" for rate in obligations.rates)
    return {name: value for name, value in said.items() if value not in {(), None}}


def outcome_entry(session: Session, call: int, told: Told, at_us: int, payload: bytes | Layered) -> Entry:
    """Before the answer that ends a call is delivered: its exact bytes, on both sides of the mask."""
    envelope: dict[str, Json] = {"call": call, "status": told.status, "result": told.result}
    if told.code:
        envelope["code"] = told.code
    return _message(_OUTCOME, session, at_us, envelope, payload)


def event_entry(
    session: Session, call: int, about: dict[str, Json], at_us: int, payload: bytes | Layered
) -> Entry:
    """Before one streamed message is delivered, or when something happened to the call."""
    return _message(_EVENT, session, at_us, {"call": call, **about}, payload)


def _message(
    kind: EntryKind, session: Session, at_us: int, envelope: dict[str, Json], payload: bytes | Layered
) -> Entry:
    if isinstance(payload, bytes):
        return Entry(kind=kind, session=session.id, at_us=at_us, envelope=envelope, payload=payload)
    if payload.masked:
        envelope["masked"] = payload.masked
    return Entry(
        kind=kind,
        session=session.id,
        at_us=at_us,
        envelope=envelope,
        payload=payload.view,
        raw=payload.raw,
    )


def about_lock(lock: Lock, grant: Grant) -> JsonObject:
    """Who met which lock, for the entry of the refusal."""
    return {
        "lock": lock.id,
        "principal": grant.principal.name,
        "actors": [actor.name for actor in grant.principal.actors],
        "grant": grant.id,
    }


def refused_entry(
    control: SessionId, arrival: Arrival, refusal: Refusal, body: bytes, about: JsonObject = _NOTHING
) -> Entry:
    """Input that never became a call. `about` is what is known beside it."""
    return Entry(
        kind=EntryKind.REFUSED,
        session=control,
        at_us=arrival.at_us,
        envelope={
            "status": refusal.status,
            "code": refusal.code,
            "reason": refusal.reason,
            "peer": arrival.peer,
            "upstream": arrival.upstream[:128],
            "verb": arrival.verb[:16],
            "bytes": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
            **about,
        },
        payload=body[:REFUSED_PAYLOAD],
    )
