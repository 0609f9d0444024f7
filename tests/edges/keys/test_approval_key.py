"""The key of the digests of approvals."""

from pathlib import Path

import pytest

from firedoor.edges.keys.approval_key import FILE, approval_key
from firedoor.model.errors import SettingsError


def test_it_is_made_once_and_only_the_owner_may_read_it(tmp_path: Path) -> None:
    key = approval_key(tmp_path)
    assert len(key) == 32
    assert approval_key(tmp_path) == key
    assert (tmp_path / "keys" / FILE).stat().st_mode & 0o777 == 0o600


def test_one_that_others_may_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    approval_key(tmp_path)
    (tmp_path / "keys" / FILE).write_text("zz")
    with pytest.raises(SettingsError, match="holds no key"):
        approval_key(tmp_path)
    (tmp_path / "keys" / FILE).chmod(0o644)
    with pytest.raises(SettingsError, match="Others may read"):
        approval_key(tmp_path)
