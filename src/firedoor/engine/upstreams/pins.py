"""Pinned definitions of a running gateway: what was seen, what people rely on, what is listed now.

Theory of operation. The store says which definitions were accepted; that never becomes untrue, so that a yes
is remembered and a no is asked again, whichever process accepted meanwhile. What an upstream lists now is
remembered by upstream and principal, since servers show different people different tools. It is learnt from
lists that pass, and asked for before a call where nobody knows, where it is old, and where the upstream has
said that it changed. Whatever is new is durable in the record before anything follows from it.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from firedoor.core.forward.definitions import CALLED, MOST, listed_in
from firedoor.core.pinned import CheckListed, FindDefinition, ListChanged
from firedoor.engine.doors.containment import Containment
from firedoor.engine.doors.door import Door
from firedoor.engine.running import Running
from firedoor.engine.upstreams.listing import About, Listing, Shut
from firedoor.model.definition import Definition, DefinitionKind, DefinitionState, PinMode, Standing
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import RecordError, SettingsError
from firedoor.model.json import Json, JsonObject
from firedoor.model.session import Session
from firedoor.model.upstream import Upstream
from firedoor.ports.definitions import Definitions, Key, Known
from firedoor.ports.recorder import Recorder

log = logging.getLogger("firedoor.pins")

T = TypeVar("T")
_ACCEPTED = DefinitionState.ACCEPTED
"""By a name of its own: a member of an enumeration is looked up in six steps, each time."""
KEPT_US = 300 * 1_000_000
"""How long a list is believed that nobody says has changed: a client that keeps its own would hide it."""
LARGE = 256 * 1024
"""Bytes from which a list is read beside the loop, so that nobody waits for it."""
PRINCIPALS = 4_096
"""Principals and upstreams whose lists are remembered. The oldest are asked for again."""
NAMED = 100
"""Definitions that one entry names."""
SEEN, BY_FIRST_LIST = "definitions_seen", "first list"


@dataclass(slots=True)
class _Listed:
    """What one principal is shown by one upstream."""

    keys: dict[tuple[DefinitionKind, str], tuple[Key, ...]] = field(
        default_factory=dict[tuple[DefinitionKind, str], tuple[Key, ...]]
    )
    at_us: dict[DefinitionKind, int] = field(default_factory=dict[DefinitionKind, int])
    """When the whole list was seen; none where it is said to have changed."""
    digests: dict[DefinitionKind, str] = field(default_factory=dict[DefinitionKind, str])
    """Of each whole list: SHA-256 of the hashes of its definitions, sorted, a line each."""

    def take(self, kind: DefinitionKind, found: Sequence[Definition], whole_at_us: int | None) -> None:
        """Remember what is listed."""
        if whole_at_us is not None:
            self.at_us[kind] = whole_at_us
            lines = "\n".join(sorted(each.hash for each in found))
            self.digests[kind] = hashlib.sha256(lines.encode()).hexdigest()
            for name in [name for name in self.keys if name[0] is kind]:
                del self.keys[name]
        by_name: dict[str, list[Key]] = {}
        for each in found:
            by_name.setdefault(each.name, []).append((kind, each.hash))
        for name, keys in by_name.items():
            self.keys[kind, name] = tuple(keys)


@dataclass(slots=True, kw_only=True)
class Pins:
    """What is known of the definitions of every upstream."""

    definitions: Definitions
    upstreams: Mapping[str, Upstream]
    listing: Listing
    recorder: Recorder
    containment: Containment
    now_us: Callable[[], int]
    principals: int = PRINCIPALS
    _known: dict[str, Known] = field(default_factory=dict[str, Known])
    _listed: dict[tuple[str, str], _Listed] = field(default_factory=dict[tuple[str, str], _Listed])
    _taking: dict[str, asyncio.Lock] = field(default_factory=dict[str, asyncio.Lock])
    _asking: dict[tuple[str, str], asyncio.Lock] = field(default_factory=dict[tuple[str, str], asyncio.Lock])

    @property
    def answers(self) -> Mapping[type, Callable[[Any, Running], Awaitable[Any]]]:
        """How each command is answered."""
        return {FindDefinition: self._find, CheckListed: self._check, ListChanged: self._changed}

    def listed(self, upstream: str, principal: str) -> JsonObject:
        """What an upstream lists for somebody, as far as whole lists were seen. Asks nobody."""
        listed = self._listed.get((upstream, principal))
        if listed is None:
            return {}
        return {
            kind.value: {"sha256": listed.digests[kind], "seen_at_us": at_us}
            for kind, at_us in listed.at_us.items()
        }

    async def _find(self, command: FindDefinition, running: Running) -> Standing:
        session, kind = command.session, CALLED[command.message.method]
        upstream, listed = self.upstreams[session.upstream], self._of(session)
        if not self._is_fresh(listed, kind):
            about = About(session, command.version, kind)
            why = await self._ask(about, running, lambda: not self._is_fresh(listed, kind))
            if why:
                return Standing(why=why)
        keys = listed.keys.get((kind, command.message.name), ())
        return await self._standing(upstream, (kind, command.message.name), keys)

    async def _standing(
        self, upstream: Upstream, name: tuple[DefinitionKind, str], keys: tuple[Key, ...]
    ) -> Standing:
        known = self._known.get(upstream.name) or await self._read(upstream.name)
        if not set(keys) <= known.accepted or (not keys and name in known.waiting):
            # Who asked for the list may be accepting it right now: of calls at once none is denied for that.
            async with self._taking.setdefault(upstream.name, asyncio.Lock()):
                known = await self._read(upstream.name)
        # A name that is listed twice may mean either.
        strange = [digest for kind, digest in keys if (kind, digest) not in known.accepted]
        if strange or (not keys and name in known.waiting):
            state = DefinitionState.CHANGED if name in known.names else DefinitionState.NEW
            return Standing(hash=strange[0] if strange else "", state=state)
        if not keys:
            return Standing(state=DefinitionState.UNLISTED)
        return Standing(hash=keys[0][1], state=_ACCEPTED)

    async def _check(self, command: CheckListed, running: Running) -> frozenset[int]:
        session, kind = command.session, command.kind
        upstream = self.upstreams[session.upstream]
        reading = (command.payload, kind, upstream.unpinned)
        is_large = len(command.payload) >= LARGE
        listed = await asyncio.to_thread(listed_in, *reading) if is_large else listed_in(*reading)
        if listed is None:
            return frozenset()
        # A list without measure is taken for a part of one: no more of it is kept, and nothing follows.
        is_flood = len(listed.definitions) > MOST
        is_whole = not is_flood and not listed.has_more and "cursor" not in command.message.params
        known = await self._known_of(upstream.name)
        if not is_whole and kind not in known.begun:
            # The first pages of a first list are not all that there is at first.
            why = await self._ask(About(session, command.version, kind), running, lambda: True)
            if why:
                log.warning("%s is first seen, and only a part of its list: %s", upstream.name, why)
        accepted = await self._take(session, kind, listed.definitions[:MOST], is_whole=is_whole)
        return frozenset(
            index for index, each in enumerate(listed.definitions) if (kind, each.hash) not in accepted
        )

    async def _changed(self, command: ListChanged, _: Running) -> None:
        for (upstream, _who), listed in self._listed.items():
            if upstream == command.upstream:
                listed.at_us.pop(command.kind, None)

    async def _ask(self, about: About, running: Running, is_needed: Callable[[], bool]) -> str:
        """Learn what is listed, if nobody else has meanwhile. Empty, or why nobody can tell."""
        session, door = about.session, Door(self.containment, running)
        unpinned = self.upstreams[session.upstream].unpinned
        while True:
            # Whom a lock holds for waits here: not while others wait for the same list.
            await door.passed()
            async with self._asking.setdefault(_key(session), asyncio.Lock()):
                whole = await self.listing.whole(about, unpinned, door) if is_needed() else None
                if isinstance(whole, str):
                    return whole
                if isinstance(whole, tuple):
                    await self._take(session, about.kind, whole, is_whole=True)
            if whole is not Shut.SHUT:
                return ""

    async def _take(
        self, session: Session, kind: DefinitionKind, found: Sequence[Definition], *, is_whole: bool
    ) -> frozenset[Key]:
        """Take what is listed for what it is. What is accepted, then."""
        name = session.upstream
        keys = {(kind, each.hash) for each in found}
        listed = self._of(session)
        async with self._taking.setdefault(name, asyncio.Lock()):
            known = await self._known_of(name)
            if not keys <= known.accepted or (is_whole and kind not in known.begun):
                known = await self._read(name)
            listed.take(kind, found, self.now_us() if is_whole else None)
            lost = self._lost(known, name, kind) if is_whole else ()
            fresh = [each for each in found if (kind, each.hash) not in known.seen]
            back = [each for each in found if (kind, each.hash) in known.gone]
            is_first = is_whole and kind not in known.begun
            if fresh or back or lost or is_first:
                known = await self._keep(session, kind, _News(known, fresh, back, lost, found, is_first))
        return known.accepted

    async def _keep(self, session: Session, kind: DefinitionKind, news: "_News") -> Known:
        upstream, at_us, store = self.upstreams[session.upstream], self.now_us(), self.definitions
        name = upstream.name
        relied = news.relied(upstream.pin)
        # No definition is relied on, and none is denied, that the record does not show.
        await self.recorder.append(self._entry(session, kind, news, relied))
        if waiting := len(news.fresh) - len(relied):
            log.warning("%d of %s wait to be accepted: firedoor tools diff %s", waiting, name, name)
        await _stored(store.see, name, [*news.fresh, *news.back], at_us)
        if relied:
            await _stored(store.accept, name, [(kind, each.hash) for each in relied], BY_FIRST_LIST, at_us)
        if news.is_first:
            await _stored(store.begin, name, kind, at_us)
        if news.lost:
            await _stored(store.lose, name, news.lost, at_us)
        return await self._read(name)

    def _entry(
        self, session: Session, kind: DefinitionKind, news: "_News", relied: Sequence[Definition]
    ) -> Entry:
        said: dict[str, Json] = {
            "what": SEEN,
            "upstream": session.upstream,
            "for": session.id,
            "kind": kind.value,
            "pinned": _named(relied),
            "new": _named([each for each in news.fresh if each not in relied and not news.is_change(each)]),
            "changed": _named([each for each in news.fresh if each not in relied and news.is_change(each)]),
            "back": _named(news.back),
            "gone": [digest for _, digest in news.lost[:NAMED]],
        }
        texts = {each.hash: each.text for each in news.fresh[:NAMED]}
        return Entry(
            kind=EntryKind.CONTROL,
            session=self.recorder.control,
            at_us=self.now_us(),
            envelope={key: value for key, value in said.items() if value},
            payload=msgspec.json.encode(texts) if texts else b"",
        )

    def _lost(self, known: Known, upstream: str, kind: DefinitionKind) -> tuple[Key, ...]:
        """What nobody is shown any more, as far as this process has seen."""
        shown = {
            key
            for (name, _), listed in self._listed.items()
            if name == upstream
            for keys in listed.keys.values()
            for key in keys
        }
        return tuple(sorted(key for key in known.seen - known.gone - shown if key[0] is kind))

    def _of(self, session: Session) -> _Listed:
        key = _key(session)
        found = self._listed.get(key)
        if found is None:
            while len(self._listed) >= self.principals:
                oldest = next(iter(self._listed))
                del self._listed[oldest]
                self._asking.pop(oldest, None)
            found = self._listed[key] = _Listed()
        return found

    def _is_fresh(self, listed: _Listed, kind: DefinitionKind) -> bool:
        at_us = listed.at_us.get(kind)
        return at_us is not None and self.now_us() - at_us <= KEPT_US

    async def _known_of(self, upstream: str) -> Known:
        return self._known.get(upstream) or await self._read(upstream)

    async def _read(self, upstream: str) -> Known:
        known = self._known[upstream] = await _stored(self.definitions.known, upstream)
        return known


@dataclass(frozen=True, slots=True)
class _News:
    """What a list says that was not known."""

    known: Known
    fresh: Sequence[Definition]
    back: Sequence[Definition]
    lost: tuple[Key, ...]
    found: Sequence[Definition]
    is_first: bool

    def relied(self, mode: PinMode) -> list[Definition]:
        """What is accepted at first sight: what is there from the start, and has nothing suspicious."""
        if not self.is_first or mode is not PinMode.ACCEPT_FIRST:
            return []
        strange = (each for each in self.found if (each.kind, each.hash) not in self.known.accepted)
        return [each for each in strange if not each.suspicions]

    def is_change(self, definition: Definition) -> bool:
        """Whether another definition of this name is relied on."""
        return (definition.kind, definition.name) in self.known.names


def _key(session: Session) -> tuple[str, str]:
    return session.upstream, session.grant.principal.name


def _named(found: Sequence[Definition]) -> list[Json]:
    return [_about(each) for each in found[:NAMED]]


def _about(found: Definition) -> JsonObject:
    kinds = sorted({each.kind for each in found.suspicions})
    return {"name": found.name[:128], "hash": found.hash, **({"suspicions": kinds} if kinds else {})}


async def _stored(ask: Callable[..., T], *arguments: object) -> T:
    """Use the store beside the loop.

    Raises:
        RecordError: it could not do it. Who asks must deny.
    """
    try:
        return await asyncio.to_thread(ask, *arguments)
    except SettingsError as fault:
        # What the database said is for the log: it names where that is.
        log.warning("what was accepted cannot be told: %s", fault.message)
        raise RecordError("store_unavailable", "What was accepted cannot be told at the moment.") from fault


@dataclass(frozen=True, slots=True)
class NothingPinned:
    """Takes every definition for accepted. For an engine that is not about them."""

    @property
    def answers(self) -> Mapping[type, Callable[[Any, Running], Awaitable[Any]]]:
        """How each command is answered."""
        return {FindDefinition: self._find, CheckListed: self._check, ListChanged: self._changed}

    def listed(self, upstream: str, principal: str) -> JsonObject:
        """Nothing is known of lists."""
        del upstream, principal
        return {}

    async def _find(self, _: FindDefinition, __: Running) -> Standing:
        return Standing(state=_ACCEPTED)

    async def _check(self, _: CheckListed, __: Running) -> frozenset[int]:
        return frozenset()

    async def _changed(self, _: ListChanged, __: Running) -> None:
        return None
