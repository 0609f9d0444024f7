"""Go's own verifier of transparency logs takes our logs as they are: notes, tiles and both proofs."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from firedoor.app.verifying import checkpoints
from firedoor.edges.store.log.folder import logs_in
from tests.edges.store.log.recorded import SESSIONS, Running

PACKAGES = Path("/usr/share/gocode")
"""Where Debian's golang-golang-x-mod-dev puts golang.org/x/mod. CI installs it: `.ci/run`."""

pytestmark = pytest.mark.skipif(
    shutil.which("go") is None or not (PACKAGES / "src/golang.org/x/mod/sumdb").is_dir(),
    reason="needs Go and golang.org/x/mod: apt-get install golang-go golang-golang-x-mod-dev",
)


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("go")
    program = folder / "go_log"
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOFLAGS": "",
        "GOPATH": str(PACKAGES),
        "GOCACHE": str(folder / "cache"),
        "GOPROXY": "off",
    }
    source = Path(__file__).parent / "go_log" / "main.go"
    subprocess.run(["go", "build", "-o", str(program), str(source)], env=environment, check=True, timeout=240)
    return program


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of 2,405 leaves, with an earlier checkpoint in its history."""
    data_dir = tmp_path_factory.mktemp("log")
    for session, calls in ((SESSIONS[0], 200), (SESSIONS[1], 1000)):
        running = Running(data_dir)
        running.record(session, calls)
        running.close()
    return data_dir


def judged(verifier: Path, data_dir: Path, folder: Path, earlier: Path) -> subprocess.CompletedProcess[str]:
    (key, _), *_ = checkpoints(data_dir)
    return subprocess.run(
        [str(verifier), str(folder), key, str(earlier)], capture_output=True, text=True, check=False
    )


@pytest.mark.timeout(300)
def test_go_verifies_checkpoint_inclusion_and_consistency(
    verifier: Path, log: Path, record_property: Callable[[str, object], None]
) -> None:
    folder = logs_in(log)[0].folder
    history = sorted((folder / "checkpoints").iterdir(), key=lambda file: int(file.name))
    done = judged(verifier, log, folder, history[0])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "consistent with" in done.stdout
    record_property("figure", f"Go's sumdb: {done.stdout.strip()}")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("path", ["checkpoint", "tile/0/001", "tile/entries/000", "tile/1/000.p/9"])
def test_go_refuses_what_was_changed(verifier: Path, log: Path, tmp_path: Path, path: str) -> None:
    folder = tmp_path / "log"
    shutil.copytree(logs_in(log)[0].folder, folder)
    earlier = min((folder / "checkpoints").iterdir(), key=lambda file: int(file.name))
    content = bytearray((folder / path).read_bytes())
    content[40] ^= 1
    (folder / path).write_bytes(bytes(content))
    assert judged(verifier, log, folder, earlier).returncode == 1
