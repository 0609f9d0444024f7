"""Locks as people make them: through the gateway if one runs, else in the file that it reads at its start.

A lock needs neither the database nor the record to be well: it is durable in its own file, then it is
effective, and then it is recorded. A record that takes no entry does not keep a door open.
"""

import logging
import secrets
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar, cast

from pydantic import BaseModel, ConfigDict, StrictInt, ValidationError

from firedoor.app.acts import this_operator
from firedoor.app.admin_client import SILENT, ask_gateway
from firedoor.app.inspect import now_us, open_store
from firedoor.app.settings.resolved import Settings
from firedoor.edges.store.lock_mark import LockMark
from firedoor.edges.store.locks import LockFile
from firedoor.edges.store.nodes import NodeFolder
from firedoor.model.errors import ClientError, FiredoorError, IntegrityError, RecordError
from firedoor.model.ids import GrantId
from firedoor.model.json import Json, JsonObject
from firedoor.model.lock import Acknowledged, Lock, LockId, LockMode, Target
from firedoor.operations.create_lock import LockRequest, create_lock, fresh_lock_id
from firedoor.operations.lift_lock import LiftRequest, lift_lock, unknown_lock
from firedoor.operations.list_locks import list_locks
from firedoor.ports.index import Index, SessionFilter
from firedoor.ports.locks import Locks

log = logging.getLogger("firedoor.locks")

ACKNOWLEDGED_S = 1.0
"""How long the processes that share locks may take. Then those that are missing are named."""
PROOF_S = 10.0
"""How long a proof may take. A gateway that does not answer has proved nothing."""
_LOOK_S = 0.005


class Wanted(BaseModel):
    """A lock as a command or an API asks for it."""

    # Strict in its fields; JSON has lists where we have pairs.
    model_config = ConfigDict(extra="forbid")

    targets: list[tuple[str, str]]
    mode: str = LockMode.STOP.value
    reason: str
    case: str | None = None
    ttl_us: StrictInt | None = None


_SHAPES = {
    "targets": 'a list of pairs such as ["principal", "dana"]',
    "ttl_us": "a whole number of microseconds, or null",
}
"""What a member must be that is no text."""
_ECHOED = 64
"""Characters of a mistake that are said back."""
_Kind = TypeVar("_Kind", Target, LockMode)


def wanted_of(asked: JsonObject) -> Wanted:
    """Read what somebody asks for. Whose session is locked is no part of it: the gateway finds that out.

    Raises:
        ClientError: a member is missing, unknown or of another kind. It is named.
    """
    try:
        return Wanted.model_validate(asked)
    except ValidationError as fault:
        wrong = fault.errors()[0]
        member = str(wrong["loc"][0])
        kind = wrong["type"] if len(wrong["loc"]) == 1 else "inside"
        known = {"missing": "is missing", "extra_forbidden": "is no part of what is asked for"}
        told = known.get(kind, f"is not {_SHAPES.get(member, 'a text')}")
        raise ClientError("body_unusable", f'"{member[:_ECHOED]}" {told}.') from fault


def request_of(wanted: Wanted, by: str) -> LockRequest:
    """Read it.

    Raises:
        ClientError: a target or the mode is none.
    """
    return LockRequest(
        targets=tuple(
            (_named(Target, target, "lock_target", "target"), value) for target, value in wanted.targets
        ),
        mode=_named(LockMode, wanted.mode, "lock_mode", "mode"),
        reason=wanted.reason,
        by=by,
        case=wanted.case,
        ttl_us=wanted.ttl_us,
    )


def _named(kind: type[_Kind], text: str, code: str, what: str) -> _Kind:
    found = next((each for each in kind if each.value == text), None)
    if found is None:
        hint = f"It is one of: {', '.join(each.value for each in kind)}."
        raise ClientError(code, f"{text[:_ECHOED]!r} is no {what} of a lock.", hint)
    return found


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
        "grant": lock.grant,
        "upstream": lock.upstream,
    }


def told_lifted(locks: Locks, identifier: str) -> JsonObject:
    """What can be said of a lock that does not stand: who lifted it, when and why.

    Raises:
        ClientError: there never was one of this name.
    """
    lift = locks.lifted(LockId(identifier))
    if lift is None:
        raise unknown_lock(identifier)
    lifted: JsonObject = {"at_us": lift.at_us, "by": lift.by, "reason": lift.reason}
    return {"id": identifier, "holds": False, "lifted": lifted}


def told_acknowledged(found: Acknowledged) -> dict[str, Json]:
    """Which gateway processes have made a change effective, as an object of JSON."""
    return {"acknowledged_by": list(found.by), "not_acknowledged_by": list(found.missing)}


def wait_for_all(nodes: NodeFolder, epoch: int) -> Acknowledged:
    """Wait until every process has made a change effective, for a while. Blocks."""
    deadline = time.monotonic() + ACKNOWLEDGED_S
    while True:
        found = nodes.acknowledged(epoch)
        if not found.missing or time.monotonic() > deadline:
            return found
        time.sleep(_LOOK_S)


def open_locks(settings: Settings) -> tuple[LockFile, LockMark]:
    """The locks of these settings, and the mark of how far they had come.

    Raises:
        RecordError: they cannot be kept.
        IntegrityError: they are damaged, or changes are missing that were seen before.
    """
    is_there_none(settings)  # Else an empty folder is made in the place of one that is to be put back.
    locks, mark = LockFile(settings.lock_dir), LockMark(settings.data_dir)
    try:
        mark.check(locks.view().epoch, settings.lock_dir)
    except IntegrityError:
        mark.close()
        locks.close()
        raise
    return locks, mark


