"""What a child has started and what left its group: found in a table of processes, and ended for real."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from firedoor.edges.outbound import kin
from firedoor.edges.outbound.endpoint import StdioEndpoint
from firedoor.edges.outbound.kin import MARK, Kin, Process, Table, fresh_mark
from firedoor.edges.outbound.stdio import StdioUpstream
from firedoor.model.era import Era
from tests.edges.outbound.raw_upstream import forwarding

pytestmark = pytest.mark.anyio

CHILD = 100


def process(pid: int, parent: int = 1, **changes) -> Process:
    fields = {"group": pid, "session": pid, "born": pid, **changes}
    return Process(pid=pid, parent=parent, **fields)


def found(*processes: Process, seen: tuple[Process, ...] = ()) -> list[int]:
    return sorted(each.pid for each in Table.of(processes).kin(CHILD, "m", seen))


def test_all_that_is_of_a_child_is_found_and_nothing_else() -> None:
    of_it = (
        process(101, CHILD),
        process(102, 101),  # a child of its child, in a session of its own
        process(103, group=CHILD),
        process(104, session=CHILD),
        process(105, mark="m"),
        process(106, 105),  # begun by one that is marked, with an empty environment
    )
    others = (process(1, 0), process(50), process(200, 50, mark="n"), process(201, 1))
    assert found(process(CHILD, 50), *of_it, *others) == [101, 102, 103, 104, 105, 106]


def test_what_descended_from_it_is_still_its_own_and_a_number_given_anew_is_not() -> None:
    orphan, other = process(101, born=7), process(102, born=7)
    assert found(process(101, born=7), process(102, born=8), seen=(orphan, other)) == [101]


def test_processes_that_descend_from_each_other_do_not_keep_us() -> None:
    assert found(process(101, 102, mark="m"), process(102, 101)) == [101, 102]


ESCAPING = """
import json, os, signal, sys, time
def note(name):
    with open(os.path.join(sys.argv[1], name + ".new"), "w") as file:
        file.write(str(os.getpid()))
    os.rename(os.path.join(sys.argv[1], name + ".new"), os.path.join(sys.argv[1], name))
def stay(name):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note(name)
    while True: time.sleep(60)
def plain(): stay("plain")
def session(): os.setsid(); stay("session")
def group(): os.setpgid(0, 0); stay("group")
def orphan():
    os.setsid()
    if os.fork() == 0: stay("orphan")
    os._exit(0)
def emptied():
    os.setsid()
    again = "import sys, time; print(flush=True); time.sleep(600)"
    note("emptied")
    os.execve(sys.executable, [sys.executable, "-c", again], {})
for escape in (plain, session, group, orphan, emptied):
    if os.fork() == 0: escape()
while not all(os.path.exists(os.path.join(sys.argv[1], name)) for name in sys.argv[2:]):
    time.sleep(0.01)
for line in sys.stdin:
    request = json.loads(line)
    if "id" in request:
        print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": {}}), flush=True)
"""
ESCAPES = ("plain", "session", "group", "orphan", "emptied")


def is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture
def bystander() -> Iterator[int]:
    """A process of ours that is of no child."""
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    yield other.pid
    other.kill()
    other.wait()


@pytest.mark.promise("LOCK-2")
@pytest.mark.parametrize("era", [Era.LEGACY, Era.MODERN])
async def test_whatever_left_the_group_of_a_child_ends_with_it(
    tmp_path: Path, bystander: int, era: Era
) -> None:
    endpoint = StdioEndpoint(
        name="crm", command=sys.executable, args=("-c", ESCAPING, str(tmp_path), *ESCAPES)
    )
    upstream = StdioUpstream(endpoint)
    try:
        # It answers once all of them have gone their ways.
        (await upstream.send(forwarding(era=era, method="initialize"))).abandon()
    finally:
        await upstream.close()
    left = [name for name in ESCAPES if is_alive(int((tmp_path / name).read_text()))]
    assert left == []
    assert is_alive(bystander)


async def test_one_look_serves_everybody_who_asked_before_it_began() -> None:
    looking = Kin()
    mark = fresh_mark()
    marked = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import time; time.sleep(600)", env={MARK: mark}, start_new_session=True
    )
    seen = await asyncio.gather(*(looking.seen(os.getpid(), mark) for _ in range(50)))
    assert all([each.pid for each in there if each.mark == mark] == [marked.pid] for there in seen)
    assert len({id(there[0]) for there in seen}) <= 2
    assert await looking.kill(1 << 30, mark) == 1
    assert await marked.wait() == -9
    assert await looking.kill(1 << 30, mark) == 0
    looking.close()
    looking.close()


def test_a_process_that_is_gone_or_another_one_by_now_is_not_hit(bystander: int) -> None:
    known = kin.table().processes[bystander]
    kin.end(process(bystander, born=known.born + 1))
    kin.end(process(1 << 22, born=1))
    assert is_alive(bystander)
