"""What Go's standard library makes of JSON, by Debian's compiler where it is installed. Downloads nothing."""

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.locked import REPOSITORY

GO = shutil.which("go")
WITHOUT = "Go is not installed (Debian: golang-go); CI installs it"


class ReadBack:
    """The program of `tests/go`, asked one body after the other."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def ask(self, body: bytes) -> tuple[str, str]:
        """The whole value, and what a struct of the protocol's members takes; `refused` for either."""
        self._process.stdin.write(base64.b64encode(body) + b"\n")
        self._process.stdin.flush()
        whole, _, taken = self._process.stdout.readline().decode().rstrip("\n").partition("\t")
        return whole, taken


@contextmanager
def read_back(folder: Path) -> Iterator[ReadBack]:
    """Compile it into a folder and run it."""
    program = folder / "read_back"
    environment = {**os.environ, "GOCACHE": str(folder / "cache"), "GO111MODULE": "off", "GOFLAGS": ""}
    source = REPOSITORY / "tests" / "go" / "read_back.go"
    subprocess.run([GO, "build", "-o", program, source], env=environment, check=True, capture_output=True)
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield ReadBack(process)
        process.stdin.close()