def is_there_none(settings: Settings) -> bool:
    """Whether there is no folder of locks yet. Makes none.

    Raises:
        IntegrityError: there is none any more.
    """
    if settings.lock_dir.exists():
        return False
    if settings.data_dir.exists():
        mark = LockMark(settings.data_dir)
        try:
            mark.check(0, settings.lock_dir)
        finally:
            mark.close()
    return True


@contextmanager
def _locks_of(settings: Settings) -> Generator[LockFile]:
    """The locks, where no gateway runs."""
    locks, mark = open_locks(settings)
    try:
        yield locks
        mark.keep(locks.view().epoch)
    finally:
        mark.close()
        locks.close()


def ask_to_lock(settings: Settings, wanted: Wanted) -> JsonObject:
    """Lock, by the gateway that runs or for the one that will.

    One that runs and does not answer is not waited for: the lock is kept without it, and holds for it once it
    goes on. Both know the lock by one name, so that there are not two.

    Raises:
        ClientError: what is to be locked makes no sense.
        RecordError: the lock could not be made durable.
    """
    name = fresh_lock_id(secrets.token_bytes)
    kept: JsonObject = {}

    def keep() -> bool:
        kept.update(_kept(settings, wanted, name))
        return not kept["not_acknowledged_by"]  # It lives, and what it ends takes its time.

    asked = {**cast("JsonObject", wanted.model_dump()), "id": name}
    try:
        answer = ask_gateway(settings.data_dir, "lock.create", asked, if_slow=keep)
    except RecordError as fault:
        if fault.code != SILENT:
            raise
        if not kept:
            keep()
        return {**kept, "is_running": True, "is_complete": False}
    if answer is None:
        keep()
        return {**kept, "is_running": False}
    return {**answer, "is_running": True}


def _kept(settings: Settings, wanted: Wanted, name: LockId) -> JsonObject:
    """Keep a lock without asking a gateway."""
    known = frozenset(each.upstream.name for each in settings.upstreams)
    with _locks_of(settings) as locks:
        lock = create_lock(
            replace(request_of(wanted, this_operator().name), id=name),
            locks,
            now_us=now_us(),
            random=secrets.token_bytes,
            known_upstreams=known,
        )
        # Gateways of other settings may share the folder: one of them may know whose session it is on.
        told = told_acknowledged(wait_for_all(NodeFolder(settings.lock_dir), locks.view().epoch))
        lock = locks.find(lock.id) or lock
        if lock.grant is None and (whose := _whose(settings, lock)) is not None:
            epoch = locks.complete(lock.id, *whose)
            told = told_acknowledged(wait_for_all(NodeFolder(settings.lock_dir), epoch))
            lock = locks.find(lock.id) or lock
    return {"lock": lock_object(lock), **told}


def _whose(settings: Settings, lock: Lock) -> tuple[GrantId, str] | None:
    """Of a lock on a session that lives nowhere: whose it was. The lock holds, whatever the index says."""
    if Target.SESSION not in dict(lock.targets):
        return None
    try:
        with open_store(settings) as store:
            return whose_in(store.index, lock)
    except FiredoorError as fault:
        log.warning("whose session lock %s is on cannot be looked up: %s", lock.id, fault.code)
        return None


def whose_in(index: Index, lock: Lock) -> tuple[GrantId, str] | None:
    """The grant and the upstream of the session that a lock is on, as the index knows them.

    Raises:
        SettingsError: the index cannot be read.
    """
    name = dict(lock.targets).get(Target.SESSION)
    # The index takes patterns: a name with `?` in it may find others first.
    rows = index.sessions(SessionFilter(session=name)) if name is not None else ()
    row = next((row for row in rows if row.id == name), None)
    return None if row is None or row.grant is None or row.upstream is None else (row.grant, row.upstream)


def ask_to_lift(settings: Settings, identifier: str, reason: str) -> JsonObject:
    """Lift a lock, by the gateway that runs or in the file of locks.

    Raises:
        ClientError: there is no such lock, or no reason.
        RecordError: it could not be made durable.
    """
    answer = ask_gateway(settings.data_dir, "lock.lift", {"id": identifier, "reason": reason})
    if answer is not None:
        return answer
    request = LiftRequest(id=LockId(identifier), by=this_operator().name, reason=reason)
    with _locks_of(settings) as locks:
        lock = lift_lock(request, locks, now_us=now_us())
    return {"lock": lock_object(lock)}


def standing_locks(settings: Settings) -> tuple[Lock, ...]:
    """The locks in force, whether or not a gateway runs. To read them makes no folder.

    Raises:
        IntegrityError: they are damaged, or gone.
    """
    if is_there_none(settings):
        return ()
    with _locks_of(settings) as locks:
        return list_locks(locks, now_us=now_us())


def ask_to_verify(settings: Settings, identifier: str) -> JsonObject:
    """Let the gateway prove a lock. `holds` is null where nothing could be proved, and `why` says why.

    Raises:
        ClientError: there is no such lock.
    """
    try:
        answer = ask_gateway(settings.data_dir, "lock.verify", {"id": identifier}, wait_s=PROOF_S)
    except RecordError as fault:
        if fault.code != SILENT:
            raise
        return {"id": identifier, "holds": None, "why": f"{fault.message} Nothing can be proved."}
    if answer is not None:
        return answer
    if is_there_none(settings):
        raise unknown_lock(identifier)
    with _locks_of(settings) as locks:
        if locks.find(LockId(identifier)) is None:
            return told_lifted(locks, identifier)
        alive = NodeFolder(settings.lock_dir).acknowledged(locks.view().epoch)
    why = "No gateway runs here: nothing passes, and nothing can be proved."
    if alive.by or alive.missing:
        why = "No gateway answers here, and some that share its locks run: nothing can be proved."
    return {"id": identifier, "holds": None, "why": why, **told_acknowledged(alive)}
