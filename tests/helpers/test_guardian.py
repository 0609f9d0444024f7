"""What a test run started ends with it, even where nothing of the run could end it."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.guardian import MARK
from tests.helpers.program import environment

ENDS_WITHIN_S = 30
"""A child that stays must fail the test, not hold it up."""
RUN = """
import asyncio, os, sys
from tests.helpers.guardian import guard_this_run
from tests.helpers.program import Program

async def started():
    quiet = asyncio.subprocess.DEVNULL
    return (await asyncio.create_subprocess_exec("sleep", "600", stdout=quiet, start_new_session=True)).pid

guard_this_run()
left = [Program(["sleep", "600"]).process.pid, asyncio.run(started())]
print(*left, flush=True)
sys.stdin.read()
os._exit(1)
"""


def has_ended(process: int) -> bool:
    return bool(select.select([process], [], [], ENDS_WITHIN_S)[0])


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is found by its mark elsewhere")
@pytest.mark.parametrize("end", ["as a worker whose test hung ends", "by SIGKILL"])
def test_what_a_run_has_started_ends_with_it(end: str) -> None:
    """It is shown with programs in sessions of their own, which no signal to the run's group reaches."""
    run = subprocess.Popen(
        [sys.executable, "-c", RUN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        env=environment(),
    )
    with run:
        assert run.stdout is not None
        left = [os.pidfd_open(int(word)) for word in run.stdout.readline().split()]
        try:
            assert len(left) == 2
            assert not any(select.select([process], [], [], 0)[0] for process in left)
            if end == "by SIGKILL":
                run.kill()
            run.communicate()
            assert all(has_ended(process) for process in left)
        finally:
            for process in left:
                if not select.select([process], [], [], 0)[0]:
                    signal.pidfd_send_signal(process, signal.SIGKILL)
                os.close(process)


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is found by its mark elsewhere")
def test_this_run_is_guarded_and_so_is_every_program_that_it_starts() -> None:
    assert environment()[MARK] == os.environ[MARK]
