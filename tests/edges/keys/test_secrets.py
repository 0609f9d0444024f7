from pathlib import Path

import pytest

from firedoor.edges.keys.secrets import SecretStore
from firedoor.model.errors import IntegrityError, SettingsError


@pytest.fixture
def store(tmp_path: Path) -> SecretStore:
    return SecretStore(tmp_path)


def test_a_secret_is_kept_replaced_listed_and_deleted(store: SecretStore) -> None:
    assert store.names() == ()
    assert store.get("crm-key") is None
    store.set("crm-key", "one")
    store.set("crm-key", "zwei ü")
    store.set("a.b_c", "")
    assert store.get("crm-key") == "zwei ü"
    assert store.get("a.b_c") == ""
    assert store.names() == ("a.b_c", "crm-key")
    assert store.delete("crm-key")
    assert not store.delete("crm-key")
    assert store.names() == ("a.b_c",)


def test_a_secret_is_on_disk_only_encrypted_and_for_its_owner(tmp_path: Path, store: SecretStore) -> None:
    store.set("crm-key", "sk-very-secret-value")
    files = list((tmp_path / "secrets").iterdir())
    assert [file.name for file in files] == ["crm-key.age"]
    assert b"very-secret" not in files[0].read_bytes()
    assert files[0].stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../x", "-a", "a" * 65, "a b", "ä", "a\n"])
def test_a_name_that_is_no_file_name_is_refused(store: SecretStore, name: str) -> None:
    with pytest.raises(SettingsError):
        store.set(name, "x")


def test_a_changed_secret_is_refused(tmp_path: Path, store: SecretStore) -> None:
    store.set("a", "x")
    file = tmp_path / "secrets" / "a.age"
    file.write_bytes(file.read_bytes()[:-1] + b"\x00")
    with pytest.raises(IntegrityError):
        store.get("a")
