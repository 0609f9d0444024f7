"""What people may ask a running gateway about locks: through the socket in its data folder, or over the API.

On the socket whoever speaks is the operating-system user that the gateway runs as, or root. Over HTTP a
bearer token must carry a role, and be no agent's: an agent must not lift what holds it.

A lock is durable, then effective, then recorded: a record that takes no entry does not keep a door open. Only
a lift is recorded first: no door opens unseen.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TypeVar

from firedoor.app.api.asgi import Asked, Routes
from firedoor.app.inspect import now_us
from firedoor.app.locking import (
    lock_object,
    request_of,
    told_acknowledged,
    told_lifted,
    wait_for_all,
    wanted_of,
    whose_in,
)
from firedoor.app.untold_locks import CREATED, LIFTED, Untold
from firedoor.core.authenticate.token import digest_of
from firedoor.core.decide.locks import holds, probe_of, whom_of
from firedoor.edges.inbound.admin_socket import Operator, Verb
from firedoor.edges.store.locks import LockFile
from firedoor.edges.store.nodes import NodeFolder
from firedoor.engine.ending.enforcement import Ended, Enforcement
from firedoor.engine.run import Engine
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import ClientError, FiredoorError, IntegrityError, RecordError
from firedoor.model.grant import Grant
from firedoor.model.ids import SessionId
from firedoor.model.json import Json, JsonObject
from firedoor.model.lock import Acknowledged, Lock, LockId, LockMode, LockView, Target
from firedoor.operations.create_lock import LockRequest, create_lock, fresh_lock_id
from firedoor.operations.lift_lock import LiftRequest, lift_lock
from firedoor.operations.list_locks import list_locks
from firedoor.operations.lock_words import reason_of
from firedoor.ports.index import Index

log = logging.getLogger("firedoor")

Result = TypeVar("Result")
RESPONDERS = frozenset({"responder", "admin"})
"""Roles that may lock and lift."""
READERS = RESPONDERS | {"viewer"}
THREADS = 4
"""That change the locks, and wait for other processes."""
INDEX_S = 1.0
"""How long the index may take to say whose session is locked. The lock holds already."""
RECORDED_S = 5.0
"""How long the entry of a lock may take: who made it has an answer, whatever the disk does."""


@dataclass(frozen=True, slots=True)
class _By:
    """Who acts, as the record names them."""

    name: str
    about: JsonObject


class LockDesk:
    """Creates, lifts, lists and proves locks."""

    def __init__(
        self, engine: Engine, enforcement: Enforcement, untold: Untold, nodes: NodeFolder, index: Index
    ) -> None:
        self._engine = engine
        self._enforcement = enforcement
        self.untold = untold
        self._locks = untold.locks
        self._nodes = nodes
        self._index = index
        self._turn = asyncio.Lock()
        # A database that stands still takes all threads that others share: whoever asks may have no token.
        self._threads = ThreadPoolExecutor(THREADS, "firedoor-locks")
        self._telling: set[asyncio.Task[Lock]] = set()
        engine.containment.whose = engine.sessions.live.whose
        engine.containment.tell_whose = self._tell_whose

    def verbs(self) -> Mapping[str, Verb]:
        """By name, for the socket in the data folder."""
        return {
            "lock.create": self._create_on_socket,
            "lock.lift": self._lift_on_socket,
            "lock.list": self._list_on_socket,
            "lock.verify": self._verify_on_socket,
        }

    def routes(self) -> Routes:
        """By method and address, for the API."""
        return {
            ("GET", "locks"): self._list_over_http,
            ("POST", "locks"): self._create_over_http,
            ("POST", "locks/{}/lift"): self._lift_over_http,
            ("GET", "locks/{}/verify"): self._verify_over_http,
        }

    async def create(self, by: _By, arguments: JsonObject, name: LockId | None = None) -> JsonObject:
        """Lock, end what is under way, record it; return when nothing more passes, anywhere.

        `name` is that of a lock which may have been kept while this process did not answer.
        """
        request = request_of(wanted_of(arguments), by.name)
        lock = name or fresh_lock_id(secrets.token_bytes)
        with self.untold.making(CREATED, lock):
            return await self._create(by, replace(self._with_session(request), id=lock))

    async def _create(self, by: _By, request: LockRequest) -> JsonObject:
        upstreams = frozenset(self._engine.gate.upstreams)

        def create(locks: LockFile) -> Lock:
            return create_lock(
                request, locks, now_us=now_us(), random=secrets.token_bytes, known_upstreams=upstreams
            )

        try:
            lock = await self._changed(create)
        except (IntegrityError, RecordError):
            await self._shut_if_wanted(by, request)
            raise
        try:
            ended, everywhere = await self._effective(lock)
        except IntegrityError as fault:
            kept = f"{lock.id} is kept, and holds once the locks can be read again. Until then nobody passes."
            raise IntegrityError("locks_unreadable", kept) from fault
        completed = await self._with_whose(self._locks.find(lock.id) or lock)
        if completed.grant != lock.grant:
            ended, everywhere = await self._effective(completed)
        lock, held = completed, await self._enforcement.preserved(lock.id)
        told = {**_told(ended), "recordings_held": held, **told_acknowledged(everywhere)}
        again = self._enforcement.tried_again(lock.id)
        told |= {"is_complete": ended.is_complete and not again, "tried_again": list(again)}
        if await self._record(CREATED, by, {**lock_object(lock), **told}):
            self.untold.told(CREATED, lock.id)
        return {"lock": lock_object(lock), **told}

    async def _shut_if_wanted(self, by: _By, request: LockRequest) -> None:
        """Where no lock can be kept because none can be read: who wants everything stopped has it stopped."""
        containment, at_s = self._engine.containment, asyncio.get_running_loop().time()
        containment.check(at_s, is_looking=True)
        if not containment.is_blind or request.mode is not LockMode.STOP or not _is_all(request.targets):
            return
        containment.shut(at_s)
        await self._record("everything_shut", by, {"reason": request.reason})
        told = "No lock was kept, since the locks cannot be read. Everything ends instead, and nobody passes."
        hint = "That stays so until the gateway is started anew. See docs/howto/lock.md."
        raise IntegrityError("locks_shut", told, hint)

    async def _effective(self, lock: Lock) -> tuple[Ended, Acknowledged]:
        containment = self._engine.containment
        if containment.is_blind:  # They may be back, and nobody has looked since.
            containment.check(asyncio.get_running_loop().time(), is_looking=True)
        ended = await self._enforcement.enforce(lock.id)
        return ended, await self._beside(lambda: wait_for_all(self._nodes, self._view().epoch))

    async def lift(self, by: _By, identifier: str, reason: str) -> JsonObject:
        """Lift a lock. That is recorded first: a door does not open unseen."""
        reason = reason_of(reason)
        request = LiftRequest(id=LockId(identifier), by=by.name, reason=reason)
        with self.untold.making(LIFTED, request.id):
            if self._locks.find(request.id) is not None:
                entry = self._entry(LIFTED, by, {"id": identifier, "reason": reason})
                await self._engine.recorder.append(entry)
                self.untold.told(LIFTED, request.id)
            lock = await self._changed(lambda locks: lift_lock(request, locks, now_us=now_us()))
        self._engine.containment.is_quiet()
        return {"lock": lock_object(lock)}

    def listed(self) -> JsonObject:
        """The locks in force."""
        return {"locks": [lock_object(lock) for lock in list_locks(self._locks, now_us=now_us())]}

    def verified(self, identifier: str) -> JsonObject:
        """Prove it on what is alive: nothing that the lock holds for runs, and each door refuses it."""
        lock = self._locks.find(LockId(identifier))
        if lock is None:
            return told_lifted(self._locks, identifier)
        at_us, view = now_us(), self._view()
        # Streams of whom is only suspended stay open, and silent.
        left = self._exchanges(lock, at_us) if lock.mode is LockMode.STOP else 0
        open_sessions = self._sessions(lock, at_us) if lock.mode is LockMode.STOP else ()
        is_in_force = self._engine.containment.is_in_force(lock.id)
        is_refused = self._engine.containment.lock_on(probe_of(lock)) is not None
        everywhere = self._nodes.acknowledged(view.epoch)
        return {
            "lock": lock_object(lock),
            "is_in_force": is_in_force,
            "is_probe_refused": is_refused,
            "epoch": view.epoch,
            "exchanges_left": left,
            "sessions_left": list(open_sessions),
            "tried_again": list(self._enforcement.tried_again(lock.id)),
            **told_acknowledged(everywhere),
            "holds": is_refused and is_in_force and not (left or open_sessions or everywhere.missing),
        }

    async def _changed(self, change: Callable[[LockFile], Result]) -> Result:
        """Change the file in a thread: neither a slow disk nor another process holds up everybody's calls."""

        def changed() -> Result:
            with closing(self._locks.again()) as locks:
                return change(locks)

        async with self._turn:
            return await self._beside(changed)

    async def _beside(self, what: Callable[[], Result]) -> Result:
        """Do what may block in a thread that nothing but locks uses."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, what)

    def _view(self) -> LockView:
        return self._locks.view()

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

    def _tell_whose(self, lock: Lock) -> None:
        """A lock is on a session that lives here: the others must know whose that is."""
        telling = asyncio.get_running_loop().create_task(self._completed(lock))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def _completed(self, lock: Lock) -> Lock:
        """Keep whose session a lock is on. If that fails, it is not acknowledged, and we are named."""
        grant, upstream = lock.grant, lock.upstream
        if grant is not None and upstream is not None:
            try:
                await self._changed(lambda locks: locks.complete(lock.id, grant, upstream))
            except FiredoorError as fault:
                log.error("whose session lock %s is on is known here alone: %s", lock.id, fault.code)  # noqa: TRY400 - no traceback
        return lock

    async def _with_whose(self, lock: Lock) -> Lock:
        """Of a lock on a session that lives nowhere: whose it was, if the index still knows."""
        if Target.SESSION not in dict(lock.targets) or lock.grant is not None:
            return lock
        try:
            async with asyncio.timeout(INDEX_S):
                whose = await asyncio.to_thread(whose_in, self._index, lock)
        except (FiredoorError, TimeoutError):
            log.warning("whose session lock %s is on cannot be looked up", lock.id)
            return lock
        if whose is None:
            return lock
        return await self._completed(replace(lock, grant=whose[0], upstream=whose[1]))

    # --- who asks ------------------------------------------------------------------------------

    async def _create_on_socket(self, operator: Operator, arguments: JsonObject) -> JsonObject:
        name = arguments.get("id")
        wanted = {key: value for key, value in arguments.items() if key != "id"}
        return await self.create(_operator(operator), wanted, LockId(name) if isinstance(name, str) else None)

    async def _lift_on_socket(self, operator: Operator, arguments: JsonObject) -> JsonObject:
        identifier, reason = arguments.get("id"), arguments.get("reason")
        if not isinstance(identifier, str) or not isinstance(reason, str):
            raise ClientError("lock_unknown", "Say which lock, and why it is lifted.")
        return await self.lift(_operator(operator), identifier, reason)

    async def _list_on_socket(self, _: Operator, __: JsonObject) -> JsonObject:
        return self.listed()

    async def _verify_on_socket(self, _: Operator, arguments: JsonObject) -> JsonObject:
        return self.verified(str(arguments.get("id")))

    async def _create_over_http(self, asked: Asked) -> JsonObject:
        return await self.create(await self._who(asked, RESPONDERS), asked.body)

    async def _lift_over_http(self, asked: Asked) -> JsonObject:
        by = await self._who(asked, RESPONDERS)
        if set(asked.body) != {"reason"}:
            raise ClientError("body_unusable", 'Send {"reason": "…"}, and nothing else.')
        return await self.lift(by, asked.name, asked.text("reason"))

    async def _list_over_http(self, asked: Asked) -> JsonObject:
        await self._who(asked, READERS)
        return self.listed()

    async def _verify_over_http(self, asked: Asked) -> JsonObject:
        await self._who(asked, READERS)
        return self.verified(asked.name)

    async def _who(self, asked: Asked, roles: frozenset[str]) -> _By:
        """Who shows this token, if it may do this.

        Raises:
            ClientError: it is nobody's, it is locked, or it has none of these roles.
        """
        grant = await self._engine.directory.grant_of(digest_of(asked.token))
        if grant is None or _is_over(grant):
            raise ClientError("token_unknown", "The token is unknown, expired or revoked.")
        if grant.principal.actors or not grant.roles & roles:
            hint = "firedoor token create --principal NAME --role responder"
            raise ClientError("responder_role", "This token does not have the role for this.", hint)
        # Who is locked lifts nothing, whatever else is locked, and whatever their own lock leaves open.
        # A lock on everything is about nobody: whoever closed every door must be able to open one again.
        lock = self._engine.containment.lock_about(whom_of(grant, asked.peer, ""))
        if lock is not None:
            raise ClientError("responder_locked", f"Locked: {lock.reason}")
        about: JsonObject = {"name": grant.principal.name, "grant": grant.id, "peer": asked.peer}
        return _By(grant.principal.name, about)

    # --- the record ----------------------------------------------------------------------------

    def _entry(self, act: str, by: _By, about: JsonObject) -> Entry:
        envelope: dict[str, Json] = {**about, "what": act, "by": by.about}
        control = self._engine.recorder.control
        return Entry(kind=EntryKind.CONTROL, session=control, at_us=now_us(), envelope=envelope)

    async def _record(self, act: str, by: _By, about: JsonObject) -> bool:
        try:
            async with asyncio.timeout(RECORDED_S):
                await self._engine.recorder.append(self._entry(act, by, about))
        except RecordError as fault:
            log.error("a lock holds and is not in the record: %s", fault.code)  # noqa: TRY400 - no traceback
        except TimeoutError:
            log.error("a lock holds and its entry is not durable yet")  # noqa: TRY400 - no traceback
        else:
            return True
        return False


def _told(ended: Ended) -> dict[str, Json]:
    return {
        "calls_ended": ended.calls,
        "streams_ended": ended.streams,
        "sessions_ended": list(ended.sessions),
        "approvals_withdrawn": ended.approvals,
        "is_complete": ended.is_complete,
    }


def _operator(operator: Operator) -> _By:
    return _By(operator.name, {"name": operator.name, "uid": operator.uid})


def _is_over(grant: Grant) -> bool:
    is_expired = grant.expires_at_us is not None and grant.expires_at_us <= now_us()
    return grant.revoked_at_us is not None or is_expired


def _is_all(targets: tuple[tuple[Target, str], ...]) -> bool:
    return any(target is Target.ALL for target, _ in targets)
