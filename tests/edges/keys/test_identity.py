from pathlib import Path

import pytest

from firedoor.edges.keys.identity import make_identity, read_identities
from firedoor.edges.keys.private import replace_private
from firedoor.model.errors import SettingsError


def test_an_identity_is_made_once_and_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "a.agekey"
    make_identity(file)
    before = file.read_bytes()
    make_identity(file)
    assert file.read_bytes() == before
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["a.agekey"]


def test_all_identities_of_a_file_are_read(tmp_path: Path) -> None:
    for name in "ab":
        make_identity(tmp_path / name)
    (tmp_path / "both").write_bytes((tmp_path / "a").read_bytes() + b"\n" + (tmp_path / "b").read_bytes())
    (tmp_path / "both").chmod(0o600)
    assert len({str(each) for each in read_identities(tmp_path / "both")}) == 2


def test_an_identity_that_others_may_read_is_refused(tmp_path: Path) -> None:
    make_identity(tmp_path / "a")
    (tmp_path / "a").chmod(0o640)
    with pytest.raises(SettingsError) as caught:
        read_identities(tmp_path / "a")
    assert caught.value.code == "key_file_is_open"


def test_no_error_shows_what_stands_in_the_file(tmp_path: Path) -> None:
    replace_private(tmp_path / "a", b"AGE-SECRET-KEY-1DAMAGED\n")
    with pytest.raises(SettingsError) as caught:
        read_identities(tmp_path / "a")
    assert caught.value.code == "key_file_damaged"
    assert "DAMAGED" not in str(caught.value)
