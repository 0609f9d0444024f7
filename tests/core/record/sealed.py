"""A recording to test with: fixed key, salt and entries, so that its bytes are always the same."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from firedoor.core.record.content import PIECE, ContentPacker
from firedoor.core.record.seal import SessionSealer
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import SessionId

SESSION = SessionId("0193f0aa-1122-7333-8444-555566667777")
KEY = bytes(range(32))
SALT = bytes(range(100, 124))


def entry(kind: EntryKind, number: int = 0, payload: bytes = b"") -> Entry:
    return Entry(kind=kind, session=SESSION, at_us=1000 + number, envelope={"n": number}, payload=payload)


def masked(payload: bytes = b"EMAIL_1", raw: bytes | None = b"ann@example.com") -> Entry:
    """Give a message that masking changed."""
    return replace(entry(EntryKind.OUTCOME, 2, payload), raw=raw)


RECORDING = (
    entry(EntryKind.OPEN),
    entry(EntryKind.INTENT, 1, b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}'),
    entry(EntryKind.OUTCOME, 2, b'{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}' + b" " * 1000),
    entry(EntryKind.CLOSE, 3),
)


LONG = b"".join(hashlib.sha256(n.to_bytes(4)).digest() for n in range(3 * PIECE // 32 - 100))
"""Of three pieces. It does not compress."""


def sealer(opening: Entry = RECORDING[0], *, key: bytes = KEY, salt: bytes = SALT) -> SessionSealer:
    """Give the first key of a session as asked; those after it follow from it."""
    numbers = count()

    def fresh() -> tuple[bytes, bytes]:
        number = next(numbers)
        return (key, salt) if not number else (derived(key, number), salt)

    return SessionSealer(opening, fresh=fresh, packer=ContentPacker())


def derived(key: bytes, number: int) -> bytes:
    """Give the key that is made after so many others."""
    return hashlib.sha256(key + number.to_bytes(2).lstrip(b"\0")).digest()


def frames(entries: Iterable[Entry] = RECORDING) -> list[bytes]:
    sealing = sealer()
    return [frame for each in entries for frame in sealing.seal(each).frames]
