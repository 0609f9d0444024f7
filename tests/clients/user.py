"""The user of a real client: tells it which calls to make, and sees what it prints of each."""

import json
import select
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from tests.helpers.gateway import Gateway
from tests.helpers.program import environment

PATIENCE_S = 40
"""A client that hears nothing must fail the test, not hold it up."""


class User:
    """One client, in a process of its own, with a token of `who`."""

    def __init__(self, command: Sequence[str], gateway: Gateway, upstream: str, who: str) -> None:
        headers = {"Authorization": f"Bearer {gateway.token_of(who)}"}
        asked = {"url": gateway.url(upstream), "headers": headers}
        self.process = subprocess.Popen(
            [*command, json.dumps(asked)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=environment(), text=True,
        )  # fmt: skip

    def begin(self, tool: str, number: int, *, flag: bool = False) -> None:
        """Have a call made. What the flag means, the script says."""
        with suppress(BrokenPipeError):  # It has ended: `end` says so.
            self.process.stdin.write(json.dumps([tool, number, flag]) + "\n")
            self.process.stdin.flush()

    def end(self) -> dict[str, Any]:
        """What the user sees of it."""
        assert select.select([self.process.stdout], [], [], PATIENCE_S)[0], "the user sees nothing"
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"text": "the client has ended", "size": 0, "failed": True}

    def __enter__(self) -> "User":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(BrokenPipeError):
                stream.close()
