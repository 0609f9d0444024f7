"""Records what operators do: through the gateway if one runs, else in the journal itself.

The journal has one writer. While a gateway runs, it writes, and the kernel tells it who asks. While none
runs, the command opens the journal for one entry, as a gateway would that starts and stops. There is no file
of notes that waits for a gateway: it could be changed meanwhile. Never writes an act after what it names.
"""

import contextlib
import os
import pwd
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import msgspec

from firedoor.app.admin_client import ask_gateway
from firedoor.app.inspect import now_us, open_store
from firedoor.app.log_keeping import log_keeper
from firedoor.app.metrics import Metrics
from firedoor.app.settings.resolved import Settings
from firedoor.core.record.approvals import VIEWED
from firedoor.core.record.tombstone import Tombstone, tombstone_entry
from firedoor.edges.inbound.admin_socket import Operator, Verb
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.disk import REAL, Disk
from firedoor.edges.store.journal.room import RESERVE_BYTES
from firedoor.edges.store.journal.segments import Sizes
from firedoor.edges.store.journal.surroundings import OnDurable, OnDurableFrames, Surroundings
from firedoor.edges.store.journal.writer import Journal
from firedoor.edges.store.store import Store
from firedoor.model.custody import Recipient
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import ClientError, RecordError
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId, SessionId
from firedoor.model.json import Json, JsonObject
from firedoor.ports.acts import Acts
from firedoor.ports.grants import Grants
from firedoor.ports.recorder import Recorder

Result = TypeVar("Result")
PATIENCE_S = 2.0
_LOOK_S = 0.05
CONTROL, KEYS_CHANGED, SHRED = "control", "keys_changed", "shred"
STARTED = "started"
_GATEWAYS_OWN = frozenset({"probed", "shredded", STARTED, "definitions_seen", VIEWED})
"""Entries that mean something to a reader; an operator's words must not be taken for them."""


def act_entry(control: SessionId, act: str, operator: Operator, about: JsonObject) -> Entry:
    """The control entry of an act. Who did it cannot be said by the one who asks."""
    by: JsonObject = {"name": operator.name, "uid": operator.uid}
    envelope: dict[str, Json] = {**about, "what": act, "by": by}
    return Entry(kind=EntryKind.CONTROL, session=control, at_us=now_us(), envelope=envelope)


class RecordedActs:
    """Implements the port `Acts` for a command."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def note(self, act: str, about: JsonObject) -> None:
        """Record it. It is durable when this returns.

        Raises:
            RecordError: it could not be made durable.
            IntegrityError: the record is damaged, so that nothing is added to it.
        """
        once_free(lambda: self._asked(act, about) or self._written(act, about))

    def _asked(self, act: str, about: JsonObject) -> bool:
        return ask_gateway(self._settings.data_dir, "note", {"act": act, "about": about}) is not None

    def _written(self, act: str, about: JsonObject) -> bool:
        with open_journal(self._settings) as journal:
            journal.put(act_entry(journal.control, act, this_operator(), about))
        return True


def once_free(attempt: Callable[[], Result]) -> Result:
    """Try until the journal is free, for a while.

    A command has it for the blink of an entry, and a gateway that starts answers nobody for a moment.

    Raises:
        RecordError: it never was, or something else is wrong.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return attempt()
        except RecordError as fault:
            if fault.code != "record_in_use" or time.monotonic() > deadline:
                raise
        time.sleep(_LOOK_S)


@contextlib.contextmanager
def open_journal(settings: Settings) -> Generator[Journal]:
    """Be the journal's writer for a moment. What was put is durable when this ends well.

    Raises:
        RecordError: another process writes, or something could not be made durable.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_another_owner(settings.data_dir)
    ring = record_ring(settings)
    with open_store(settings) as store:
        keeper = log_keeper(settings, Metrics())
        journal = Journal.open(
            settings.data_dir,
            keys=ring,
            on_durable=store.index.note,
            on_durable_frames=keeper.note,
            around=Surroundings(disk=REAL, marks=settings.marks, unwrap=ring),
        )
        try:
            yield journal
        finally:
            journal.close()
            keeper.close()
            store.index.flush()
        if journal.failure is not None:
            raise journal.failure


def _refuse_another_owner(data_dir: Path) -> None:
    """A segment or a key that root leaves behind is one that the gateway's own user cannot read or write."""
    owner = data_dir.stat().st_uid
    if owner == os.getuid():
        return
    name = _name_of(owner)
    text = f"{data_dir} belongs to {name}, and what you write there would not."
    raise RecordError("record_of_another_user", text, f"sudo -u {name} firedoor …, or start the gateway.")


def record_ring(settings: Settings) -> KeyRing:
    """The keys that a writer of the record wraps with.

    Raises:
        SettingsError: a layer has no recipient, or a key file is damaged.
    """
    ring = KeyRing.open(settings.data_dir, settings.custody)
    ring.require_recipients()
    return ring


