"""Ten thousand malformed requests, no two the same, with a client beside them that does all right."""

import asyncio
import itertools
import json
import statistics
import sys
from collections import Counter
from pathlib import Path

import pytest

from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import Live, live_gateway, modern, modern_headers, of_kind
from tests.helpers.raw_http import post, wire
from tests.hostile.requests import KINDS, Aim, hostile_requests
from tests.hostile.strict_reading import check

pytestmark = pytest.mark.anyio

COUNT = 12_500
REFUSED = 10_000
"""What the promise names. The others are odd, and are messages all the same."""
SENDERS = 24
UNANSWERED_S = 0.5
"""How long to wait for an answer to something that may be no whole request."""


async def send_one(aim: Aim, raw: bytes) -> str:
    """Send it on a connection of its own; the first line of what comes back."""
    async with wire(aim.port) as connection:
        try:
            await connection.send(raw)
            async with asyncio.timeout(UNANSWERED_S):
                return (await connection.reader.readuntil(b"\r\n")).decode("latin-1").split(" ")[1]
        except TimeoutError:
            return "silence"
        except (asyncio.IncompleteReadError, ConnectionError):
            return "closed"


async def behave(live: Live, took: list[float]) -> None:
    """Call without end, on one connection, and look at each answer."""
    loop = asyncio.get_running_loop()
    async with wire(live.port) as connection:
        for number in itertools.count():
            body = modern("tools/call", number, name="echo", arguments={"text": f"well {number}"})
            began = loop.time()
            headers = live.auth(**modern_headers("tools/call", "echo"))
            await connection.send(post("/mcp/crm", live.port, headers, body))
            answer = await connection.answer()
            took.append(loop.time() - began)
            assert answer.json["id"] == number
            assert answer.json["result"]["content"][0]["text"] == f"well {number}"


@pytest.mark.timeout(180)
@pytest.mark.promise("PATH-3", "RUN-3")
async def test_malformed_requests_harm_nobody(tmp_path: Path) -> None:
    async with (
        counting_upstream() as crm,
        counting_upstream() as closed,
        live_gateway(tmp_path, {"crm": crm.url, "closed": f"{closed.url} deny"}) as live,
    ):
        aim = Aim(port=live.port, token=live.token, session=await live.initialize())
        took: list[float] = []
        behaving = asyncio.create_task(behave(live, took))
        hostile = hostile_requests(COUNT, aim)
        answers: Counter[tuple[str, str]] = Counter()

        async def sender() -> None:
            for kind, raw in hostile:
                answers[kind, await send_one(aim, raw)] += 1

        await asyncio.gather(*(sender() for _ in range(SENDERS)))
        assert not behaving.done(), behaving.exception()
        behaving.cancel()
        assert answers.total() == COUNT
        assert await live.ready() == 200
        assert live.process.returncode is None
        loud = [
            line for line in live.log.splitlines() if "Traceback" in line or "exception" in json.loads(line)
        ]
        assert loud == []
        for request in [*crm.requests, *closed.requests]:
            check(request, live.token)
        assert closed.calls == []
        of_status = Counter(status for (_, status), number in answers.items() for _ in range(number))
        assert not any(status.startswith("5") for status in of_status), of_status
        refused = sum(number for status, number in of_status.items() if status.startswith("4"))
        assert refused >= REFUSED, of_status
        assert all(any(answers[kind, s] for s in of_status if s.startswith("4")) for kind in KINDS), answers
        assert of_status["silence"] + of_status["closed"] < COUNT / 50, of_status
        passed_on = len(crm.calls) - len(took)
        assert 0 < passed_on <= of_status["200"] + of_status["silence"], of_status
        await live.end()
        recorded = Counter(str(e.envelope["status"]) for e in of_kind(live.records(), EntryKind.REFUSED))
        for status in ("401", "403", "415", "421"):
            # These are the path's own alone; more may be recorded than a client waited for.
            assert recorded[status] >= of_status[status] > 0, (status, recorded, of_status)
        figures = (
            f"{COUNT} hostile requests, no two the same: {dict(sorted(of_status.items()))}",
            f"{refused} of them were refused; {passed_on} were understood and passed on, each read strictly",
            f"{len(took)} proper calls beside them: p50 {statistics.median(took) * 1e3:.1f} ms, "
            f"p99 {statistics.quantiles(took, n=100)[98] * 1e3:.1f} ms, longest {max(took) * 1e3:.1f} ms",
        )
        sys.stdout.write("\n".join(("", *figures, "")))
