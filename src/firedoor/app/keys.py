"""What `firedoor keys` does: who may read recordings, and a drill that shows whether they can.

Each change stands in the record before it is made. A running gateway is told, and has taken it up before
anything is wrapped anew. Shows no key and no identity.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from firedoor.app.acts import KEYS_CHANGED, RecordedActs, about_recipients
from firedoor.app.admin_client import ask_gateway
from firedoor.app.settings.resolved import Settings
from firedoor.edges.keys.age import IDENTITY_FILE, KeyRing
from firedoor.edges.keys.folder import (
    KeyFile,
    Rewrapped,
    changing,
    forget_retired,
    key_files,
    open_key,
    retire_identity,
    rewrap,
)
from firedoor.edges.keys.identity import make_identity, read_identities
from firedoor.edges.keys.mask_keys import rotate_mask_key
from firedoor.edges.keys.recipients import check_recipient, load_recipients, save_recipients
from firedoor.edges.store.journal.reader import read_all
from firedoor.model.custody import Recipient
from firedoor.model.entry import Layer
from firedoor.model.errors import ClientError, SettingsError
from firedoor.model.ids import SessionId
from firedoor.operations.recipients import with_recipient, without_recipient

OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """Who may read, and how much there is."""

    recipients: tuple[Recipient, ...]
    sessions: int
    keys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What the identities of a drill open."""

    keys: int
    opened: int
    sessions: int
    entries: int
    """Read from beginning to end."""
    lost: tuple[SessionId, ...]
    """Sessions with a key that does not open."""


def init_keys(settings: Settings, offline: Path) -> tuple[Recipient, ...]:
    """Make the local identity if it is to read, and an offline one in a new file, for every recording.

    Raises:
        ClientError: there is an offline recipient already, or the file is there.
    """
    folder = settings.data_dir / "keys"
    if offline.exists():
        text = f"{offline} is there already."
        raise ClientError("identity_exists", text, "Name a file that is not, best on another disk.")
    if not offline.parent.is_dir():
        raise ClientError("identity_unwritable", f"There is no folder {offline.parent}.")
    if settings.custody.local_layers:
        make_identity(folder / IDENTITY_FILE)
    if any(each.name == OFFLINE for each in load_recipients(folder)):
        raise ClientError(
            "recipient_taken", "There is an offline recipient already.", "See: firedoor keys list"
        )
    make_identity(offline)
    recipient = str(read_identities(offline)[0].to_public())
    new = Recipient(name=OFFLINE, recipient=recipient, layers=frozenset(Layer))
    recipients = _change(settings, with_recipient(load_recipients(folder), new))
    rewrap_keys(settings, [offline])
    return recipients


def add_recipient(settings: Settings, recipient: Recipient) -> tuple[Recipient, ...]:
    """Wrap what comes for one more. What is there already: `rewrap_keys`.

    Raises:
        ClientError: the name or the recipient is taken.
        SettingsError: it is no recipient.
    """
    check_recipient(recipient)
    return _change(settings, with_recipient(load_recipients(settings.data_dir / "keys"), recipient))


def remove_recipient(settings: Settings, name: str) -> tuple[Recipient, ...]:
    """Wrap what comes for one fewer. What is there already: `rewrap_keys`.

    Raises:
        ClientError: there is none of that name, or nobody would be left.
    """
    there = load_recipients(settings.data_dir / "keys")
    return _change(settings, without_recipient(there, name, settings.custody.local_layers))


def state_of_keys(settings: Settings) -> KeyState:
    """Tell who may read, and how many keys there are."""
    ring = KeyRing.open(settings.data_dir, settings.custody, may_make=False)
    files = list(key_files(settings.data_dir))
    return KeyState(
        recipients=ring.recipients, keys=len(files), sessions=len({each.session for each in files})
    )


def rewrap_keys(settings: Settings, identities: Sequence[Path] = ()) -> Rewrapped:
    """Wrap every key for those who may read now; end a rotation that was cut short.

    Raises:
        IntegrityError: a key file was changed.
    """
    with changing(settings.data_dir):
        RecordedActs(settings).note("keys_rewrapped", {"keys": sum(1 for _ in key_files(settings.data_dir))})
        return _rewrap(settings, identities)


def rotate_identity(settings: Settings, identities: Sequence[Path] = ()) -> Rewrapped:
    """Give the local identity a successor, and wrap every key for it.

    Raises:
        ClientError: there is none, or the rotation before this one has not ended.
    """
    if not settings.custody.local_layers:
        text = "This gateway is sealed: it has no identity that could be rotated."
        raise ClientError("no_local_identity", text, "Rotate a recipient: add the new one, remove the old.")
    with changing(settings.data_dir):
        KeyRing.open(settings.data_dir, settings.custody)
        RecordedActs(settings).note("identity_rotated", {})
        retire_identity(settings.data_dir)
        return _rewrap(settings, identities)


def rotate_mask(settings: Settings) -> int:
    """Begin a new key epoch of masking, and return its number. A gateway takes it up within a second.

    Raises:
        SettingsError: a key of masking is damaged, or others may read it.
    """
    with changing(settings.data_dir):
        RecordedActs(settings).note("mask_key_rotated", {})
        return rotate_mask_key(settings.data_dir)


def drill(settings: Settings, identities: Sequence[Path]) -> Drill:
    """Open every key and read every recording with these identities alone, as if all others were lost.

    Without any: with the local identity alone.

    Raises:
        IntegrityError: a key or a recording does not verify.
    """
    data_dir = settings.data_dir
    local = data_dir / "keys" / IDENTITY_FILE
    if not identities and not local.exists():
        text = "There is no local identity here."
        raise SettingsError("no_local_identity", text, "Name one: --identity FILE")
    ring = KeyRing.only(data_dir, identities or [local])
    RecordedActs(settings).note("keys_drilled", {"identities": len(identities)})
    files = list(key_files(data_dir))
    lost = [each for each in files if open_key(each, ring) is None]
    read: set[SessionId] = set()
    entries = 0
    for entry in read_all(data_dir, keys=ring, layers=frozenset(Layer)):
        entries += 1
        read.add(entry.session)
    return Drill(
        keys=len(files),
        opened=len(files) - len(lost),
        sessions=len(read),
        entries=entries,
        lost=_sessions(lost),
    )


def _sessions(files: Sequence[KeyFile]) -> tuple[SessionId, ...]:
    return tuple(sorted({each.session for each in files}))


def _change(settings: Settings, recipients: tuple[Recipient, ...]) -> tuple[Recipient, ...]:
    """Record the change, make it, and have a running gateway take it up."""
    with changing(settings.data_dir):
        acts, about = RecordedActs(settings), about_recipients(recipients)
        is_first = not KeyRing.open(settings.data_dir, settings.custody).may_record
        if is_first:  # the entry of the change could be read by nobody before it
            save_recipients(settings.data_dir / "keys", recipients)
        acts.note("recipients_set", about)
        save_recipients(settings.data_dir / "keys", recipients)
        ask_gateway(settings.data_dir, KEYS_CHANGED, {})
    return KeyRing.open(settings.data_dir, settings.custody).recipients


def _rewrap(settings: Settings, identities: Sequence[Path]) -> Rewrapped:
    ask_gateway(settings.data_dir, KEYS_CHANGED, {})
    ring = KeyRing.open(settings.data_dir, settings.custody, identities=identities)
    ring.require_recipients()
    done = rewrap(settings.data_dir, ring)
    if not done.left:
        forget_retired(settings.data_dir)
    return done
