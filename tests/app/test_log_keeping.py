"""A data directory that was rolled back is seen where a checkpoint is kept elsewhere."""

import shutil
from pathlib import Path

from firedoor.app.log_keeping import log_keeper
from firedoor.app.metrics import Metrics
from firedoor.app.settings.file import load
from firedoor.app.settings.resolved import Settings
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.writer import Journal
from firedoor.edges.store.log.folder import logs_in

SETTINGS = """\
data_dir: data
upstreams: {crm: {command: "true"}}
record: {checkpoint_copy: elsewhere/checkpoint}
"""


def settings_in(folder: Path) -> Settings:
    (folder / "elsewhere").mkdir()
    (folder / "firedoor.yaml").write_text(SETTINGS)
    return load(folder / "firedoor.yaml")


def run(settings: Settings) -> bool:
    """Start and stop, as a gateway does; whether everything could be written."""
    ring = KeyRing.open(settings.data_dir)
    keeper = log_keeper(settings, Metrics())
    journal = Journal.open(settings.data_dir, keys=ring, on_durable_frames=keeper.note)
    journal.close()
    keeper.close()
    return not keeper.is_failing


def test_each_checkpoint_is_kept_elsewhere_too(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    assert run(settings)
    (log,) = logs_in(settings.data_dir)
    assert (tmp_path / "elsewhere" / "checkpoint").read_bytes() == log.read("checkpoint")
    assert log.place.startswith("log/")
    assert b"127.0.0.1/firedoor/" in (log.read("checkpoint") or b"")


def test_a_snapshot_that_was_restored_begins_another_log(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    run(settings)
    shutil.copytree(settings.data_dir, tmp_path / "snapshot")
    run(settings)
    newer = (tmp_path / "elsewhere" / "checkpoint").read_bytes()
    shutil.rmtree(settings.data_dir)
    shutil.copytree(tmp_path / "snapshot", settings.data_dir)
    assert run(settings)
    first, second = logs_in(settings.data_dir)
    assert second.read("continues") == first.read("checkpoint") != newer
    # What shows it is kept for who asks.
    assert (tmp_path / "elsewhere" / f"checkpoint.{first.instance}").read_bytes() == newer
    assert (tmp_path / "elsewhere" / "checkpoint").read_bytes() == second.read("checkpoint")


def test_where_it_cannot_be_kept_the_log_goes_on(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    (tmp_path / "elsewhere").rmdir()
    assert not run(settings)
    assert logs_in(settings.data_dir)[0].read("checkpoint")
