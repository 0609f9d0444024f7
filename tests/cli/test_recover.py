import json
from pathlib import Path

import pytest

from firedoor.cli.recover import recover
from firedoor.cli.settings_option import Printing
from firedoor.model.errors import ClientError
from tests.app.damaged import damaged_in, token
from tests.app.recorded import record, settings_in


def test_damage_is_shown_and_closed_by_the_words_of_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = damaged_in(tmp_path)
    file = tmp_path / "firedoor.yaml"
    plainly, as_json = Printing(settings=file), Printing(settings=file, as_json=True)
    files = [tmp_path / name for name in ("ann", "bob")]
    for each in files:
        each.write_text(token(settings, each.name), encoding="utf-8")
    assert recover(printing=as_json) == 1
    damage = json.loads(capsys.readouterr().out)["damage"]
    assert recover(printing=plainly) == 1
    said = capsys.readouterr().out
    assert said.startswith(
        f"Segment {damage['segment']} of the journal is damaged from byte {damage['offset']}"
    )
    assert f"firedoor recover --accept-gap {damage['sha256']} --reason WHY" in said

    digest = damage["sha256"]
    for reason in ("", " "):
        with pytest.raises(ClientError) as caught:
            recover(accept_gap=digest, reason=reason, token_file=files[0], printing=plainly)
        assert caught.value.code == "gap_reason"
    assert recover(accept_gap=digest, reason="no backup", token_file=files[0], printing=plainly) == 3
    assert capsys.readouterr().out == "Accepted. One more person must accept it.\n"
    assert recover(accept_gap=digest, reason="no backup", token_file=files[1], printing=as_json) == 0
    assert json.loads(capsys.readouterr().out) == {"accepted_by": ["ann", "bob"], "is_done": True}
    assert recover(printing=plainly) == 0
    assert capsys.readouterr().out == "Nothing is damaged.\n"


def test_where_nothing_is_damaged_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(settings_in(tmp_path))
    for as_json, said in ((False, "Nothing is damaged.\n"), (True, {"damage": None})):
        assert recover(printing=Printing(settings=tmp_path / "firedoor.yaml", as_json=as_json)) == 0
        out = capsys.readouterr().out
        assert (json.loads(out) if as_json else out) == said
