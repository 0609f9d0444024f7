"""`firedoor recover`: two people accept that a damaged part of the journal is lost. Repairs nothing.

The journal refuses to start over damage that no crash makes. What is damaged, and everything behind it, goes
to quarantine; sessions that are whole there are saved first, and nothing is deleted. The log then has leaves
without frames: it ends, and another continues it. Who accepted that stands in the record, with the frames
that were lost: verify tells these from what somebody took away.

Order: the first person's word is kept in a file; the second person's too, then the damage is cut, then the
entry is durable, then the file goes. After a crash in between, the next run of the command goes on.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from firedoor.app.acts import open_journal
from firedoor.app.inspect import now_us, open_store
from firedoor.app.settings.resolved import Settings
from firedoor.core.authenticate.token import digest_of
from firedoor.core.record.gap import Lost
from firedoor.edges.store.journal.claim import Claim
from firedoor.edges.store.journal.disk import REAL, put_file
from firedoor.edges.store.log.gap import Gap, close_gap, find_gap, lost_frames, would_lose
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import ClientError, IntegrityError
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId

ROLE = "admin"
PEOPLE = 2


class Accepter(msgspec.Struct, frozen=True, kw_only=True):
    """Who accepted, and why."""

    principal: str
    grant: str
    reason: str
    at_us: int


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """What was accepted, by whom so far."""

    gap: Gap
    by: tuple[Accepter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepting:
    """One person's word."""

    digest: str
    """The SHA-256 of what is lost: nobody accepts what they have not seen."""
    token: str
    reason: str


def damage_of(settings: Settings) -> tuple[Gap | None, Acceptance | None]:
    """Say what is damaged, and what of it is accepted already."""
    return find_gap(settings.data_dir), _read(_file(settings.data_dir))


def losses_of(settings: Settings, gap: Gap | None) -> list[Lost]:
    """Name what would be lost with it, as far as a log knows it."""
    return [] if gap is None else list(would_lose(settings.data_dir, gap))


def accept(settings: Settings, accepting: Accepting) -> Acceptance:
    """Accept the damage, as one of two people. The second one's word cuts it.

    Raises:
        ClientError: the token may not, it is the same person again, or the damage is another.
        RecordError: a process writes the journal, or the entry could not be made durable.
    """
    gap, kept = damage_of(settings)
    person = _person(settings, accepting)
    if kept is not None and len(kept.by) >= PEOPLE and _is_under_way(gap, kept):
        return _close(settings, kept, is_cut=gap is None)  # a crash came between
    if gap is None or gap.sha256 != accepting.digest:
        raise ClientError("gap_unknown", "There is no such damage.", "firedoor recover shows what there is.")
    if kept is None or kept.gap != gap:
        kept = Acceptance(gap=gap)
    kept = msgspec.structs.replace(kept, by=_still(settings, kept.by))
    if any(each.principal == person.principal for each in kept.by):
        hint = f"It takes {PEOPLE} people. {person.principal} has accepted it already."
        raise ClientError("gap_same_person", "Somebody else must accept it too.", hint)
    kept = msgspec.structs.replace(kept, by=(*kept.by, person))
    put_file(_file(settings.data_dir), msgspec.json.encode(kept))
    return _close(settings, kept, is_cut=False) if len(kept.by) >= PEOPLE else kept


def _is_under_way(gap: Gap | None, kept: Acceptance) -> bool:
    """Whether what they accepted is cut, or was being cut: then less stands behind it, and it is the same."""
    return gap is None or (gap.segment, gap.offset) == (kept.gap.segment, kept.gap.offset)


def _close(settings: Settings, kept: Acceptance, *, is_cut: bool) -> Acceptance:
    claim = Claim(settings.data_dir)
    try:
        if not is_cut:
            close_gap(settings.data_dir, kept.gap.segment, kept.gap.offset)
    finally:
        claim.release()
    _record(settings, kept)
    return kept


def refuse_if_unrecorded(data_dir: Path) -> None:
    """A gateway does not start over a gap that is cut and not recorded yet.

    Raises:
        IntegrityError: there is one.
    """
    kept = _read(_file(data_dir))
    if kept is not None and len(kept.by) >= PEOPLE:
        hint = "Run again: firedoor recover --accept-gap"
        raise IntegrityError("gap_unrecorded", "A gap was accepted, and that is not recorded yet.", hint)


def _record(settings: Settings, kept: Acceptance) -> None:
    lost = [each.said for each in lost_frames(settings.data_dir)]
    with open_journal(settings) as journal:
        said = {
            "accepted_gap": True,
            "segment": kept.gap.segment,
            "offset": kept.gap.offset,
            "bytes": kept.gap.length,
            "sha256": kept.gap.sha256,
            "frames_after": kept.gap.frames_after,
            "segments_after": kept.gap.segments_after,
            "sessions": lost,
            "accepted_by": [msgspec.structs.asdict(each) for each in kept.by],
        }
        journal.put(Entry(kind=EntryKind.RECOVERED, session=journal.control, at_us=now_us(), envelope=said))
    file = _file(settings.data_dir)
    REAL.remove(file)
    REAL.sync_folder(file.parent)


def _person(settings: Settings, accepting: Accepting) -> Accepter:
    digest = digest_of(accepting.token)
    with open_store(settings) as store:
        found = next((each for each in store.grants.list() if each.token_digest == digest), None)
    if found is None or not _may(found):
        hint = f"firedoor token create --principal NAME --role {ROLE}"
        raise ClientError("gap_accepter", f"This token is not that of a person with the role {ROLE}.", hint)
    return Accepter(principal=found.principal.name, grant=found.id, reason=accepting.reason, at_us=now_us())


def _still(settings: Settings, by: tuple[Accepter, ...]) -> tuple[Accepter, ...]:
    """Whose word counts yet: a token that was revoked since may have been in other hands when it spoke."""
    with open_store(settings) as store:
        alive = {each.id: each.principal.name for each in store.grants.list() if _may(each)}
    return tuple(each for each in by if alive.get(GrantId(each.grant)) == each.principal)


def _may(grant: Grant) -> bool:
    is_alive = grant.revoked_at_us is None and (grant.expires_at_us is None or grant.expires_at_us > now_us())
    return is_alive and ROLE in grant.roles and not grant.principal.actors


def _file(data_dir: Path) -> Path:
    return data_dir / "journal" / "accepted-gap.json"


def _read(file: Path) -> Acceptance | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Acceptance)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise IntegrityError(
            "gap_unreadable", f"{file} is damaged.", "Take it away; both accept again."
        ) from fault
