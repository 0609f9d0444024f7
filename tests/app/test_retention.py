import shutil
from pathlib import Path

import pytest

from firedoor.app.acts import open_journal
from firedoor.app.inspect import now_us
from firedoor.app.recording import Looking, replay
from firedoor.app.retention import carry_out, holds_of, lift_hold, place_hold, plan, run
from firedoor.app.settings.resolved import Settings
from firedoor.app.verifying import ring_of, verify
from firedoor.core.record.frame import fresh_session_id
from firedoor.core.record.tombstone import tombstone_in
from firedoor.core.record.verify import Level
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.holds import HoldFiles
from firedoor.edges.store.journal.reader import read_all
from firedoor.edges.store.log.evidence import KeptEvidence
from firedoor.edges.store.shredded import ShreddedFiles
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import ClientError, IntegrityError, RecordError
from firedoor.model.ids import SessionId
from firedoor.operations.plan_retention import Fate
from firedoor.operations.verify_record import Asked
from tests.app.recorded import record, settings_in
from tests.app.running import running

DAY_US = 86_400_000_000


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path, "retention: {default: 30d}\n")


def aged(settings: Settings, days: int, number: int = 1) -> SessionId:
    """Record a session that ended so many days ago."""
    at_us = now_us() - days * DAY_US
    return record(settings, fresh_session_id(at_us, number.to_bytes(10)), at_us=at_us)


def fates(settings: Settings) -> dict[SessionId, Fate]:
    return {one.session: one.fate for one in plan(settings)}


def tombstones(settings: Settings) -> list[SessionId]:
    entries = read_all(settings.data_dir, keys=KeyRing.open(settings.data_dir))
    found = (
        tombstone_in(Entry(kind=each.kind, session=each.session, at_us=each.at_us, envelope=each.envelope))
        for each in entries
    )
    return [each.session for each in found if each is not None]


def test_what_is_due_is_shredded_and_what_is_not_stays(settings: Settings) -> None:
    old, young = aged(settings, 31), aged(settings, 29, 2)
    assert fates(settings) == {old: Fate.DELETE}
    assert [one.session for one in run(settings)] == [old]
    assert not (settings.data_dir / "keys" / old).exists()
    assert tombstones(settings) == [old]
    with pytest.raises(RecordError) as caught:
        list(replay(settings, old, Looking()))
    assert caught.value.code == "recording_shredded"
    assert "retention: default" in caught.value.message
    assert len(list(replay(settings, young, Looking()))) == 3
    assert run(settings) == ()


def test_verify_tells_what_was_shredded_from_what_is_missing(settings: Settings) -> None:
    old, missing = aged(settings, 31), aged(settings, 20, 2)
    aged(settings, 1, 3)
    run(settings)
    found = verify(settings.data_dir, Asked(), ring=ring_of(settings))
    assert found.shredded == (old,)
    assert (found.faults, found.open_questions, found.level) == ((), (), Level.LOGGED)
    one = verify(settings.data_dir, Asked(session=old), ring=ring_of(settings))
    assert (one.shredded, one.faults, one.open_questions) == ((old,), (), ())
    for file in (settings.data_dir / "keys" / missing).iterdir():
        file.unlink()
    found = verify(settings.data_dir, Asked(), ring=ring_of(settings))
    assert found.shredded == (old,)
    assert found.open_questions == ("1 session was not opened: no key here opens them",)


def test_what_was_shredded_is_told_apart_from_what_never_was(settings: Settings) -> None:
    old = aged(settings, 31)
    run(settings)
    for session, code in ((old, "recording_shredded"), (fresh_session_id(1, bytes(10)), "recording_unknown")):
        with pytest.raises(RecordError) as caught:
            list(replay(settings, session, Looking()))
        assert caught.value.code == code


def test_nothing_under_a_legal_hold_is_deleted_until_the_last_is_lifted(settings: Settings) -> None:
    old = aged(settings, 31)
    place_hold(settings, old, "case-7", "subpoena")
    place_hold(settings, old, "lock-1", "incident")
    assert fates(settings) == {old: Fate.HOLD}
    assert [one.fate for one in run(settings)] == [Fate.HOLD]
    lift_hold(settings, old, "case-7", "settled")
    assert [one.fate for one in run(settings)] == [Fate.HOLD]
    assert len(list(replay(settings, old, Looking()))) == 3
    lift_hold(settings, old, "lock-1", "over")
    assert [one.fate for one in run(settings)] == [Fate.DELETE]
    assert holds_of(settings) == ()


def test_a_hold_that_is_placed_after_the_plan_was_made_holds(settings: Settings) -> None:
    old = aged(settings, 31)
    planned = plan(settings)
    place_hold(settings, old, "case-7", "subpoena")
    assert [(one.session, one.fate) for one in carry_out(settings, planned)] == [(old, Fate.HOLD)]
    assert len(list(replay(settings, old, Looking()))) == 3
    assert tombstones(settings) == []


def test_while_a_hold_cannot_be_read_nothing_at_all_is_deleted(settings: Settings) -> None:
    old = aged(settings, 31)
    place_hold(settings, old, "case-7", "subpoena")
    (file,) = (settings.data_dir / "holds" / old).glob("*.json")
    file.write_bytes(b"{")
    with pytest.raises(IntegrityError) as caught:
        run(settings)
    assert caught.value.code == "hold_damaged"
    assert (settings.data_dir / "keys" / old).exists()


