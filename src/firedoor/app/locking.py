"""Locks as people make them: through the gateway if one runs, else in the file that it reads at its start.

A lock needs neither the database nor the record to be well: it is durable in its own file, then it is
effective, and then it is recorded. A record that takes no entry does not keep a door open.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from pydantic import BaseModel, ConfigDict, ValidationError

from firedoor.app.acts import act_entry, this_operator
from firedoor.app.admin_client import ask_gateway
from firedoor.app.inspect import now_us
from firedoor.app.settings import Settings
from firedoor.core.decide.locks import holds, whom_of
from firedoor.edges.inbound.admin_socket import Operator, Verb
from firedoor.edges.store.locks import LockFile
from firedoor.engine.enforcement import Ended, Enforcement
from firedoor.engine.run import Engine
from firedoor.model.errors import ClientError, RecordError
from firedoor.model.ids import GrantId, SessionId
from firedoor.model.json import Json, JsonObject
from firedoor.model.lock import Lock, LockId, LockMode, Target
from firedoor.operations.create_lock import LockRequest, create_lock
from firedoor.operations.lift_lock import LiftRequest, lift_lock
from firedoor.operations.list_locks import list_locks

log = logging.getLogger("firedoor")


class Wanted(BaseModel):
    """A lock as a command or an API asks for it."""

    # Strict in its fields; JSON has lists where we have pairs.
    model_config = ConfigDict(extra="forbid")

    targets: list[tuple[str, str]]
    mode: str = LockMode.STOP.value
    reason: str
    case: str | None = None
    ttl_us: int | None = None
    grant: str | None = None
    upstream: str | None = None


def request_of(wanted: Wanted, by: str) -> LockRequest:
    """Read it.

    Raises:
        ClientError: a target or the mode is none.
    """
    try:
        targets = tuple((Target(target), value) for target, value in wanted.targets)
        mode = LockMode(wanted.mode)
    except ValueError as fault:
        raise ClientError("lock_target", f"{fault}.", "`firedoor lock create --help` shows them.") from fault
    return LockRequest(
        targets=targets,
        mode=mode,
        reason=wanted.reason,
        by=by,
        case=wanted.case,
        ttl_us=wanted.ttl_us,
        grant=None if wanted.grant is None else GrantId(wanted.grant),
        upstream=wanted.upstream,
    )


def lock_object(lock: Lock) -> dict[str, Json]:
    """A lock as an object of JSON."""
    return {
        "id": lock.id,
        "targets": [{"target": target.value, "value": value} for target, value in lock.targets],
        "mode": lock.mode.value,
        "reason": lock.reason,
        "by": lock.by,
        "case": lock.case,
        "created_at_us": lock.created_at_us,
        "expires_at_us": lock.expires_at_us,
    }


class LockDesk:
    """What operators may ask a running gateway about locks."""

    def __init__(self, engine: Engine, enforcement: Enforcement, locks: LockFile) -> None:
        self._engine = engine
        self._enforcement = enforcement
        self._locks = locks

    def verbs(self) -> Mapping[str, Verb]:
        """By name."""
        return {
            "lock.create": self.create,
            "lock.lift": self.lift,
            "lock.list": self.list,
            "lock.verify": self.verify,
        }

    async def create(self, operator: Operator, arguments: JsonObject) -> JsonObject:
        """Lock, end what is under way, record it; return when nothing more passes."""
        try:
            request = request_of(Wanted.model_validate(arguments), operator.name)
        except ValidationError as fault:
            raise ClientError("lock_target", f"That is no lock: {fault.errors()[0]['msg']}.") from fault
        lock = create_lock(
            self._with_session(request),
            self._locks,
            now_us=now_us(),
            random=secrets.token_bytes,
            known_upstreams=frozenset(self._engine.gate.upstreams),
        )
        ended = await self._enforcement.enforce()
        await self._record("lock_created", operator, {**lock_object(lock), **_told(ended)})
        return {"lock": lock_object(lock), **_told(ended)}

    async def lift(self, operator: Operator, arguments: JsonObject) -> JsonObject:
        """Lift a lock. That is recorded first: a door does not open unseen."""
        identifier, reason = arguments.get("id"), arguments.get("reason")
        if not isinstance(identifier, str) or not isinstance(reason, str):
            raise ClientError("lock_unknown", "Say which lock, and why it is lifted.")
        standing = self._locks.find(LockId(identifier))
        if standing is not None:
            recorder = self._engine.recorder
            about: JsonObject = {"id": identifier, "reason": reason}
            await recorder.append(act_entry(recorder.control, "lock_lifted", operator, about))
        request = LiftRequest(id=LockId(identifier), by=operator.name, reason=reason)
        lock = lift_lock(request, self._locks, now_us=now_us())
        self._engine.containment.is_quiet()
        return {"lock": lock_object(lock)}

    async def list(self, _: Operator, __: JsonObject) -> JsonObject:
        """The locks in force."""
        return {"locks": [lock_object(lock) for lock in list_locks(self._locks, now_us=now_us())]}

    async def verify(self, _: Operator, arguments: JsonObject) -> JsonObject:
        """Prove it on what is alive: nothing that the lock holds for runs, and each door refuses it."""
        identifier = arguments.get("id")
        lock = self._locks.find(LockId(identifier)) if isinstance(identifier, str) else None
        if lock is None:
            hint = "`firedoor lock list` shows the locks in force."
            raise ClientError("lock_unknown", f"There is no lock {identifier}.", hint)
        at_us = now_us()
        # Streams of whom is only suspended stay open, and silent.
        left = self._exchanges(lock, at_us) if lock.mode is LockMode.STOP else 0
        open_sessions = self._sessions(lock, at_us) if lock.mode is LockMode.STOP else ()
        view = self._locks.view()
        is_in_force = lock in view.locks and (lock.expires_at_us is None or lock.expires_at_us > at_us)
        return {
            "lock": lock_object(lock),
            "is_in_force": is_in_force,
            "epoch": view.epoch,
            "exchanges_left": left,
            "sessions_left": list(open_sessions),
            "holds": is_in_force and not left and not open_sessions,
        }

    def _exchanges(self, lock: Lock, at_us: int) -> int:
        everyone = (running.whom for running in self._engine.under_way())
        return sum(1 for whom in everyone if whom is not None and holds(lock, whom, at_us))

    def _sessions(self, lock: Lock, at_us: int) -> tuple[SessionId, ...]:
        every = ((live.session, live.peer) for live in self._engine.sessions.live)
        return tuple(
            session.id
            for session, peer in every
            if holds(lock, whom_of(session.grant, peer, session.upstream, session=session.id), at_us)
        )

    def _with_session(self, request: LockRequest) -> LockRequest:
        """Say whose session is locked: it must not begin anew under another id."""
        name = next((value for target, value in request.targets if target is Target.SESSION), None)
        if name is None or request.grant is not None:
            return request
        live = self._engine.sessions.live.get(SessionId(name))
        if live is None:
            return request
        return replace(request, grant=live.session.grant.id, upstream=live.session.upstream)

    async def _record(self, act: str, operator: Operator, about: JsonObject) -> None:
        recorder = self._engine.recorder
        try:
            await recorder.append(act_entry(recorder.control, act, operator, about))
        except RecordError as fault:
            log.error("a lock holds and is not in the record: %s", fault.code)  # noqa: TRY400 - no traceback


def _told(ended: Ended) -> dict[str, Json]:
    return {
        "calls_ended": ended.calls,
        "streams_ended": ended.streams,
        "sessions_ended": list(ended.sessions),
        "approvals_withdrawn": ended.approvals,
        "is_complete": ended.is_complete,
    }


def ask_to_lock(settings: Settings, wanted: Wanted) -> JsonObject:
    """Lock, by the gateway that runs or for the one that will.

    Raises:
        ClientError: what is to be locked makes no sense.
        RecordError: the lock could not be made durable, or the gateway does not answer.
    """
    answer = ask_gateway(settings.data_dir, "lock.create", cast("JsonObject", wanted.model_dump()))
    if answer is not None:
        return {**answer, "is_running": True}
    locks = LockFile(settings.data_dir / "locks")
    known = frozenset(each.upstream.name for each in settings.upstreams)
    lock = create_lock(
        request_of(wanted, this_operator().name),
        locks,
        now_us=now_us(),
        random=secrets.token_bytes,
        known_upstreams=known,
    )
    locks.close()
    return {"lock": lock_object(lock), "is_running": False}


def ask_to_lift(settings: Settings, identifier: str, reason: str) -> JsonObject:
    """Lift a lock, by the gateway that runs or in the file of locks.

    Raises:
        ClientError: there is no such lock, or no reason.
        RecordError: it could not be made durable.
    """
    answer = ask_gateway(settings.data_dir, "lock.lift", {"id": identifier, "reason": reason})
    if answer is not None:
        return answer
    locks = LockFile(settings.data_dir / "locks")
    request = LiftRequest(id=LockId(identifier), by=this_operator().name, reason=reason)
    lock = lift_lock(request, locks, now_us=now_us())
    locks.close()
    return {"lock": lock_object(lock)}


def standing_locks(settings: Settings) -> tuple[Lock, ...]:
    """The locks in force, whether or not a gateway runs."""
    locks = LockFile(settings.data_dir / "locks")
    found = list_locks(locks, now_us=now_us())
    locks.close()
    return found


def ask_to_verify(settings: Settings, identifier: str) -> JsonObject | None:
    """Let the gateway prove a lock; None if none runs.

    Raises:
        ClientError: there is no such lock.
    """
    return ask_gateway(settings.data_dir, "lock.verify", {"id": identifier})
