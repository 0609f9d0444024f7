from pathlib import Path

import pyrage
import pytest

from firedoor.edges.keys.recipients import (
    RECIPIENTS_FILE,
    check_recipient,
    load_recipients,
    save_recipients,
)
from firedoor.model.custody import Recipient
from firedoor.model.entry import Layer
from firedoor.model.errors import SettingsError

SOMEBODY = str(pyrage.x25519.Identity.generate().to_public())


def test_what_is_saved_is_loaded_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    both = (
        Recipient(name="offline", recipient=SOMEBODY, layers=frozenset(Layer)),
        Recipient(name="auditor", recipient=SOMEBODY, layers=frozenset({Layer.VIEW})),
    )
    assert load_recipients(tmp_path / "keys") == ()
    save_recipients(tmp_path / "keys", both)
    assert load_recipients(tmp_path / "keys") == both
    assert (tmp_path / "keys" / RECIPIENTS_FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[1]",
        b"\xff",
        b'[{"name": "a"}]',
        b'[{"name": "a", "recipient": "x", "layers": ["other"]}]',
        b'[{"name": "a", "recipient": "x", "layers": [], "more": 1}]',
    ],
)
def test_a_damaged_list_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / RECIPIENTS_FILE).write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_recipients(tmp_path)
    assert caught.value.code == "recipients_damaged"


def test_a_list_that_names_nobody_we_can_wrap_to_is_refused(tmp_path: Path) -> None:
    save_recipients(tmp_path, (Recipient(name="a", recipient="age1nobody", layers=frozenset()),))
    with pytest.raises(SettingsError, match="age1nobo"):
        load_recipients(tmp_path)


@pytest.mark.parametrize("name", ["", "A", "-a", "a b", "a/b", "a" * 65, "ä", "a\n"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_recipient(Recipient(name=name, recipient=SOMEBODY, layers=frozenset()))
    assert caught.value.code == "recipient_name"


@pytest.mark.parametrize("recipient", ["", "age1nobody", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1X"])
def test_what_is_no_recipient_is_refused(recipient: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_recipient(Recipient(name="a", recipient=recipient, layers=frozenset()))
    assert caught.value.code == "recipient_unknown"
    assert "KEY-1X" not in str(caught.value)
