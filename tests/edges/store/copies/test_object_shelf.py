"""A folder and an S3 bucket keep what the copier relies on: nothing is replaced, and failures are told."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from firedoor.edges.store.copies.copier import Copier, fetch
from firedoor.edges.store.copies.object_shelf import shelf_at
from firedoor.edges.store.copies.shelf import CopyDiffersError, Shelf
from tests.edges.store.log.recorded import recorded
from tests.helpers.venvs import venv

NAME = "log/one/tile/entries/000.p/17"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """An S3 on this machine, with a bucket."""
    command = [venv("moto") / "moto_server", "-H", "127.0.0.1", "-p", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        assert process.stderr is not None
        url = ""
        while not url:
            line = process.stderr.readline()
            assert line, "it ended"
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            url = found[0] if found else ""
        with urlopen(Request(f"{url}/evidence", method="PUT")):  # noqa: S310
            yield url
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.fixture(params=["folder", "s3"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    if request.param == "folder":
        return shelf_at(str(tmp_path / "copies"))
    credentials(monkeypatch, request.getfixturevalue("s3"))
    return shelf_at(f"s3://evidence/{os.urandom(8).hex()}")


def credentials(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    names = {"ENDPOINT": url, "ACCESS_KEY_ID": "one", "SECRET_ACCESS_KEY": "two", "REGION": "eu-central-1"}
    for name, value in names.items():
        monkeypatch.setenv(f"AWS_{name}", value)


def test_what_was_put_is_there(shelf: Shelf) -> None:
    assert list(shelf.names("log")) == []
    shelf.put(NAME, b"leaves")
    assert list(shelf.names("log")) == [NAME]
    assert list(shelf.names("sessions")) == []
    assert shelf.read(NAME) == b"leaves"


def test_the_same_again_is_well_and_something_else_is_refused(shelf: Shelf) -> None:
    shelf.put(NAME, b"leaves")
    shelf.put(NAME, b"leaves")
    with pytest.raises(CopyDiffersError):
        shelf.put(NAME, b"others")
    assert shelf.read(NAME) == b"leaves"


def test_what_was_removed_is_gone_and_may_be_gone_already(shelf: Shelf) -> None:
    shelf.put(NAME, b"leaves")
    shelf.remove(NAME)
    shelf.remove(NAME)
    assert list(shelf.names("log")) == []
    with pytest.raises(OSError, match=r"."):
        shelf.read(NAME)


def test_a_record_is_copied_and_comes_back(shelf: Shelf, tmp_path: Path) -> None:
    data_dir = recorded(tmp_path / "data")
    copier = Copier(data_dir, lambda: shelf, now_us=lambda: 1)
    copier.step()
    assert (copier.state.trouble, copier.state.waiting) == ("", ())
    assert fetch(shelf, tmp_path / "back") == len([*shelf.names("log"), *shelf.names("sessions")])
    for file in (tmp_path / "back").rglob("*.fdrec"):
        assert file.read_bytes() == (data_dir / file.relative_to(tmp_path / "back")).read_bytes()


def test_a_bucket_that_is_not_there_is_told(s3: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    credentials(monkeypatch, s3)
    data_dir = recorded(tmp_path / "data", sessions=1)
    copier = Copier(data_dir, lambda: shelf_at("s3://nowhere"), now_us=lambda: 1)
    copier.step()
    assert copier.state.trouble
    assert copier.state.waiting


@pytest.mark.parametrize("place", ["s3://", "s3:///folder", "/proc/nothing/here"])
def test_what_is_no_place_is_told(place: str) -> None:
    with pytest.raises(OSError, match=r"."):
        shelf_at(place)
