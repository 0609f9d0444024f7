from pathlib import Path

import pyrage
import pytest

from firedoor.edges.keys.age import IDENTITY_FILE, RETIRED_FILE, KeyRing
from firedoor.edges.keys.folder import (
    changing,
    delete_keys,
    forget_retired,
    key_files,
    keys_of,
    retire_identity,
    rewrap,
)
from firedoor.edges.keys.recipients import save_recipients
from firedoor.edges.store.journal import Journal
from firedoor.edges.store.journal.reader import BOTH_LAYERS, read_session
from firedoor.model.custody import Custody, Recipient
from firedoor.model.entry import Entry, EntryKind, Layer
from firedoor.model.errors import ClientError, IntegrityError, RecordError
from tests.edges.store.journal.around import entry, session

ONE = session(1)


def record(data_dir: Path, ring: KeyRing) -> None:
    """Record a session in which one message was masked."""
    journal = Journal.open(data_dir, keys=ring)
    journal.put(entry(ONE, EntryKind.OPEN))
    journal.put(
        Entry(
            kind=EntryKind.OUTCOME,
            session=ONE,
            at_us=1,
            envelope={},
            payload=b"EMAIL_1",
            raw=b"ann@x.example",
        )
    )
    journal.put(entry(ONE, EntryKind.CLOSE))
    journal.close()


def messages(data_dir: Path, ring: KeyRing) -> list[tuple[bytes, bytes | None]]:
    read = read_session(data_dir, ONE, keys=ring, layers=BOTH_LAYERS)
    return [(each.payload, each.raw) for each in read if each.payload]


BOTH = [(b"EMAIL_1", b"ann@x.example")]


@pytest.fixture
def offline(tmp_path: Path) -> pyrage.x25519.Identity:
    """Give a recipient of both layers who is elsewhere."""
    identity = pyrage.x25519.Identity.generate()
    one = Recipient(name="offline", recipient=str(identity.to_public()), layers=frozenset(Layer))
    save_recipients(tmp_path / "keys", (one,))
    return identity


def kept(identity: pyrage.x25519.Identity, folder: Path) -> list[Path]:
    file = folder / "offline.agekey"
    file.write_text(f"{identity}\n")
    file.chmod(0o600)
    return [file]


def test_keys_are_listed_by_session_layer_and_epoch(tmp_path: Path) -> None:
    record(tmp_path, KeyRing.open(tmp_path))
    (tmp_path / "keys" / ONE / ".new-left-by-a-crash").touch()
    (tmp_path / "keys" / "not-a-session").mkdir()
    assert [(each.layer, each.epoch) for each in keys_of(tmp_path, ONE)] == [("raw", 0), ("view", 0)]
    assert [each for each in key_files(tmp_path) if each.session == ONE] == keys_of(tmp_path, ONE)
    assert len(list(key_files(tmp_path))) == 3


def test_with_the_local_identity_lost_the_offline_recipient_restores_everything(
    tmp_path: Path, offline: pyrage.x25519.Identity
) -> None:
    record(tmp_path, KeyRing.open(tmp_path))
    (tmp_path / "keys" / IDENTITY_FILE).unlink()
    assert messages(tmp_path, KeyRing.only(tmp_path, kept(offline, tmp_path))) == BOTH
    with pytest.raises(RecordError):
        messages(tmp_path, KeyRing.open(tmp_path))


def test_with_the_offline_recipient_lost_the_local_identity_opens_everything(
    tmp_path: Path, offline: pyrage.x25519.Identity
) -> None:
    record(tmp_path, KeyRing.open(tmp_path))
    assert offline
    assert messages(tmp_path, KeyRing.open(tmp_path)) == BOTH


@pytest.mark.parametrize("custody", [Custody.SEALED, Custody.VIEW])
def test_a_gateway_that_may_not_read_cannot_and_the_offline_recipient_can(
    tmp_path: Path, offline: pyrage.x25519.Identity, custody: Custody
) -> None:
    ring = KeyRing.open(tmp_path, custody)
    record(tmp_path, ring)
    with pytest.raises(RecordError) as caught:
        messages(tmp_path, ring)
    assert caught.value.code == ("view_layer_sealed" if custody is Custody.SEALED else "raw_layer_sealed")
    assert messages(tmp_path, KeyRing.open(tmp_path, custody, identities=kept(offline, tmp_path))) == BOTH


