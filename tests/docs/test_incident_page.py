"""The commands of docs/howto/incident.md, typed in their order against an agent that was taken over."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import REPOSITORY
from tests.helpers import people_upstream
from tests.helpers.agent import Agent
from tests.helpers.gateway import FIREDOOR, Gateway

PAGE = (REPOSITORY / "docs" / "howto" / "incident.md").read_text(encoding="utf-8")


class Typed:
    """Who types what stands under each heading. Names that the page cannot know are put in."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.known: dict[str, str] = {}
        self.seen: set[str] = set()

    def lines(self, heading: str) -> list[str]:
        section = PAGE.split(f"## {heading}")[1].split("\n## ")[0]
        return "".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL)).splitlines()

    def under(self, heading: str) -> dict[str, str]:
        """What each command prints."""
        return {line: self.type(line) for line in self.lines(heading)}

    def type(self, line: str) -> str:
        self.seen.add(line)
        for name, value in self.known.items():
            line = line.replace(name, value)
        path = os.pathsep.join((str(FIREDOOR.parent), "/usr/bin", "/bin"))
        done = subprocess.run(
            ["sh", "-ec", line], cwd=self._gateway.folder, capture_output=True, text=True, check=False,
            env={"PATH": path, "FIREDOOR_CONFIG": str(self._gateway.settings_file)},
        )  # fmt: skip
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.mark.timeout(300)
@pytest.mark.takes_seconds
def test_an_agent_that_was_taken_over_is_stopped_and_what_it_saw_is_told(tmp_path: Path) -> None:
    entry = {"command": sys.executable, "args": [people_upstream.__file__]}
    (tmp_path / "customers.txt").write_text("nobody@example.com\nada@example.com\n")
    with Gateway(tmp_path, {"crm": entry}, mask={"default": "on"}) as gateway:
        typed, agent = Typed(gateway), Agent(gateway)
        assert agent.reads() == 200

        stop = typed.lines("Stop it")
        live = typed.type(stop[0])
        told = typed.type(stop[1])
        typed.known = {
            "l_0123456789abcdef": told.split()[0],
            "SESSION": next(line.split()[0] for line in live.splitlines() if " helper " in line),
        }
        assert "Sessions ended: 1." in told
        assert "Recordings under legal hold: 1." in told
        assert "agent helper" in typed.type(stop[2])
        assert "holds.\nExchanges left: 0. Sessions left: 0." in typed.type(stop[3])
        assert agent.reads() == 401
        knocks = typed.type("firedoor search code:locked agent:helper since:1h")
        assert re.search(r" dana +helper +crm +POST .* refused", knocks)

        did = typed.under("What it did")
        assert all("helper" in said for said in did.values())
        call = re.search(r"\.(\d+) .* person .* result", did[typed.lines("What it did")[1]])
        assert call is not None
        assert f"← #{call[1]} tools/call person result" in did["firedoor replay SESSION"]

        seen = typed.under("Whose data it saw")
        numbered = f"{typed.known['SESSION']}.{call[1]}\n"  # the call's number, as search and replay have it
        assert all(re.search(rf" email +masked .* {numbered}", said) for said in seen.values())
        assert "\n2 " in seen["firedoor exposure --value-file customers.txt"]

        kept = typed.under("Keep the evidence")
        assert typed.known["l_0123456789abcdef"] in kept["firedoor retention holds"]
        assert next(said for line, said in kept.items() if "verify" in line).startswith("L3 ")
        assert "lock_created" in typed.type("firedoor search 'method:lock_* since:7d'")

        typed.under("Let it back in")
        again = Agent(gateway)
        assert again.reads() == 200
        every = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
        assert {line for block in every for line in block.splitlines()} <= typed.seen