def test_holds_are_recorded_and_need_a_reason(settings: Settings) -> None:
    old = aged(settings, 1)
    for reason in ("", "  "):
        with pytest.raises(ClientError, match="reason"):
            place_hold(settings, old, "case-7", reason)
        with pytest.raises(ClientError, match="reason"):
            lift_hold(settings, old, "case-7", reason)
    place_hold(settings, old, "case-7", "subpoena")
    with pytest.raises(ClientError) as caught:
        place_hold(settings, old, "case-7", "again")
    assert caught.value.code == "hold_exists"
    with pytest.raises(ClientError) as caught:
        lift_hold(settings, old, "other", "x")
    assert caught.value.code == "hold_unknown"
    lift_hold(settings, old, "case-7", "settled")
    entries = read_all(settings.data_dir, keys=KeyRing.open(settings.data_dir))
    said = [each.envelope for each in entries if each.kind is EntryKind.CONTROL]
    assert [(each["what"], each["reason"]) for each in said] == [
        ("hold_placed", "subpoena"), ("hold_lifted", "settled"),
    ]  # fmt: skip


def test_each_upstream_has_its_own_time(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "retention: {default: 1d, upstreams: {crm: keep}}\n")
    aged(settings, 400)
    assert fates(settings) == {}
    settings = settings_in(tmp_path, "retention: {default: keep, upstreams: {crm: 1d}}\n")
    assert len(fates(settings)) == 1
    assert fates(settings_in(tmp_path)) == {}


def test_a_sealed_gateway_keeps_what_it_cannot_place_as_long_as_the_longest_rule(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "retention: {default: 1d, control: 1d}\n")
    old = aged(settings, 40)
    assert old in fates(settings)
    (settings.data_dir / "keys" / "replay.agekey").unlink()
    assert fates(settings)[old] is Fate.DELETE
    longer = settings_in(tmp_path, "retention: {default: 1d, control: 1d, upstreams: {crm: 90d}}\n")
    assert fates(longer) == {}
    assert fates(settings_in(tmp_path, "retention: {default: 1d}\n")) == {}


def test_a_running_gateway_writes_the_tombstone_and_keeps_its_own_session(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "retention: {default: 1d, control: 1s}\n")
    old = aged(settings, 3)
    with running(settings) as journal:
        done = run(settings)
        assert old in {one.session for one in done}
        assert journal.control not in {one.session for one in done}
    assert old in tombstones(settings)
    assert (settings.data_dir / "keys" / journal.control).exists()


def test_a_session_without_an_end_is_kept_while_it_may_go_on(settings: Settings) -> None:
    at_us = now_us() - 31 * DAY_US
    whose = fresh_session_id(at_us, bytes(10))
    with open_journal(settings) as journal:
        journal.put(Entry(kind=EntryKind.OPEN, session=whose, at_us=at_us, envelope={"upstream": "crm"}))
        recent = now_us() - 30 * DAY_US - DAY_US // 2
        journal.put(Entry(kind=EntryKind.EVENT, session=whose, at_us=recent, envelope={}))
    assert fates(settings) == {}


def test_a_deletion_that_a_crash_cut_short_is_finished_by_the_next_run(settings: Settings) -> None:
    old = aged(settings, 31)
    kept = {file.name: file.read_bytes() for file in (settings.data_dir / "keys" / old).iterdir()}
    run(settings)
    (settings.data_dir / "keys" / old).mkdir()
    for name, content in kept.items():
        (settings.data_dir / "keys" / old / name).write_bytes(content)
    place_hold(settings, old, "case-7", "found in a backup")
    run(settings)
    assert (settings.data_dir / "keys" / old).exists()
    lift_hold(settings, old, "case-7", "settled")
    run(settings)
    assert not (settings.data_dir / "keys" / old).exists()
    assert tombstones(settings) == [old]


def test_the_frames_of_what_was_shredded_go_and_those_of_others_stay(settings: Settings) -> None:
    old, young = aged(settings, 31), aged(settings, 1, 2)
    run(settings)
    run(settings)
    evidence = KeptEvidence(settings.data_dir, keys=ring_of(settings))
    assert list(evidence.frames(old)) == []
    assert len(list(evidence.frames(young))) == 4
    noted = ShreddedFiles(settings.data_dir).of(old)
    assert noted is not None
    assert noted[1] == "retention: default"


def test_while_a_log_does_not_verify_nothing_is_deleted(settings: Settings) -> None:
    """What was changed there may be why somebody wants the evidence gone."""
    old = aged(settings, 31)
    (checkpoint,) = (settings.data_dir / "log").glob("*/checkpoint")
    content = checkpoint.read_bytes()
    other = b"E=\n" if content.endswith(b"A=\n") else b"A=\n"
    checkpoint.write_bytes(content[:-3] + other)
    with pytest.raises(IntegrityError) as caught:
        run(settings)
    assert caught.value.code == "log_damaged"
    assert (settings.data_dir / "keys" / old).exists()
    assert ShreddedFiles(settings.data_dir).of(old) is None


def test_a_recording_without_any_log_is_deleted_with_a_tombstone_that_names_none(settings: Settings) -> None:
    old = aged(settings, 31)
    shutil.rmtree(settings.data_dir / "log")
    assert [one.session for one in run(settings)] == [old]
    assert tombstones(settings) == [old]


def test_without_a_record_there_is_nothing_to_do(settings: Settings) -> None:
    assert plan(settings) == run(settings) == holds_of(settings) == ()
    assert not settings.data_dir.exists()
    assert HoldFiles(settings.data_dir).all() == {}
