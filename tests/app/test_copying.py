"""What people see of copies: what is only here, what stays there, and how they come back."""

from pathlib import Path

import pytest

from firedoor.app import copying
from firedoor.app.doctor import examine
from firedoor.app.metrics import Metrics
from firedoor.app.settings.file import load
from firedoor.app.settings.resolved import Settings
from firedoor.core.record.tombstone import Tombstone
from firedoor.edges.store.copies.copier import CopyState
from firedoor.edges.store.shredded import ShreddedFiles
from firedoor.model.errors import ClientError, SettingsError
from tests.edges.store.log.recorded import SESSIONS, recorded


def settings_in(folder: Path, record: str = "{copies: copies}") -> Settings:
    text = f'data_dir: data\nupstreams: {{crm: {{command: "true"}}}}\nrecord: {record}\n'
    (folder / "firedoor.yaml").write_text(text)
    return load(folder / "firedoor.yaml")


def copied(settings: Settings, metrics: Metrics | None = None) -> None:
    copying.stop_copier(copying.start_copier(settings, metrics or Metrics()))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = settings_in(tmp_path)
    recorded(found.data_dir)
    return found


def test_copies_are_made_as_the_settings_say(settings: Settings, tmp_path: Path) -> None:
    metrics = Metrics()
    copied(settings, metrics)
    there = {file.name for file in (tmp_path / "copies").rglob("*.fdrec")}
    assert there == {file.name for file in settings.data_dir.rglob("*.fdrec")} != set()
    assert b"firedoor_copies_waiting 0.0" in metrics.text()
    assert copying.state_of(settings) is not None


def test_without_a_place_there_are_none(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "{}")
    assert copying.start_copier(settings, Metrics()) is None
    assert copying.state_of(settings) is None
    assert copying.remove_copies(settings) == ()
    with pytest.raises(SettingsError, match="no place for copies"):
        copying.fetch_copies(settings, tmp_path / "back")


@pytest.mark.parametrize("place", ["s3://", "gs://bucket/folder", "https://example.com"])
def test_another_kind_of_place_is_refused_at_the_start(place: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="copies"):
        settings_in(tmp_path, f"{{copies: {place!r}}}")


def test_a_session_is_only_here_until_it_is_copied(settings: Settings) -> None:
    assert not copying.CopiedSessions(settings).has(SESSIONS[0])
    copied(settings)
    assert copying.CopiedSessions(settings).has(SESSIONS[0])
    assert not copying.CopiedSessions(settings).has(SESSIONS[7])


def test_a_place_that_does_not_answer_is_told_and_nothing_fails(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "copies").write_text("a file where the folder should be")
    metrics = Metrics()
    copied(settings, metrics)
    state = copying.state_of(settings)
    assert state is not None
    assert state.trouble
    assert len(state.waiting) > 0
    assert b"firedoor_copies_failing 1.0" in metrics.text()
    with pytest.raises(SettingsError):
        copying.fetch_copies(settings, tmp_path / "back")
    check = next(each for each in examine(settings.path) if each.what == "copies")
    assert not check.is_well


def test_the_doctor_says_how_copies_are(settings: Settings) -> None:
    def check() -> tuple[bool, str]:
        found = next(each for each in examine(settings.path) if each.what == "copies")
        return found.is_well, found.found

    assert check() == (True, f"{settings.copies}, No copy was made yet.")
    copied(settings)
    assert check() == (True, f"{settings.copies}: all that ended is copied")


def test_what_waits_too_long_or_differs_is_not_well() -> None:
    assert copying.told(CopyState()) == ("all that ended is copied", True)
    said, is_well = copying.told(CopyState(waiting=("a", "b"), since_us=1))
    assert (said, is_well) == ("2 files are only here", False)
    said, is_well = copying.told(CopyState(differing=("a",), kept=("b",), trouble="away"))
    assert not is_well
    assert said == (
        "all that ended is copied; away; 1 are something else there, first a; "
        "1 of shredded sessions cannot be removed there"
    )


def test_copies_of_shredded_sessions_are_removed_or_named(settings: Settings, tmp_path: Path) -> None:
    copied(settings)
    assert copying.remove_copies(settings) == ()
    stone = Tombstone(session=SESSIONS[0], log="x", first_leaf=1, last_leaf=2, frames=2, reason="")
    ShreddedFiles(settings.data_dir).note(stone, 1)
    assert list((tmp_path / "copies").rglob(f"{SESSIONS[0]}.fdrec"))
    assert copying.remove_copies(settings) == ()
    assert not list((tmp_path / "copies").rglob(f"{SESSIONS[0]}.fdrec"))


def test_copies_come_back(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="No copy"):
        copying.state_of(settings)
    copied(settings)
    assert copying.fetch_copies(settings, tmp_path / "back") > 0
    with pytest.raises(ClientError, match="not empty"):
        copying.fetch_copies(settings, tmp_path / "back")
