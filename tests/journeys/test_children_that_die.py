"""A session whose child process dies: the client is told once, and can begin anew."""

import os
import signal
import sys
from pathlib import Path

from tests.helpers import people_upstream
from tests.helpers.agent import Agent
from tests.helpers.gateway import Gateway
from tests.helpers.postgres import children_of


def test_a_client_whose_upstream_died_is_told_that_the_session_is_gone_and_begins_anew(
    tmp_path: Path,
) -> None:
    entry = {"command": sys.executable, "args": [people_upstream.__file__]}
    with Gateway(tmp_path, {"crm": entry}) as gateway:
        agent = Agent(gateway)
        assert agent.reads() == 200
        (child,) = children_of(gateway.pid)
        os.kill(child, signal.SIGKILL)
        # At most one is sent and lost; one is not sent; from then on there is no such session.
        assert [agent.reads() for _ in range(3)][-1] == 404
        assert b"ada@example.com" not in agent.answer
        assert b"Not executed. Begin a new session." in agent.answer
        assert Agent(gateway).reads() == 200
        (ended,) = [line for line in gateway.cli("sessions").stdout.splitlines() if "upstream_gone" in line]
        assert "dana" in ended
