"""A data directory whose journal a gateway does not start over, and people who may accept that."""

import asyncio
from pathlib import Path

from firedoor.app.acts import open_journal
from firedoor.app.inspect import now_us, open_store
from firedoor.app.settings.resolved import Settings
from firedoor.core.authenticate.token import digest_of
from firedoor.edges.store.journal.layout import segment_file, segment_numbers
from firedoor.edges.store.journal.reader import read_frames
from firedoor.edges.store.journal.writer import Journal
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId
from firedoor.model.principal import Principal, PrincipalKind
from tests.app.recorded import record, settings_in
from tests.edges.store.journal.around import session


def token(settings: Settings, name: str, **given: object) -> str:
    """Of an admin; `viewer` is none, and the token of `late` is too old."""
    secret = f"fd_{name}"
    grant = Grant(
        id=GrantId(f"g_{name}"),
        principal=Principal(name=name, kind=PrincipalKind.SERVICE, **given),
        token_digest=digest_of(secret),
        upstreams=None,
        roles=frozenset({"admin"} if name != "viewer" else {"viewer"}),
        issued_at_us=1,
        expires_at_us=1 if name == "late" else None,
    )
    with open_store(settings) as store:
        store.grants.create(grant)
    return secret


async def _appended(journal: Journal, act: Entry) -> None:
    await journal.append(act)


def damaged_in(folder: Path) -> Settings:
    """In the last segment a group was changed that others follow."""
    settings = settings_in(folder)
    record(settings, session(1), at_us=now_us())
    with open_journal(settings) as journal:
        for number in range(3):
            said = {"what": f"act {number}"}
            act = Entry(kind=EntryKind.CONTROL, session=journal.control, at_us=now_us(), envelope=said)
            asyncio.run(_appended(journal, act))
    number = segment_numbers(settings.data_dir)[-1]
    file = segment_file(settings.data_dir, number)
    first = next(read_frames(settings.data_dir, first=number))
    content = bytearray(file.read_bytes())
    content[first.place.end - 5] ^= 1
    file.write_bytes(content)
    return settings
