"""Every object of a running gateway is built here, by hand, once. Decides nothing."""

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from firedoor.app.acts import open_record, record_ring, verbs_of_the_record
from firedoor.app.api.asgi import Api
from firedoor.app.approving import approval_desk, holding_of, recalling_of
from firedoor.app.aside import Aside
from firedoor.app.lock_wiring import Locking, locking_of
from firedoor.app.log_keeping import log_keeper
from firedoor.app.masking import masking_of
from firedoor.app.metrics import Metrics, watch_journal
from firedoor.app.permits import permitting_of
from firedoor.app.policy.in_force import LivePolicies, at_start, ground_of
from firedoor.app.recovering import refuse_if_unrecorded
from firedoor.app.settings.resolved import Settings, UpstreamSettings
from firedoor.app.unrecorded import best_effort, telling_of
from firedoor.app.untold_locks import Untold
from firedoor.core.mask.credentials import spellings
from firedoor.core.record.facts import IndexRow, facts
from firedoor.core.record.frame import fresh_session_id
from firedoor.edges.inbound.admin_socket import AdminSocket
from firedoor.edges.inbound.streamable_http import McpEdge
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.outbound.endpoint import Endpoint, HttpEndpoint, StdioEndpoint
from firedoor.edges.outbound.upstreams import OutboundUpstreams
from firedoor.edges.store.journal.disk import REAL, Disk
from firedoor.edges.store.journal.reader import read_since
from firedoor.edges.store.journal.writer import Journal
from firedoor.edges.store.log.keeper import LogKeeper
from firedoor.edges.store.store import Store
from firedoor.edges.understanding.readers import Readers
from firedoor.engine.deciding import Deciding
from firedoor.engine.doors.containment import Containment
from firedoor.engine.ending.recording import watch_record
from firedoor.engine.masking import Masking
from firedoor.engine.people.holding import Holding
from firedoor.engine.people.permitting import Permitting
from firedoor.engine.rates import Rates
from firedoor.engine.run import Engine
from firedoor.engine.sessions import Fresh, Sessions
from firedoor.engine.unrecorded import Telling
from firedoor.engine.upstreams.eras import Eras
from firedoor.engine.upstreams.listing import Listing
from firedoor.engine.upstreams.pins import Pins
from firedoor.model.gate import Gate
from firedoor.model.ids import SessionId
from firedoor.model.limits import Limits
from firedoor.model.upstream import Transport

OVERLAP_US = 60 * 1_000_000
"""How far before its watermark the index is made again: rows arrive a little out of order."""
SWEEP_S = 15.0
"""How often sessions whose time is up are closed."""


log = logging.getLogger("firedoor")


def now_us() -> int:
    """The time, in unix microseconds."""
    return time.time_ns() // 1000


def steady_us() -> int:
    """Microseconds of a clock that never goes back."""
    return time.monotonic_ns() // 1000


def fresh_session(at_us: int) -> SessionId:
    """A new UUIDv7."""
    return fresh_session_id(at_us, secrets.token_bytes(10))


