"""The name of a data directory."""

from pathlib import Path

import pytest

from firedoor.edges.keys.instance import instance_of
from firedoor.model.errors import SettingsError


def test_it_is_made_once_and_is_another_for_each(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    first = instance_of(tmp_path)
    assert first == instance_of(tmp_path)
    assert first != instance_of(tmp_path / "b")
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["instance"]


@pytest.mark.parametrize("content", ["", "short", "x" * 31 + "é", "z-" * 16])
def test_a_damaged_one_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "instance").write_text(content)
    with pytest.raises(SettingsError, match="no name of a data directory"):
        instance_of(tmp_path)
