"""A data directory with a recording in it, and what was recorded there."""

from dataclasses import replace
from pathlib import Path

from firedoor.app.acts import open_journal
from firedoor.app.settings.file import load
from firedoor.app.settings.resolved import Settings
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.keys.identity import make_identity, read_identities
from firedoor.edges.store.journal.reader import read_all
from firedoor.model.custody import Recipient
from firedoor.model.entry import Entry, EntryKind, Layer
from firedoor.model.ids import SessionId
from firedoor.model.json import JsonObject
from tests.edges.store.journal.around import session

ONE = session(1)


def settings_in(folder: Path, more: str = "") -> Settings:
    """Write a settings file, and load it."""
    file = folder / "firedoor.yaml"
    file.write_text(f'upstreams:\n  crm: {{url: "http://127.0.0.1:1/mcp"}}\n{more}', encoding="utf-8")
    return load(file, is_for_upstreams=False)


def record(settings: Settings, whose: SessionId = ONE, *, at_us: int = 1) -> SessionId:
    """Record a session in which one message was masked."""
    opened = Entry(kind=EntryKind.OPEN, session=whose, at_us=at_us, envelope={"upstream": "crm"})
    told = replace(opened, kind=EntryKind.OUTCOME, envelope={}, payload=b'"EMAIL_1"', raw=b'"ann@x.example"')
    closed = replace(opened, kind=EntryKind.CLOSE, envelope={"reason": "idle"})
    with open_journal(settings) as journal:
        for entry in (opened, told, closed):
            journal.put(entry)
        journal.forget(whose)
    return whose


def acts(settings: Settings, *identities: Path) -> list[JsonObject]:
    """List what the record says of what people did, without who."""
    ring = KeyRing.open(settings.data_dir, settings.custody, identities=identities)
    return [
        {name: value for name, value in entry.envelope.items() if name != "by"}
        for entry in read_all(settings.data_dir, keys=ring)
        if entry.kind is EntryKind.CONTROL
    ]


def somebody(folder: Path, name: str, *layers: Layer) -> tuple[Recipient, Path]:
    """Make an identity elsewhere, and say who it is."""
    file = folder / f"{name}.agekey"
    make_identity(file)
    public = str(read_identities(file)[0].to_public())
    return Recipient(name=name, recipient=public, layers=frozenset(layers)), file
