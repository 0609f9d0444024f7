from pathlib import Path

import pytest

from firedoor.edges.store.journal.disk import Space
from firedoor.edges.store.journal.room import Level
from firedoor.model.custody import Custody
from firedoor.model.entry import Layer
from firedoor.model.errors import SettingsError
from firedoor.model.retention import Retention
from tests.app.recorded import settings_in

DAY_US = 86_400_000_000


def test_everything_is_kept_and_both_layers_are_read_here_unless_the_settings_say_otherwise(
    tmp_path: Path,
) -> None:
    settings = settings_in(tmp_path)
    assert settings.custody is Custody.LOCAL
    assert settings.retention == Retention()


@pytest.mark.parametrize(
    ("mode", "layers"), [("local", {*Layer}), ("view", {Layer.VIEW}), ("sealed", set[Layer]())]
)
def test_the_mode_of_the_record_says_what_this_machine_reads(
    tmp_path: Path, mode: str, layers: set[Layer]
) -> None:
    assert settings_in(tmp_path, f"record: {{mode: {mode}}}\n").custody.local_layers == layers


def test_how_long_recordings_are_kept_is_read(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "retention: {default: 90d, control: 2w, upstreams: {crm: keep}}\n")
    assert settings.retention == Retention(
        default_us=90 * DAY_US, control_us=14 * DAY_US, upstreams_us={"crm": None}
    )


@pytest.mark.parametrize(
    ("written", "alert", "sessions", "stop"),
    [("", 5120, 1024, 500), ("record: {room: 250}\n", 2560, 512, 250)],
)
def test_the_marks_of_the_disk_move_with_the_one_that_is_written(
    tmp_path: Path, written: str, alert: int, sessions: int, stop: int
) -> None:
    marks = settings_in(tmp_path, written).marks
    assert (marks.alert, marks.sessions, marks.stop) == (alert << 20, sessions << 20, stop << 20)


def test_without_room_that_is_kept_nothing_stops_before_the_disk_is_full(tmp_path: Path) -> None:
    marks = settings_in(tmp_path, "record: {room: 0}\n").marks
    assert marks.level(Space(free=0, total=1)) is Level.LOW


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("record: {mode: open}", 'firedoor.yaml:3: "mode" cannot be "open"'),
        ("record: {modes: local}", 'firedoor.yaml:3: unknown key "modes"'),
        ("record: {room: -1}", 'firedoor.yaml:3: "room" must be 0 or more'),
        ("retention: {default: 90}", 'firedoor.yaml:3: "default" must be text, not a number'),
        ("retention: {default: 0d}", 'firedoor.yaml:3: "default" must be a length of time'),
        ("retention: {control: forever}", 'firedoor.yaml:3: "control" must be a length of time'),
        ("retention: {upstreams: {wiki: 1d}}", 'firedoor.yaml:3: "wiki" has no effect: it is no upstream'),
        ("retention: {upstreams: {crm: x}}", 'firedoor.yaml:3: "crm" must be a length of time'),
    ],
)
def test_what_cannot_be_understood_or_has_no_effect_is_refused_with_its_line(
    tmp_path: Path, written: str, said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_in(tmp_path, f"{written}\n")
    assert said in str(caught.value)