def open_record(
    settings: Settings,
    ring: KeyRing,
    on_durable: OnDurable,
    on_durable_frames: OnDurableFrames,
    disk: Disk = REAL,
) -> Journal:
    """Open the journal of a gateway that starts. Who can read what it records stands in its first entries.

    Raises:
        RecordError: another process writes, or the journal cannot be written.
        IntegrityError: the journal is corrupt.
    """
    journal = once_free(
        lambda: Journal.open(
            settings.data_dir,
            keys=ring,
            on_durable=on_durable,
            on_durable_frames=on_durable_frames,
            around=Surroundings(
                disk=disk, marks=settings.marks, sizes=Sizes(reserve=RESERVE_BYTES), unwrap=ring
            ),
        )
    )
    about = {"mode": settings.custody.value, **about_recipients(ring.recipients)}
    journal.put(act_entry(journal.control, STARTED, this_operator(), about))
    return journal


def this_operator() -> Operator:
    """Who runs this process, as the operating system says."""
    uid = os.getuid()
    return Operator(name=_name_of(uid), uid=uid)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def about_recipients(recipients: tuple[Recipient, ...]) -> JsonObject:
    """Who can read from now on, for the record."""
    return {
        "recipients": [
            {"name": each.name, "recipient": each.recipient, "layers": sorted(each.layers)}
            for each in recipients
        ]
    }


def verbs_of_the_record(recorder: Recorder, ring: KeyRing, renew: Callable[[], None]) -> Mapping[str, Verb]:
    """What operators may ask a running gateway about its record. `renew` gives every session new keys."""

    async def note(operator: Operator, arguments: JsonObject) -> JsonObject:
        act, about = arguments.get("act"), arguments.get("about")
        if not isinstance(act, str) or not isinstance(about, dict) or act in _GATEWAYS_OWN:
            raise ClientError("act_unusable", "That is no act of an operator.")
        sequence = await recorder.append(act_entry(recorder.control, act, operator, about))
        return {"session": recorder.control, "sequence": sequence}

    async def keys_changed(operator: Operator, _: JsonObject) -> JsonObject:
        ring.reload()
        renew()
        # Once this is durable, so is every key that was wrapped for those before: who waits may rewrap.
        entry = act_entry(recorder.control, KEYS_CHANGED, operator, about_recipients(ring.recipients))
        return {"session": recorder.control, "sequence": await recorder.append(entry)}

    async def control(_: Operator, __: JsonObject) -> JsonObject:
        return {"session": recorder.control}

    async def shred(operator: Operator, arguments: JsonObject) -> JsonObject:
        asked = arguments.get("tombstones")
        for each in asked if isinstance(asked, list) else ():
            await recorder.append(shred_entry(recorder.control, operator, _tombstone(each)))
        return {"session": recorder.control}

    return {"note": note, KEYS_CHANGED: keys_changed, CONTROL: control, SHRED: shred}


def shred_entry(control: SessionId, operator: Operator, tombstone: Tombstone) -> Entry:
    """The control entry of a tombstone, with who shredded."""
    entry = tombstone_entry(tombstone, control=control, at_us=now_us())
    by: JsonObject = {"name": operator.name, "uid": operator.uid}
    return replace(entry, envelope={**entry.envelope, "by": by})


def _tombstone(asked: Json) -> Tombstone:
    try:
        return msgspec.convert(asked, Tombstone)
    except msgspec.ValidationError as fault:
        raise ClientError("tombstone_unusable", f"That is no tombstone: {fault}") from fault


class RecordedGrants:
    """Grants as commands change them: each change stands in the record first."""

    def __init__(self, grants: Grants, acts: Acts, on_unrecorded: Callable[[RecordError], None]) -> None:
        self._grants = grants
        self._acts = acts
        self._on_unrecorded = on_unrecorded

    def create(self, grant: Grant) -> None:
        """Keep a new grant, once its making is recorded."""
        self._acts.note(
            "token_created",
            {
                "grant": grant.id,
                "principal": grant.principal.name,
                "actors": [actor.name for actor in grant.principal.actors],
                "upstreams": None if grant.upstreams is None else sorted(grant.upstreams),
                "roles": sorted(grant.roles),
                "expires_at_us": grant.expires_at_us,
            },
        )
        self._grants.create(grant)

    def list(self) -> tuple[Grant, ...]:
        """Every grant."""
        return self._grants.list()

    def find(self, grant: GrantId) -> Grant | None:
        """Find the grant with this id."""
        return self._grants.find(grant)

    def revoke(self, grant: GrantId, at_us: int, reason: str) -> bool:
        """Revoke it. A record that takes nothing does not keep a door open: then it is told, and revoked."""
        found = self._grants.find(grant)
        if found is None or found.revoked_at_us is not None:
            return False
        try:
            self._acts.note("token_revoked", {"grant": grant, "reason": reason})
        except RecordError as fault:
            self._on_unrecorded(fault)
        return self._grants.revoke(grant, at_us, reason)


def recorded_grants(
    settings: Settings, store: Store, on_unrecorded: Callable[[RecordError], None]
) -> RecordedGrants:
    """The grants of a store, for a command that changes them."""
    return RecordedGrants(store.grants, RecordedActs(settings), on_unrecorded)
