"""Two gateways with one database: what is held at one is decided about at the other, and executed once."""

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from firedoor.edges.store.store import Store
from firedoor.model.approval import ApprovalState
from firedoor.model.entry import EntryKind
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId, TokenDigest
from firedoor.model.principal import Principal, PrincipalKind
from tests.helpers.counting_upstream import Counting, counting_upstream
from tests.helpers.live_gateway import Live, grant_id, message, of_kind, start
from tests.helpers.postgres import running_postgres
from tests.helpers.raw_http import Answer, ask, head, post

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

# For each database.
RACES = 50
"""A gateway takes a hundred questions of one asker in ten minutes, and one that lost a race asks again."""
AT_ONCE = 10
"""So few that all are held and approved long before their clients lose patience, on a busy machine too."""
POLICY = """
rules:
  - {id: refunds, match: {upstream: crm, tool: refund}, effect: hold, risk: high}
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:{tmp_path / 'shared.db'}"
        return
    with running_postgres() as server:
        yield server.fresh()


def shared_token(database: str, folder: Path, name: str, roles: frozenset[str] = frozenset()) -> str:
    token = "fd_" + secrets.token_urlsafe(32)
    store = Store.open(database, folder)
    store.grants.create(
        Grant(
            id=GrantId(grant_id(token)),
            principal=Principal(name=name, kind=PrincipalKind.SERVICE),
            token_digest=TokenDigest(sha256(token.encode()).hexdigest()),
            upstreams=None,
            issued_at_us=1,
            expires_at_us=None,
            roles=roles,
        )
    )
    store.close()
    return token


@asynccontextmanager
async def two(database: str, folder: Path) -> AsyncIterator[tuple[Counting, Live, Live, str]]:
    """An upstream, two gateways in front of it, and the token of somebody who decides."""
    caller = shared_token(database, folder, "ci")
    approver = shared_token(database, folder, "sam", frozenset({"approver"}))
    key = secrets.token_hex(32)
    gateways: list[Live] = []
    async with counting_upstream() as upstream:
        try:
            for name in ("a", "b"):
                own = folder / name
                (own / "policies").mkdir(parents=True)
                (own / "policies" / "first.yaml").write_text(POLICY)
                keys = own / "firedoor-data" / "keys"
                keys.mkdir(parents=True, mode=0o700)
                (own / "firedoor-data").chmod(0o700)
                (keys / "approvals.key").write_text(key)
                (keys / "approvals.key").chmod(0o600)
                more = f'policies: [policies/]\ndatabase: "{database}"\n'
                gateways.append(await start(own, {"crm": upstream.url}, more, caller))
            yield upstream, gateways[0], gateways[1], approver
        finally:
            for live in gateways:
                await live.end()


def refund(number: int, identifier: int = 5) -> bytes:
    return message("tools/call", identifier, name="refund", arguments={"number": number})


def executed(upstream: Counting) -> Counter[int]:
    return Counter(json.loads(each.body)["params"]["arguments"]["number"] for each in upstream.calls)


async def api(live: Live, token: str, path: str, reason: str = "") -> Answer:
    at, usual = f"/api/v1/{path}", {"Authorization": f"Bearer {token}"}
    if not reason:
        return await ask(live.port, head("GET", at, live.port, usual))
    body = json.dumps({"reason": reason}).encode()
    return await ask(live.port, post(at, live.port, {"Content-Type": "application/json", **usual}, body))


async def waiting(live: Live, token: str, count: int, *, is_known: bool) -> list[dict]:
    """The approvals that wait, once there are so many, and it is known here what they are about."""
    async with asyncio.timeout(150):
        while True:
            found = (await api(live, token, "approvals")).json["approvals"]
            found = [each for each in found if not is_known or each["params"] is not None]
            if len(found) >= count:
                return found


def text_of(answer: Answer) -> str:
    return answer.json["result"]["content"][0]["text"]


@pytest.mark.promise("APR-2")
async def test_what_is_held_at_one_is_seen_and_refused_at_the_other(database: str, tmp_path: Path) -> None:
    async with two(database, tmp_path) as (upstream, one, other, approver):
        session = await one.initialize()
        held = asyncio.create_task(one.post(refund(1), session))
        [found] = await waiting(other, approver, 1, is_known=False)
        assert found["params"] is None
        told = await api(other, approver, f"approvals/{found['id']}/approve", "Unseen.")
        assert (told.status, told.json["error"]["code"]) == (403, "approval_forbidden")
        assert "the gateway that holds it" in told.json["error"]["message"]
        told = await api(other, approver, f"approvals/{found['id']}/deny", "Not today.")
        assert (told.status, told.json["state"]) == (200, "refused")
        assert "Reason: Not today." in text_of(await held)
        assert executed(upstream) == {}


@pytest.mark.promise("APR-1", "APR-3")
async def test_the_identical_call_at_the_other_finds_the_ticket_and_redeems_it(
    database: str, tmp_path: Path
) -> None:
    async with two(database, tmp_path) as (upstream, one, other, approver):
        session = await one.initialize()
        held = asyncio.create_task(one.post(refund(1), session))
        [found] = await waiting(one, approver, 1, is_known=True)
        assert (await api(one, approver, f"approvals/{found['id']}/approve", "Fine.")).status == 200
        await held
        held = asyncio.create_task(one.post(refund(2), session))
        [found] = await waiting(one, approver, 1, is_known=True)
        await one.end()
        assert found["id"] in text_of(await held)
        there = await other.initialize()
        again = asyncio.create_task(other.post(refund(2), there))
        [same] = await waiting(other, approver, 1, is_known=True)
        assert same["id"] == found["id"]
        assert (await api(other, approver, f"approvals/{found['id']}/approve", "Fine.")).status == 200
        assert "isError" not in (await again).json["result"]
        assert executed(upstream) == {1: 1, 2: 1}


@pytest.mark.promise("APR-1")
async def test_of_the_same_call_at_both_one_is_executed_whatever_the_race(
    database: str, tmp_path: Path
) -> None:
    async with two(database, tmp_path) as (upstream, one, other, approver):
        sessions = [(live, await live.initialize()) for live in (one, other)]
        for first in range(0, RACES, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, RACES))
            calls = [
                [asyncio.create_task(live.post(refund(n, 100 + n), session)) for live, session in sessions]
                for n in numbers
            ]
            # Known at both: the calls of both are attached, and both may redeem.
            await waiting(one, approver, len(numbers), is_known=True)
            found = await waiting(other, approver, len(numbers), is_known=True)
            places = (one, other)
            said = await asyncio.gather(
                *(api(places[i % 2], approver, f"approvals/{each['id']}/approve", "Fine.")
                  for i, each in enumerate(found))
            )  # fmt: skip
            assert {each.status for each in said} == {200}
            for pair in calls:
                answers = [await each for each in pair]
                failed = [each for each in answers if each.json["result"].get("isError")]
                assert len(failed) == 1, answers
                assert "An identical call has used the approval." in text_of(failed[0])
        assert executed(upstream) == dict.fromkeys(range(RACES), 1)
        await one.end()
        await other.end()
        entries = [e for live in (one, other) for e in of_kind(live.records(), EntryKind.APPROVAL)]
        redeemed = Counter(e.envelope["approval"] for e in entries if e.envelope["what"] == "redeemed")
        assert sorted(redeemed.values()) == [1] * RACES
        store = Store.open(database, tmp_path)
        done = store.approvals.listed((ApprovalState.DONE,), 1_000)
        store.close()
        assert {each.id for each in done} == set(redeemed)