@dataclass(slots=True, kw_only=True)
class Gateway:
    """The parts of a running gateway that outlive a request."""

    settings: Settings
    engine: Engine
    edge: McpEdge
    store: Store
    journal: Journal
    log: LogKeeper
    outbound: OutboundUpstreams
    readers: Readers
    metrics: Metrics
    ring: KeyRing
    locks: Locking
    untold: Untold
    admin: AdminSocket
    api: Api
    telling: Telling
    lost: int
    """Sessions that the last run left open: it did not end well."""

    @property
    def is_ready(self) -> bool:
        """Whether calls can be recorded, are taken, and it is known who is locked out."""
        return not self.trouble

    @property
    def trouble(self) -> str:
        """Why no call is taken, as a code; empty if calls are."""
        if self.engine.is_draining:
            return "draining"
        return "locks_unreadable" if self.engine.containment.is_blind else self.journal.trouble

    async def sweep(self) -> None:
        """Close sessions whose time is up, for ever."""
        while True:
            await asyncio.sleep(SWEEP_S)
            await self.engine.sessions.close_over()
            await self.engine.holding.approving.expire()
            await self.engine.deciding.permits.expire()

    async def watch(self) -> None:
        """See what other processes lock, and whether the record takes entries, for ever."""
        await asyncio.gather(
            self.engine.containment.watch(),
            watch_record(self.engine, lambda: self.journal.trouble),
            self.telling.watch(),
            self.untold.watch(),
        )

    def catch_up(self) -> None:
        """After a crash: put into the index what the record has and the index missed. Takes its time."""
        since_us = (self.store.index.watermark() or 0) - OVERLAP_US
        rows = (
            facts(entry.kind, entry.session, entry.sequence, entry.at_us, entry.envelope)
            for entry in read_since(self.settings.data_dir, since_us, keys=self.ring)
        )
        log.info("the index took %d rows from the record", self.store.index.catch_up(rows))

    async def close(self, wait_s: float) -> None:
        """End in order: calls, streams, sessions, upstreams, record, store."""
        # Calls that may finish may be locked meanwhile, here or elsewhere.
        watching = asyncio.create_task(self.engine.containment.watch())
        await self.engine.drain(wait_s)
        await self.telling.look()
        await self.admin.close()
        await self.untold.look_on(is_at_once=True)
        await asyncio.to_thread(self.engine.holding.approving.notifier.close)
        await self.outbound.close()
        await self.readers.aclose()
        await asyncio.to_thread(self.journal.close)
        await asyncio.to_thread(self.log.close)
        await asyncio.to_thread(self.store.close)
        watching.cancel()
        self.locks.close()


