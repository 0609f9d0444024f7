import stat
from pathlib import Path

import pytest

from firedoor.core.mask.tokens.maker import TokenMaker
from firedoor.edges.keys.mask_keys import AesSiv, NewerMaskKeys, mask_keys, passing_keys, rotate_mask_key
from firedoor.model.errors import SettingsError
from firedoor.model.mask import Action


def test_the_first_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = mask_keys(tmp_path)
    assert [keys.token for keys in mask_keys(tmp_path)] == [first[0].token]
    assert stat.S_IMODE((tmp_path / "keys" / "mask-0.key").stat().st_mode) == 0o600


def test_a_new_epoch_makes_tokens_and_the_old_one_is_still_known(tmp_path: Path) -> None:
    old = TokenMaker(mask_keys(tmp_path)).token("email", "a@b.example")
    file = tmp_path / "keys" / "mask-1.key"
    file.write_text("ab" * 32)
    file.chmod(0o600)
    tokens = TokenMaker(mask_keys(tmp_path))
    assert [keys.epoch for keys in mask_keys(tmp_path)] == [1, 0]
    assert tokens.token("email", "a@b.example") != old
    assert tokens.is_made_here(old)


@pytest.mark.promise("MASK-3")
def test_tokens_and_marks_of_older_epochs_still_mean_something_after_a_rotation(tmp_path: Path) -> None:
    before = TokenMaker(mask_keys(tmp_path))
    value = "a@b.example"
    reversible = before.made(Action.REVERSIBLE, "email", value)
    assert [rotate_mask_key(tmp_path), rotate_mask_key(tmp_path)] == [1, 2]
    assert stat.S_IMODE((tmp_path / "keys" / "mask-2.key").stat().st_mode) == 0o600
    tokens = TokenMaker(mask_keys(tmp_path))
    assert tokens.token("email", value) != before.token("email", value)
    assert tokens.opened(reversible) == value
    assert tokens.made(Action.REVERSIBLE, "email", value) != reversible
    assert tokens.is_made_here(reversible)
    assert tokens.is_made_here(before.token("email", value))
    assert before.mark(value) in tokens.marks(value)
    assert len(tokens.marks(value)) == 3


@pytest.mark.parametrize(
    ("text", "mode", "code"), [("zz", 0o600, "key_file_damaged"), ("ab" * 32, 0o640, "key_file_is_open")]
)
def test_a_key_that_is_damaged_or_open_is_refused(tmp_path: Path, text: str, mode: int, code: str) -> None:
    mask_keys(tmp_path)
    file = tmp_path / "keys" / "mask-0.key"
    file.write_text(text)
    file.chmod(mode)
    with pytest.raises(SettingsError) as caught:
        mask_keys(tmp_path)
    assert caught.value.code == code


def test_the_cipher_is_deterministic_and_says_when_something_is_not_its_own() -> None:
    cipher = AesSiv(b"k" * 64)
    sealed = cipher.seal(b"clear", b"email")
    assert sealed == cipher.seal(b"clear", b"email")
    assert cipher.open(sealed, b"email") == b"clear"
    assert cipher.open(sealed, b"phone") is None
    assert cipher.open(b"short", b"email") is None
    assert passing_keys()[0].token != passing_keys()[0].token


def test_a_newer_epoch_is_told_once(tmp_path: Path) -> None:
    newer = NewerMaskKeys(tmp_path, mask_keys(tmp_path)[0].epoch)
    assert newer() is None
    rotate_mask_key(tmp_path)
    rotate_mask_key(tmp_path)
    told = newer()
    assert told is not None
    assert [key.epoch for key in told] == [2, 1, 0]
    assert newer() is None


def test_a_newer_key_that_is_damaged_is_refused_until_it_is_not(tmp_path: Path) -> None:
    newer = NewerMaskKeys(tmp_path, mask_keys(tmp_path)[0].epoch)
    rotate_mask_key(tmp_path)
    file = tmp_path / "keys" / "mask-1.key"
    good = file.read_bytes()
    file.write_bytes(b"junk")
    with pytest.raises(SettingsError):
        newer()
    file.write_bytes(good)
    assert newer() is not None
