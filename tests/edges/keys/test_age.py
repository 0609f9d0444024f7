from pathlib import Path

import pyrage
import pytest

from firedoor.edges.keys.age import IDENTITY_FILE, KeyRing
from firedoor.model.errors import IntegrityError, SettingsError


def test_the_identity_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    recipient = KeyRing.open(tmp_path).recipient
    file = tmp_path / "keys" / IDENTITY_FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert KeyRing.open(tmp_path).recipient == recipient
    assert [each.name for each in file.parent.iterdir()] == [IDENTITY_FILE]


def test_what_was_wrapped_is_unwrapped(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path)
    wrapped = ring.wrap(b"k" * 32)
    assert wrapped.startswith(b"age-encryption.org/v1\n")
    assert KeyRing.open(tmp_path).unwrap(wrapped) == b"k" * 32


def test_every_recipient_can_open_and_nobody_else(tmp_path: Path) -> None:
    offline = pyrage.x25519.Identity.generate()
    wrapped = KeyRing.open(tmp_path, [str(offline.to_public())]).wrap(b"key")
    assert pyrage.decrypt(wrapped, [offline]) == b"key"
    assert KeyRing.open(tmp_path / "other").unwrap(wrapped) is None


@pytest.mark.promise("REC-2")
def test_a_wrapped_key_with_one_flipped_bit_is_refused(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path)
    wrapped = ring.wrap(b"k" * 32)
    for at in range(len(wrapped)):
        damaged = wrapped[:at] + bytes([wrapped[at] ^ 1]) + wrapped[at + 1 :]
        try:
            assert ring.unwrap(damaged) is None
        except IntegrityError as fault:
            assert fault.code == "key_damaged"


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    KeyRing.open(tmp_path)
    (tmp_path / "keys" / IDENTITY_FILE).chmod(0o644)
    with pytest.raises(SettingsError) as caught:
        KeyRing.open(tmp_path)
    assert caught.value.code == "key_file_is_open"


@pytest.mark.parametrize("content", [b"", b"AGE-SECRET-KEY-1NO\n", b"\xff\x00"])
def test_a_damaged_key_file_is_refused_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    KeyRing.open(tmp_path)
    file = tmp_path / "keys" / IDENTITY_FILE
    file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        KeyRing.open(tmp_path)
    assert caught.value.code == "key_file_damaged"
    assert file.read_bytes() == content


def test_what_is_no_recipient_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="age1nobody"):
        KeyRing.open(tmp_path, ["age1nobody"])
