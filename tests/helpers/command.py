"""`firedoor` on the command line, as a person runs it beside a live gateway."""

import asyncio
import json
import sys

from tests.helpers.live_gateway import Live


async def cli(live: Live, *words: str, given: bytes = b"") -> tuple[int, dict]:
    """Run a command with a gateway's settings; its exit code and the JSON it printed, or what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from firedoor.cli import main; main()", *words,
        "-c", str(live.folder / "firedoor.yaml"),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate(given)
    code = process.returncode
    assert code is not None
    if out.strip().startswith(b"{") and out.count(b"\n") == 1:
        return code, json.loads(out)
    return code, {"out": out.decode(), "err": err.decode()}


async def locked(live: Live, *words: str, given: bytes = b"") -> dict:
    """Lock, and see that everything has ended."""
    code, told = await cli(live, "lock", "create", *words, "--reason", "Stolen token.", "--json", given=given)
    assert code == 0, told
    return told
