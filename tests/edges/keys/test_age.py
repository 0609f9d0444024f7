import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest

from firedoor.edges.keys.age import IDENTITY_FILE, KeyRing
from firedoor.edges.keys.recipients import load_recipients, save_recipients
from firedoor.model.custody import Custody, Recipient
from firedoor.model.entry import Layer
from firedoor.model.errors import IntegrityError, SettingsError


def test_the_identity_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    recipient = str(KeyRing.open(tmp_path).recipients[0].recipient)
    file = tmp_path / "keys" / IDENTITY_FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert KeyRing.open(tmp_path).recipients[0].recipient == recipient
    assert [each.name for each in file.parent.iterdir()] == [IDENTITY_FILE]


def test_what_was_wrapped_is_unwrapped(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path)
    wrapped = ring.wrap(b"k" * 32)
    assert wrapped.startswith(b"age-encryption.org/v1\n")
    assert KeyRing.open(tmp_path).unwrap(wrapped) == b"k" * 32


def also(data_dir: Path, name: str, *layers: Layer) -> pyrage.x25519.Identity:
    """Name another recipient, and return who that is."""
    identity = pyrage.x25519.Identity.generate()
    one = Recipient(name=name, recipient=str(identity.to_public()), layers=frozenset(layers))
    save_recipients(data_dir / "keys", (*load_recipients(data_dir / "keys"), one))
    return identity


def test_every_recipient_can_open_and_nobody_else(tmp_path: Path) -> None:
    offline = also(tmp_path, "offline", *Layer)
    wrapped = KeyRing.open(tmp_path).wrap(b"key")
    assert pyrage.decrypt(wrapped, [offline]) == b"key"
    assert KeyRing.open(tmp_path).unwrap(wrapped) == b"key"
    assert KeyRing.open(tmp_path / "other").unwrap(wrapped) is None


@pytest.mark.promise("REC-3")
def test_a_recipient_of_the_view_alone_opens_no_raw_key(tmp_path: Path) -> None:
    auditor = also(tmp_path, "auditor", Layer.VIEW)
    ring = KeyRing.open(tmp_path)
    assert pyrage.decrypt(ring.wrap(b"key", Layer.VIEW), [auditor]) == b"key"
    with pytest.raises(pyrage.DecryptError, match="No matching keys"):
        pyrage.decrypt(ring.wrap(b"key", Layer.RAW), [auditor])


@pytest.mark.parametrize(
    ("custody", "opened"), [(Custody.LOCAL, {*Layer}), (Custody.VIEW, {Layer.VIEW}), (Custody.SEALED, set())]
)
def test_what_the_machine_itself_may_read_is_as_its_settings_say(
    tmp_path: Path, custody: Custody, opened: set[Layer]
) -> None:
    KeyRing.open(tmp_path)  # an identity from before, which a sealed gateway must not use
    offline = also(tmp_path, "offline", *Layer)
    ring = KeyRing.open(tmp_path, custody)
    wrapped = {layer: ring.wrap(b"key", layer) for layer in Layer}
    assert {layer for layer in Layer if ring.unwrap(wrapped[layer]) is not None} == opened
    assert {pyrage.decrypt(each, [offline]) for each in wrapped.values()} == {b"key"}


def test_a_sealed_gateway_makes_no_identity(tmp_path: Path) -> None:
    KeyRing.open(tmp_path, Custody.SEALED)
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(("custody", "lacking"), [(Custody.SEALED, "view"), (Custody.VIEW, "raw")])
def test_what_nobody_could_read_is_not_recorded(tmp_path: Path, custody: Custody, lacking: str) -> None:
    ring = KeyRing.open(tmp_path, custody)
    with pytest.raises(SettingsError, match=f"the {lacking} layer") as caught:
        ring.require_recipients()
    assert caught.value.code == "recipients_missing"
    with pytest.raises(SettingsError):
        ring.wrap(b"key", Layer(lacking))
    also(tmp_path, "offline", *Layer)
    ring.reload()
    ring.require_recipients()


def test_further_identities_open_what_was_wrapped_for_them(tmp_path: Path) -> None:
    offline = also(tmp_path, "offline", *Layer)
    wrapped = KeyRing.open(tmp_path, Custody.SEALED).wrap(b"key")
    file = tmp_path / "offline.agekey"
    file.write_text(f"# kept elsewhere\n{offline}\n")
    file.chmod(0o600)
    assert KeyRing.open(tmp_path, Custody.SEALED, identities=[file]).unwrap(wrapped) == b"key"
    assert KeyRing.only(tmp_path, [file]).unwrap(wrapped) == b"key"
    with pytest.raises(SettingsError) as caught:
        KeyRing.only(tmp_path, [tmp_path / "none"])
    assert caught.value.code == "key_file_unreadable"


def test_without_the_local_identity_there_is_only_who_is_named(tmp_path: Path) -> None:
    wrapped = KeyRing.open(tmp_path).wrap(b"key")
    assert KeyRing.only(tmp_path, []).unwrap(wrapped) is None
    assert KeyRing.open(tmp_path / "copy", may_make=False).unwrap(wrapped) is None
    assert not (tmp_path / "copy").exists()


@pytest.mark.skipif(shutil.which("age") is None, reason="the program age is not installed; CI installs it")
@pytest.mark.parametrize("layer", list(Layer))
def test_debians_age_opens_a_wrapped_key(tmp_path: Path, layer: Layer) -> None:
    wrapped = tmp_path / "key.age"
    wrapped.write_bytes(KeyRing.open(tmp_path).wrap(bytes(range(32)), layer))
    identity = tmp_path / "keys" / IDENTITY_FILE
    opened = subprocess.run(["age", "-d", "-i", identity, wrapped], capture_output=True, check=True)
    assert opened.stdout == bytes(range(32))


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
