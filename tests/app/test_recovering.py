import shutil
from pathlib import Path

import pytest

from firedoor.app.acts import open_journal
from firedoor.app.inspect import now_us, open_store
from firedoor.app.recovering import Accepting, accept, damage_of, refuse_if_unrecorded
from firedoor.app.settings.resolved import Settings
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.layout import quarantine_folder, segment_file
from firedoor.edges.store.journal.reader import read_all
from firedoor.edges.store.log.evidence import KeptEvidence
from firedoor.edges.store.log.folder import logs_in
from firedoor.edges.store.log.gap import find_gap
from firedoor.model.entry import EntryKind
from firedoor.model.errors import ClientError, IntegrityError
from firedoor.operations.verify_record import Asked, verify_record
from tests.app.damaged import damaged_in, token


@pytest.fixture
def damaged(tmp_path: Path) -> Settings:
    """A directory in whose last segment a group was changed that others follow."""
    return damaged_in(tmp_path)


def test_a_gap_is_accepted_by_two_people_and_by_nobody_else(damaged: Settings) -> None:
    with pytest.raises(IntegrityError, match="damaged at byte"), open_journal(damaged):
        pass
    gap, kept = damage_of(damaged)
    assert gap is not None
    assert kept is None
    assert gap.frames_after >= 1
    before = segment_file(damaged.data_dir, gap.segment).read_bytes()

    def word(secret: str, digest: str = gap.sha256) -> Accepting:
        return Accepting(digest=digest, token=secret, reason="no backup")

    for code, accepting in (
        ("gap_accepter", word("fd_unknown")),
        ("gap_accepter", word(token(damaged, "viewer"))),
        ("gap_accepter", word(token(damaged, "late"))),
        ("gap_unknown", word(token(damaged, "ann"), "00" * 32)),
    ):
        with pytest.raises(ClientError) as caught:
            accept(damaged, accepting)
        assert caught.value.code == code
    assert len(accept(damaged, word("fd_ann")).by) == 1
    with pytest.raises(ClientError) as caught:
        accept(damaged, word("fd_ann"))
    assert caught.value.code == "gap_same_person"
    assert segment_file(damaged.data_dir, gap.segment).read_bytes() == before
    refuse_if_unrecorded(damaged.data_dir)

    assert len(accept(damaged, word(token(damaged, "bob"))).by) == 2
    assert damage_of(damaged) == (None, None)
    (entry,) = [
        each
        for each in read_all(damaged.data_dir, keys=KeyRing.open(damaged.data_dir))
        if each.kind is EntryKind.RECOVERED and "accepted_gap" in each.envelope
    ]
    assert [each["principal"] for each in entry.envelope["accepted_by"]] == ["ann", "bob"]
    assert entry.envelope["sha256"] == gap.sha256
    (kept_as,) = quarantine_folder(damaged.data_dir).iterdir()
    assert kept_as.read_bytes() == before[gap.offset :].rstrip(b"\0")


def test_the_word_of_a_token_that_was_revoked_since_does_not_count(damaged: Settings) -> None:
    gap, _ = damage_of(damaged)
    assert gap is not None
    for name in ("ann", "bob", "eve"):
        token(damaged, name)
    accept(damaged, Accepting(digest=gap.sha256, token="fd_ann", reason="mine now"))
    with open_store(damaged) as store:
        (ann,) = [each for each in store.grants.list() if each.principal.name == "ann"]
        store.grants.revoke(ann.id, now_us(), "stolen")
    assert [each.principal for each in accept(damaged, _word("fd_bob", gap.sha256)).by] == ["bob"]
    assert find_gap(damaged.data_dir) is not None
    assert len(accept(damaged, _word("fd_eve", gap.sha256)).by) == 2
    assert find_gap(damaged.data_dir) is None


def _word(secret: str, digest: str) -> Accepting:
    return Accepting(digest=digest, token=secret, reason="no backup")


def test_what_was_accepted_as_lost_is_named_by_verify_and_the_log_goes_on_as_another(
    damaged: Settings,
) -> None:
    gap, _ = damage_of(damaged)
    assert gap is not None
    logs = len(logs_in(damaged.data_dir))
    shutil.rmtree(damaged.data_dir / "sessions")  # where what ended in order has its second copy
    for name in ("ann", "bob"):
        accept(damaged, Accepting(digest=gap.sha256, token=token(damaged, name), reason="no backup"))
    assert len(logs_in(damaged.data_dir)) == logs + 1
    ring = KeyRing.open(damaged.data_dir)
    found = verify_record(KeptEvidence(damaged.data_dir, keys=ring), Asked(due_us=0))
    assert {each.code for each in found.faults} == {"frame_missing"}


def test_after_a_crash_between_the_cut_and_the_entry_the_gateway_waits_for_the_entry(
    damaged: Settings,
) -> None:
    gap, _ = damage_of(damaged)
    assert gap is not None
    word = Accepting(digest=gap.sha256, token=token(damaged, "ann"), reason="no backup")
    accept(damaged, word)
    file = damaged.data_dir / "journal" / "accepted-gap.json"
    one = file.read_bytes()
    second = Accepting(digest=gap.sha256, token=token(damaged, "bob"), reason="no backup")
    accept(damaged, second)
    file.write_bytes(
        one.replace(b'"by":[{', b'"by":[{"principal":"bob","grant":"g_bob","reason":"r","at_us":1},{')
    )
    with pytest.raises(IntegrityError) as caught:
        refuse_if_unrecorded(damaged.data_dir)
    assert caught.value.code == "gap_unrecorded"
    accept(damaged, second)
    refuse_if_unrecorded(damaged.data_dir)
    assert not file.exists()


def test_a_word_that_cannot_be_read_is_not_taken_for_none(damaged: Settings) -> None:
    (damaged.data_dir / "journal" / "accepted-gap.json").write_text("{")
    with pytest.raises(IntegrityError) as caught:
        damage_of(damaged)
    assert caught.value.code == "gap_unreadable"
