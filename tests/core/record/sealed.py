"""A recording to test with: fixed key, salt and entries, so that its bytes are always the same."""

from collections.abc import Iterable

from firedoor.core.record.content import ContentPacker
from firedoor.core.record.seal import SessionSealer
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import SessionId

SESSION = SessionId("0193f0aa-1122-7333-8444-555566667777")
KEY = bytes(range(32))
SALT = bytes(range(100, 124))


def entry(kind: EntryKind, number: int = 0, payload: bytes = b"") -> Entry:
    return Entry(kind=kind, session=SESSION, at_us=1000 + number, envelope={"n": number}, payload=payload)


RECORDING = (
    entry(EntryKind.OPEN),
    entry(EntryKind.INTENT, 1, b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}'),
    entry(EntryKind.OUTCOME, 2, b'{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}' + b" " * 1000),
    entry(EntryKind.CLOSE, 3),
)


def sealer(opening: Entry = RECORDING[0], *, key: bytes = KEY, salt: bytes = SALT) -> SessionSealer:
    return SessionSealer(opening, key=key, salt=salt, packer=ContentPacker())


def frames(entries: Iterable[Entry] = RECORDING) -> list[bytes]:
    sealing = sealer()
    return [sealing.seal(each)[1] for each in entries]
