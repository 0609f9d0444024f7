"""Verification and checkpoints, for people: finds the keys and files they name. Decides nothing."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from firedoor.app.settings.resolved import Settings
from firedoor.core.record.checkpoint import checkpoint_in
from firedoor.core.record.note import NoteKey, NoteSigner, read_key, read_note
from firedoor.core.record.verify import Verification
from firedoor.core.record.verify_log import CHECKPOINT, KEY
from firedoor.edges.keys.age import IDENTITY_FILE, KeyRing
from firedoor.edges.keys.identity import read_identities
from firedoor.edges.keys.signing import FILE, signing_seed
from firedoor.edges.store.log.evidence import KeptEvidence
from firedoor.edges.store.log.folder import logs_in
from firedoor.model.errors import ClientError, SettingsError
from firedoor.model.ids import SessionId
from firedoor.operations.verify_record import Asked, verify_record
from firedoor.ports.evidence import Damage

_SESSION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DUE_US = 2_000_000
"""How far behind a running gateway's log may be."""


def pinned_keys(given: Sequence[str]) -> tuple[NoteKey, ...]:
    """Read public keys: each as it is printed, or a file with one a line.

    Raises:
        ClientError: one is none.
    """
    keys: list[NoteKey] = []
    for text in given:
        file = Path(text)
        is_file = file.is_file()
        lines = file.read_text(encoding="utf-8", errors="replace").split("\n") if is_file else [text]
        for number, line in enumerate((line.strip() for line in lines), start=1):
            if not line or line.startswith("#"):
                continue
            key = read_key(line)
            if key is None:
                hint = "`firedoor checkpoint --key` prints one: NAME+ID+KEY."
                # What is in a file is not repeated: it may be another key, or a token.
                named = f"{file}: line {number}" if is_file else repr(line[:80])
                raise ClientError("key_unusable", f"{named} is no public key of a log.", hint)
            keys.append(key)
    return tuple(keys)


def held_checkpoints(files: Sequence[Path]) -> tuple[bytes, ...]:
    """Read checkpoints that were kept.

    Raises:
        ClientError: a file cannot be read, or is no checkpoint.
    """
    try:
        contents = tuple(file.read_bytes() for file in files)
    except OSError as fault:
        raise ClientError("checkpoint_unreadable", f"{fault.filename}: {fault.strerror}") from None
    for file, content in zip(files, contents, strict=True):
        note = read_note(content)
        if note is None or checkpoint_in(note) is None:
            hint = "`firedoor checkpoint` prints one. A public key is given with --key."
            raise ClientError("checkpoint_unreadable", f"{file} is no checkpoint.", hint)
    return contents


def verify(data_dir: Path, asked: Asked, *, ring: KeyRing) -> Verification:
    """Verify a data directory, or a copy of one."""
    evidence = KeptEvidence(data_dir, keys=ring, more=lambda: _own_keys(data_dir))
    return verify_record(evidence, asked)


def ring_of(settings: Settings) -> KeyRing:
    """The keys at hand. None is made.

    Raises:
        SettingsError: a key file is damaged, or others may read it.
    """
    return KeyRing.open(settings.data_dir, settings.custody, may_make=False)


def ring_in(directory: Path) -> KeyRing:
    """The keys in a copy of a data directory. None is made.

    Raises:
        ClientError: there is no such folder.
        SettingsError: a key file is damaged, or others may read it.
    """
    if not directory.is_dir():
        raise ClientError("directory_missing", f"{directory} is no folder.")
    return KeyRing.open(directory, may_make=False)


def session_in(directory: Path, given: str) -> SessionId:
    """The session of a copy that an id, or the beginning of one, names. A copy has no index.

    Raises:
        ClientError: none does, or several do.
    """
    if _SESSION.fullmatch(given):
        return SessionId(given)
    kept = {file.stem for file in directory.glob("sessions/**/*.fdrec")}
    keyed = {folder.name for folder in directory.glob("keys/*") if _SESSION.fullmatch(folder.name)}
    found = [name for name in kept | keyed if name.startswith(given)]
    if len(found) != 1:
        what = "Several sessions begin like that." if found else "There is no such session in that folder."
        raise ClientError("session_unknown", what, "Give the whole id, as `firedoor sessions` shows it.")
    return SessionId(found[0])


def checkpoints(data_dir: Path) -> Iterator[tuple[str, bytes]]:
    """Give the public key and the checkpoint of every log, the oldest first."""
    for log in logs_in(data_dir):
        key, checkpoint = log.read(KEY), log.read(CHECKPOINT)
        if key is not None and checkpoint is not None:
            yield key.decode("utf-8", "replace").strip(), checkpoint


def _own_keys(data_dir: Path) -> Iterator[Damage]:
    yield from _replay_identity(data_dir / "keys" / IDENTITY_FILE)
    yield from _signing_key(data_dir)


def _replay_identity(file: Path) -> Iterator[Damage]:
    """The local identity, where it is at hand and was made here: comment and all."""
    if not file.exists():
        return
    (identity, *_) = read_identities(file)
    content = file.read_bytes()
    own = f"# public key: {identity.to_public()}\n{identity}\n".encode()
    if content != own and len(content) == len(own):
        yield Damage(code="key_damaged", file=f"keys/{IDENTITY_FILE}", why="it is not as it was written")


def _signing_key(data_dir: Path) -> Iterator[Damage]:
    """The private key, where it is at hand: it must be the one of the newest log."""
    logs = logs_in(data_dir)
    if not (data_dir / "keys" / FILE).exists() or not logs:
        return
    name = f"keys/{FILE}"
    try:
        seed = signing_seed(data_dir, may_make=False)
    except SettingsError as fault:
        yield Damage(code="key_damaged", file=name, why=fault.message)
        return
    key = read_key((logs[-1].read(KEY) or b"").decode("ascii", "replace").strip())
    if key is not None and NoteSigner(key.name, seed).key.public != key.public:
        yield Damage(code="key_damaged", file=name, why=f"it is not the key of {key.name}")
