import json
from pathlib import Path

import pytest

from firedoor.cli.record import replay
from firedoor.cli.settings_option import Printing
from firedoor.model.errors import ClientError
from tests.app.recorded import ONE, record, settings_in


def shown(folder: Path, which: str, capsys: pytest.CaptureFixture[str]) -> list[int]:
    replay(which, unrecorded=True, printing=Printing(settings=folder / "firedoor.yaml", as_json=True))
    return [json.loads(line)["sequence"] for line in capsys.readouterr().out.splitlines()]


def test_the_reference_that_a_denial_names_shows_that_call_alone(tmp_path: Path, capsys) -> None:
    record(settings_in(tmp_path))
    assert shown(tmp_path, ONE, capsys) == [0, 2, 3]
    assert shown(tmp_path, f"{ONE}.2", capsys) == [2]
    assert shown(tmp_path, f"{ONE}.9", capsys) == []


def test_a_call_has_a_number(tmp_path: Path) -> None:
    record(settings_in(tmp_path))
    with pytest.raises(ClientError, match="'x' is no call"):
        replay(f"{ONE}.x", printing=Printing(settings=tmp_path / "firedoor.yaml"))