def build(settings: Settings, disk: Disk = REAL) -> Gateway:
    """Build a gateway. Call it on the loop that will serve it. `disk` is that of the journal.

    Raises:
        SettingsError: a policy, the database or the data folder cannot be used.
        IntegrityError: the record is damaged.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_if_unrecorded(settings.data_dir)
    ring = record_ring(settings)
    aside, metrics = Aside(), Metrics()
    store = Store.open(settings.database, settings.data_dir, pause=aside.stand)
    policy = at_start(settings, store.policies, now_us)

    def note(rows: list[IndexRow]) -> None:
        store.index.note(rows)
        metrics.note(rows)

    keeper = log_keeper(settings, metrics, aside.breathe)
    journal = open_record(settings, ring, note, keeper.note, disk)
    outbound = OutboundUpstreams({entry.upstream.name: _endpoint(entry) for entry in settings.upstreams})
    gate, readers = _gate(settings), Readers()
    live = LivePolicies(store.policies, policy, ground_of(settings), journal, now_us)
    locks = locking_of(settings, now_us, steady_us)
    parts = _Parts(gate, journal, store, outbound, holding_of(settings, store, journal))
    permitting = permitting_of(settings, store, parts.holding.approving, live, gate.upstreams)
    deciding = _deciding(live, readers, _pins(parts, locks.containment), permitting)
    engine = _engine(parts, locks.containment, deciding, masking_of(settings))
    _watch(engine, metrics, parts)
    desk = approval_desk(engine, store, permitting, recalling_of(settings, ring, engine))
    lock_desk = locks.desk(engine, store.index, settings.data_dir, aside)
    verbs = {**lock_desk.verbs(), **desk.verbs(), **verbs_of_the_record(journal, ring, journal.renew_keys)}
    return Gateway(
        settings=settings,
        engine=engine,
        edge=McpEdge(engine, now_us),
        store=store,
        journal=journal,
        log=keeper,
        outbound=outbound,
        readers=readers,
        metrics=metrics,
        ring=ring,
        locks=locks,
        untold=lock_desk.untold,
        admin=AdminSocket(settings.data_dir, verbs),
        telling=telling_of(settings, engine, journal, metrics),
        api=Api(gate.limits, {**desk.routes(), **lock_desk.routes()}),
        lost=sum(not each.is_control for each in journal.left_open),
    )


def _deciding(live: LivePolicies, readers: Readers, pins: Pins, permits: Permitting) -> Deciding:
    rates = Rates(now_us=steady_us)
    return Deciding(policies=live, rates=rates, understand=readers.understand, pins=pins, permits=permits)


@dataclass(frozen=True, slots=True)
class _Parts:
    gate: Gate
    journal: Journal
    store: Store
    outbound: OutboundUpstreams
    holding: Holding


def _pins(parts: _Parts, containment: Containment) -> Pins:
    return Pins(
        definitions=parts.store.definitions,
        upstreams=parts.gate.upstreams,
        listing=Listing(recorder=parts.journal, upstreams=parts.outbound, now_us=now_us),
        recorder=parts.journal,
        containment=containment,
        now_us=now_us,
    )


def _engine(parts: _Parts, containment: Containment, deciding: Deciding, masking: Masking) -> Engine:
    journal, outbound = parts.journal, parts.outbound
    fresh = Fresh(now_us=now_us, session=fresh_session, secret=lambda: secrets.token_urlsafe(24))
    eras = Eras(recorder=journal, upstreams=outbound, now_us=now_us)
    return Engine(
        gate=parts.gate,
        recorder=journal,
        directory=parts.store.grants,
        upstreams=outbound,
        sessions=Sessions(
            recorder=journal,
            upstreams=outbound,
            eras=eras,
            fresh=fresh,
            best_effort=best_effort(parts.gate),
        ),
        containment=containment,
        deciding=deciding,
        holding=parts.holding,
        masking=masking,
    )


def _watch(engine: Engine, metrics: Metrics, parts: _Parts) -> None:
    watch_journal(metrics, parts.journal)
    metrics.watch("index_lost", "Facts the index is missing.", lambda: parts.store.index.lost)
    metrics.watch("sessions", "Sessions that are open.", lambda: len(engine.sessions.live))
    metrics.watch("calls_under_way", "Calls under way.", lambda: engine.count()[0])
    permits = engine.deciding.permits
    metrics.watch("break_glass_open", "Break-glass that is open.", lambda: len(permits.broken))
    metrics.watch("break_glass_uses", "Calls it let pass.", lambda: permits.used_in_emergency)
    metrics.watch("streams_open", "Streams that are open.", lambda: engine.count()[1])


def _gate(settings: Settings) -> Gate:
    return Gate(
        limits=_limits(settings),
        upstreams={entry.upstream.name: entry.upstream for entry in settings.upstreams},
        withheld=_withheld(settings),
    )


def _endpoint(entry: UpstreamSettings) -> Endpoint:
    name = entry.upstream.name
    if entry.command is not None:
        cwd = str(entry.cwd) if entry.cwd is not None else None
        return StdioEndpoint(name=name, command=entry.command, args=entry.args, env=entry.env, cwd=cwd)
    transport = None if entry.transport == "auto" else Transport(entry.transport)
    return HttpEndpoint(name=name, url=entry.url or "", headers=entry.headers, transport=transport)


def _limits(settings: Settings) -> Limits:
    return Limits(
        hosts=_hosts(settings),
        origins=_origins(settings),
        body_bytes=settings.limits.body_bytes,
        concurrent_calls=settings.limits.concurrent_calls_per_grant,
    )


def _hosts(settings: Settings) -> frozenset[str]:
    """What `Host` may say: the public address, the listening address, and what the settings add."""
    hosts = {urlsplit(settings.public_url).netloc.lower(), f"{settings.host}:{settings.port}"}
    if settings.host in _LOOPBACK:
        hosts |= {f"{name}:{settings.port}" for name in _LOOPBACK}
    for name in settings.allowed_hosts:
        hosts |= {name.lower(), f"{name.lower()}:{settings.port}"}
    return frozenset(hosts)


def _origins(settings: Settings) -> frozenset[str]:
    public = urlsplit(settings.public_url)
    origins = {f"{public.scheme}://{public.netloc}".lower(), *(o.lower() for o in settings.allowed_origins)}
    if settings.host in _LOOPBACK:
        origins |= {f"http://{name}:{settings.port}" for name in _LOOPBACK}
    return frozenset(origins)


_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_SOUNDS_SECRET = re.compile(r"key|token|secret|passw|credential|auth|cookie|dsn", re.IGNORECASE)


def _withheld(settings: Settings) -> Mapping[str, tuple[bytes, ...]]:
    """The credentials of each upstream, in every spelling that must not come back out."""
    return {
        entry.upstream.name: spellings(
            part
            for name, value in (*entry.headers, *entry.env)
            if _SOUNDS_SECRET.search(name)
            # `Bearer abc`: the credential is what an upstream would repeat.
            for part in (value, value.rpartition(" ")[2])
        )
        for entry in settings.upstreams
    }
