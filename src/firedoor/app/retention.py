"""What `firedoor retention` does: deletes what is due, keeps what is held.

Order of a deletion: the tombstone is durable in the record, then a note of it lies beside the record, then
the wrapped keys go, then the session's file. A crash between two of them leaves a session that the next run
finishes. Never deletes a segment of the journal: frames in it are unreadable from then on, and go with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from firedoor.app.acts import (
    CONTROL,
    SHRED,
    RecordedActs,
    once_free,
    open_journal,
    shred_entry,
    this_operator,
)
from firedoor.app.admin_client import ask_gateway
from firedoor.app.inspect import now_us
from firedoor.app.settings.resolved import Settings
from firedoor.app.stored import Leaves, leaves_of_sessions, stored_recordings
from firedoor.core.record.session_file import session_path
from firedoor.core.record.tombstone import Tombstone
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.keys.folder import changing, delete_keys
from firedoor.edges.store.holds import HoldFiles
from firedoor.edges.store.journal.sessions import sessions_folder
from firedoor.edges.store.shredded import ShreddedFiles
from firedoor.model.errors import ClientError
from firedoor.model.ids import SessionId
from firedoor.model.retention import LegalHold
from firedoor.operations.plan_retention import Fate, Planned, plan_retention, shortest_us

AT_ONCE = 50
"""Sessions deleted in one step. Nobody can place a legal hold meanwhile: the step is short."""


def plan(settings: Settings) -> tuple[Planned, ...]:
    """Say what a run would delete now, and what legal holds keep. What is not due yet is left out.

    Raises:
        IntegrityError: the journal, a session's file, a key or a legal hold is damaged.
    """
    span_us = shortest_us(settings.retention)
    if span_us is None or not settings.data_dir.is_dir():
        return ()
    ring = KeyRing.open(settings.data_dir, settings.custody, may_make=False)
    now = now_us()
    answer = ask_gateway(settings.data_dir, CONTROL, {})
    planned = plan_retention(
        stored_recordings(settings.data_dir, ring, now - span_us),
        settings.retention,
        HoldFiles(settings.data_dir).all(),
        now_us=now,
        live=() if answer is None else (SessionId(str(answer.get("session"))),),
    )
    return tuple(one for one in planned if one.fate is not Fate.KEEP)


def run(settings: Settings) -> tuple[Planned, ...]:
    """Delete what is due; return what was deleted, and what legal holds keep.

    Raises:
        RecordError: a tombstone could not be made durable; what it names is still there.
        IntegrityError: something is damaged, so that nothing is deleted.
    """
    if not settings.data_dir.is_dir():
        return ()
    with changing(settings.data_dir):
        _finish(settings)
        return carry_out(settings, plan(settings))


def carry_out(settings: Settings, planned: Sequence[Planned]) -> tuple[Planned, ...]:
    """Delete what a plan says, but for what came under a legal hold since; return what became of it.

    Raises:
        RecordError: a tombstone could not be made durable; what it names is still there.
        IntegrityError: something is damaged, so that nothing is deleted.
    """
    due = [one for one in planned if one.fate is Fate.DELETE]
    leaves = leaves_of_sessions(settings.data_dir) if due else None
    # What the log has not taken yet has no tombstone that can be checked: the next run has it.
    due = [one for one in due if leaves is None or _is_logged(one, leaves)]
    gone: list[Planned] = []
    for start in range(0, len(due), AT_ONCE):
        gone += _delete(settings, due[start : start + AT_ONCE], leaves)
    return (*gone, *(one for one in planned if one.fate is Fate.HOLD))


def place_hold(settings: Settings, session: SessionId, name: str, reason: str) -> LegalHold:
    """Keep a recording from being deleted.

    It holds first and is recorded then: a damaged record must not stand against keeping evidence.

    Raises:
        ClientError: the name is none, the reason is missing, or the hold is there.
        RecordError: it could not be made durable, or not be recorded; in the latter case it holds.
    """
    if not reason.strip():
        raise ClientError("reason_missing", "A legal hold needs a reason.", "--reason TEXT")
    hold = LegalHold(
        session=session, name=name, reason=reason.strip(), by=this_operator().name, placed_at_us=now_us()
    )
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not HoldFiles(settings.data_dir).place(hold):
        raise ClientError("hold_exists", f"The legal hold {name} on {session} is there already.")
    RecordedActs(settings).note("hold_placed", {"session": session, "name": name, "reason": hold.reason})
    return hold


def lift_hold(settings: Settings, session: SessionId, name: str, reason: str) -> None:
    """Let a recording be deleted again when it is due. Recorded first.

    Raises:
        ClientError: there is no such hold, or the reason is missing.
        RecordError: it could not be recorded; then it still holds.
    """
    if not reason.strip():
        raise ClientError("reason_missing", "To lift a legal hold needs a reason.", "--reason TEXT")
    holds = HoldFiles(settings.data_dir)
    if not any(hold.name == name for hold in holds.of(session)):
        text = f"There is no legal hold {name} on {session}."
        raise ClientError("hold_unknown", text, "See: firedoor retention holds")
    about = {"session": session, "name": name, "reason": reason.strip()}
    RecordedActs(settings).note("hold_lifted", about)
    holds.lift(session, name)


def holds_of(settings: Settings) -> tuple[LegalHold, ...]:
    """List every legal hold.

    Raises:
        IntegrityError: one cannot be read.
    """
    found = HoldFiles(settings.data_dir).all()
    return tuple(hold for session in sorted(found) for hold in found[session])


def _is_logged(one: Planned, leaves: Mapping[SessionId, Leaves]) -> bool:
    return one.session in leaves and leaves[one.session].count >= one.frames


def _delete(
    settings: Settings, due: Sequence[Planned], leaves: Mapping[SessionId, Leaves] | None
) -> list[Planned]:
    holds, notes = HoldFiles(settings.data_dir), ShreddedFiles(settings.data_dir)
    with holds.still():
        held = holds.of_each([one.session for one in due])
        free = [one for one in due if not held[one.session]]
        tombstones = [_tombstone(one, leaves) for one in free]
        _append(settings, tombstones)
        for tombstone in tombstones:
            notes.note(tombstone, now_us())
        delete_keys(settings.data_dir, [one.session for one in free])
        for one in free:
            _delete_frames(settings, one.session)
    return [
        replace(one, fate=Fate.HOLD, holds=held[one.session]) if held[one.session] else one for one in due
    ]


def _tombstone(one: Planned, leaves: Mapping[SessionId, Leaves] | None) -> Tombstone:
    where = Leaves(log="", first=0, last=0, count=0) if leaves is None else leaves[one.session]
    return Tombstone(
        session=one.session,
        log=where.log,
        first_leaf=where.first,
        last_leaf=where.last,
        frames=one.frames,
        reason=f"retention: {one.rule}",
    )


def _append(settings: Settings, tombstones: Sequence[Tombstone]) -> None:
    """Make tombstones durable."""
    if not tombstones:
        return
    asked = {"tombstones": [asdict(tombstone) for tombstone in tombstones]}

    def write() -> bool:
        with open_journal(settings) as journal:
            for tombstone in tombstones:
                journal.put(shred_entry(journal.control, this_operator(), tombstone))
        return True

    once_free(lambda: ask_gateway(settings.data_dir, SHRED, asked) is not None or write())


def _delete_frames(settings: Settings, session: SessionId) -> None:
    (sessions_folder(settings.data_dir) / session_path(session)).unlink(missing_ok=True)


def _finish(settings: Settings) -> None:
    """End what a crash cut short, and delete files of sessions that left the journal after their deletion."""
    holds = HoldFiles(settings.data_dir)
    with holds.still():
        for session, held in holds.of_each(ShreddedFiles(settings.data_dir).all()).items():
            if not held:
                delete_keys(settings.data_dir, [session])
                _delete_frames(settings, session)
