"""Ends what a test run has started and left, once the run is over, however it ended.

A test that hangs ends its worker at once (`timeout_method`), and so does SIGKILL: nothing of the worker is
run then, and its gateways would stay. A process beside it sees its end, finds by a mark in their environment
what it has started, and kills that. It does so on Linux alone, and never touches what has no mark of the run.
"""

import os
import secrets
import subprocess
import sys

MARK = "TEST_RUN"
"""In the environment of whatever a run starts."""

_GUARD = """
import os, pathlib, select, signal, sys
parent, mark = int(sys.argv[1]), sys.argv[2].encode()
try:
    run = os.pidfd_open(parent)
except ProcessLookupError:
    run = None
if run is not None and os.getppid() == parent:
    print("watching", flush=True)
    select.select([run], [], [])
for place in pathlib.Path("/proc").glob("[0-9]*"):
    try:
        process = os.pidfd_open(int(place.name))
        if mark in (place / "environ").read_bytes().split(b"\\0"):
            signal.pidfd_send_signal(process, signal.SIGKILL)
        os.close(process)
    except (OSError, ValueError):
        continue
"""


def guard_this_run() -> None:
    """Have everything killed that this process starts from now on, as soon as it has ended itself."""
    if not hasattr(os, "pidfd_open"):
        return
    mark = secrets.token_hex(16)
    # Without an environment: the guardian of a worker must outlive what the guardian of its starter kills.
    guardian = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _GUARD, str(os.getpid()), f"{MARK}={mark}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        start_new_session=True,
    )
    assert guardian.stdout is not None
    with guardian.stdout as told:
        assert told.readline() == b"watching\n", "the guardian of this run did not start"
    guardian.returncode = 0  # It outlives us: nobody waits for it.
    os.environ[MARK] = mark