def test_after_rewrapping_a_new_recipient_reads_old_recordings(tmp_path: Path) -> None:
    record(tmp_path, KeyRing.open(tmp_path))
    late = pyrage.x25519.Identity.generate()
    one = Recipient(name="late", recipient=str(late.to_public()), layers=frozenset(Layer))
    save_recipients(tmp_path / "keys", (one,))
    ring = KeyRing.open(tmp_path)
    with pytest.raises(RecordError):
        messages(tmp_path, KeyRing.only(tmp_path, kept(late, tmp_path)))
    done = rewrap(tmp_path, ring)
    assert (done.done, done.left) == (3, ())
    assert (
        messages(tmp_path, ring) == messages(tmp_path, KeyRing.only(tmp_path, kept(late, tmp_path))) == BOTH
    )


def test_after_rewrapping_who_is_no_recipient_any_more_opens_nothing(
    tmp_path: Path, offline: pyrage.x25519.Identity
) -> None:
    record(tmp_path, KeyRing.open(tmp_path))
    save_recipients(tmp_path / "keys", ())
    rewrap(tmp_path, KeyRing.open(tmp_path))
    with pytest.raises(RecordError):
        messages(tmp_path, KeyRing.only(tmp_path, kept(offline, tmp_path)))


def test_keys_that_nobody_here_opens_are_left_as_they_are(
    tmp_path: Path, offline: pyrage.x25519.Identity
) -> None:
    record(tmp_path, KeyRing.open(tmp_path, Custody.SEALED))
    before = {each.file: each.file.read_bytes() for each in key_files(tmp_path)}
    done = rewrap(tmp_path, KeyRing.open(tmp_path))
    assert (done.done, len(done.left)) == (0, 3)
    assert {each.file: each.file.read_bytes() for each in key_files(tmp_path)} == before
    assert rewrap(tmp_path, KeyRing.open(tmp_path, identities=kept(offline, tmp_path))).done == 3


def test_a_key_that_was_changed_is_named(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path)
    record(tmp_path, ring)
    damaged = keys_of(tmp_path, ONE)[0].file
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(IntegrityError, match=str(damaged)):
        rewrap(tmp_path, ring)


def test_a_rotation_keeps_old_recordings_readable_at_each_of_its_steps(tmp_path: Path) -> None:
    record(tmp_path, KeyRing.open(tmp_path))
    old = (tmp_path / "keys" / IDENTITY_FILE).read_bytes()
    retire_identity(tmp_path)
    assert (tmp_path / "keys" / RETIRED_FILE).read_bytes() == old
    ring = KeyRing.open(tmp_path)
    assert messages(tmp_path, ring) == BOTH
    with pytest.raises(ClientError) as caught:
        retire_identity(tmp_path)
    assert caught.value.code == "rotation_unfinished"
    assert rewrap(tmp_path, ring).left == ()
    assert forget_retired(tmp_path)
    assert not forget_retired(tmp_path)
    assert messages(tmp_path, KeyRing.open(tmp_path)) == BOTH
    assert not list((tmp_path / "keys").glob("*.next*"))
    (tmp_path / "old").write_bytes(old)
    (tmp_path / "old").chmod(0o600)
    with pytest.raises(RecordError):
        messages(tmp_path, KeyRing.only(tmp_path, [tmp_path / "old"]))


def test_two_commands_do_not_change_keys_at_once(tmp_path: Path) -> None:
    with changing(tmp_path), pytest.raises(ClientError) as caught, changing(tmp_path):
        pass
    assert caught.value.code == "keys_in_use"
    with changing(tmp_path):
        pass


def test_what_was_shredded_opens_for_nobody(tmp_path: Path, offline: pyrage.x25519.Identity) -> None:
    record(tmp_path, KeyRing.open(tmp_path))
    delete_keys(tmp_path, [ONE, session(9)])
    assert keys_of(tmp_path, ONE) == []
    for ring in (KeyRing.open(tmp_path), KeyRing.only(tmp_path, kept(offline, tmp_path))):
        with pytest.raises(RecordError):
            messages(tmp_path, ring)
