import subprocess
from pathlib import Path

import pytest

from firedoor.core.record.note import NoteSigner
from firedoor.edges.keys.signing import signing_seed
from firedoor.model.errors import SettingsError


def test_the_key_is_made_once_and_read_again(tmp_path: Path) -> None:
    seed = signing_seed(tmp_path)
    assert len(seed) == 32
    assert signing_seed(tmp_path, may_make=False) == seed
    assert (tmp_path / "keys" / "log.key").stat().st_mode & 0o777 == 0o600


def test_who_only_looks_makes_none(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        signing_seed(tmp_path, may_make=False)
    assert not (tmp_path / "keys").exists()


def test_openssl_reads_it(tmp_path: Path) -> None:
    key = NoteSigner("a", signing_seed(tmp_path)).key
    done = subprocess.run(
        ["openssl", "pkey", "-in", str(tmp_path / "keys" / "log.key"), "-pubout", "-outform", "DER"],
        capture_output=True,
        check=True,
    )
    assert done.stdout.endswith(key.public)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    signing_seed(tmp_path)
    (tmp_path / "keys" / "log.key").chmod(0o640)
    with pytest.raises(SettingsError, match="Others may read"):
        signing_seed(tmp_path)


def test_no_bit_of_the_key_can_be_flipped_unseen(tmp_path: Path) -> None:
    seed = signing_seed(tmp_path)
    file = tmp_path / "keys" / "log.key"
    whole = file.read_bytes()
    for bit in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        file.write_bytes(bytes(flipped))
        try:
            assert signing_seed(tmp_path) != seed, bit
        except SettingsError:
            continue
