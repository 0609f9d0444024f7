"""The API over the wire: it is what its document says, and hears nothing that is not meant for it."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from firedoor.app.api.table import OPERATIONS
from firedoor.core.authenticate.token import digest_of
from firedoor.edges.store.store import Store
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId
from firedoor.model.principal import Actor, Principal, PrincipalKind
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import Live, live_gateway, message, new_token
from tests.helpers.raw_http import Answer, ask, head, post

pytestmark = pytest.mark.anyio
MAY_ALL = frozenset({"admin", "approver"})
POLICY = "rules:\n  - {id: refunds, match: {upstream: crm, tool: refund}, effect: hold}\n"


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[Live, str]]:
    """A gateway, and the token of somebody who may do everything."""
    (folder / "policies").mkdir()
    (folder / "policies" / "first.yaml").write_text(POLICY)
    more = "policies: [policies/]\n"
    async with counting_upstream() as upstream, live_gateway(folder, {"crm": upstream.url}, more) as live:
        yield live, await asyncio.to_thread(new_token, live.data_dir, "sam", None, roles=MAY_ALL)


async def api(live: Live, token: str, verb: str, path: str, body: object = None) -> Answer:
    at, usual = f"/api/v1/{path}", {"Authorization": f"Bearer {token}"}
    if verb != "POST":
        return await ask(live.port, head(verb, at, live.port, usual))
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await ask(live.port, post(at, live.port, {"Content-Type": "application/json", **usual}, raw))


def agents_token(data_dir: Path) -> str:
    """Of an agent that has every role."""
    token = "fd_" + secrets.token_urlsafe(32)
    store = Store.open("sqlite", data_dir)
    store.grants.create(
        Grant(
            id=GrantId("g_agent"),
            principal=Principal(name="bob", kind=PrincipalKind.PERSON, actors=(Actor(name="claw"),)),
            token_digest=digest_of(token),
            upstreams=None,
            issued_at_us=1,
            expires_at_us=None,
            roles=MAY_ALL | {"responder"},
        )
    )
    store.close()
    return token


class Described:
    """What the document says of answers."""

    def __init__(self, document: dict) -> None:
        self.document = document

    def check(self, verb: str, pattern: str, answer: Answer) -> dict:
        """Hold an answer to what is said of its address and status."""
        about = self.document["paths"][f"/api/v1/{pattern.replace('{}', '{id}')}"][verb.lower()]
        named = about["responses"][str(answer.status)]["content"]["application/json"]["schema"]
        whole = {**named, "components": self.document["components"]}
        Draft202012Validator(whole).validate(answer.json)
        return answer.json


async def test_every_address_answers_as_its_document_says(tmp_path: Path) -> None:
    async with served(tmp_path) as (live, token):
        told = await ask(live.port, head("GET", "/api/v1/openapi.json", live.port))
        assert told.status == 200
        described = Described(told.json)
        assert sum(len(each) for each in told.json["paths"].values()) == len(OPERATIONS)
        seen = set()

        async def said(verb: str, pattern: str, name: str = "", body: object = None) -> dict:
            seen.add((verb, pattern))
            answer = await api(live, token, verb, pattern.replace("{}", name), body)
            assert answer.status == 200, answer
            return described.check(verb, pattern, answer)

        session = await live.initialize()
        tickets = []
        for number in range(2):
            call = message("tools/call", 7 + number, name="refund", arguments={"n": number})
            waiting = asyncio.create_task(live.post(call, session))
            async with asyncio.timeout(20):
                while not (found := (await said("GET", "approvals"))["approvals"]):
                    pass
            tickets.append(found[0]["id"])
            await said("GET", "approvals/{}", tickets[-1])
            decision = ("approve", "deny")[number]
            await said("POST", f"approvals/{{}}/{decision}", tickets[-1], {"reason": "So."})
            await waiting
        for decision in ("approve", "deny", "revoke"):
            wanted = {
                "upstream": "crm",
                "tools": ["refund"],
                "principal": "ci",
                "reason": "Case 7.",
                "for": "5m",
            }
            permit = await said("POST", "permits", body=wanted)
            await said("GET", "permits/{}", permit["id"])
            await said("GET", "permits")
            if decision == "revoke":
                await said("POST", "permits/{}/revoke", permit["id"], {"reason": "Over."})
                continue
            kim = await asyncio.to_thread(new_token, live.data_dir, f"kim-{decision}", None, roles=MAY_ALL)
            answer = await api(live, kim, "POST", f"permits/{permit['id']}/{decision}", {"reason": "So."})
            assert answer.status == 200, answer
            seen.add(("POST", f"permits/{{}}/{decision}"))
            described.check("POST", f"permits/{{}}/{decision}", answer)
        lock = await said("POST", "locks", body={"targets": [["tool", "wipe"]], "reason": "Stolen."})
        await said("GET", "locks")
        await said("GET", "locks/{}/verify", lock["lock"]["id"])
        await said("POST", "locks/{}/lift", lock["lock"]["id"], {"reason": "Over."})
        assert seen == set(OPERATIONS)


async def test_who_may_not_is_refused_at_every_address_as_the_document_says(tmp_path: Path) -> None:
    async with served(tmp_path) as (live, _):
        document = (await ask(live.port, head("GET", "/api/v1/openapi.json", live.port))).json
        described = Described(document)
        viewer = await asyncio.to_thread(new_token, live.data_dir, "vic", None, roles=frozenset({"viewer"}))
        agent = await asyncio.to_thread(agents_token, live.data_dir)
        for (verb, pattern), operation in OPERATIONS.items():
            path, body = pattern.replace("{}", "x_1"), {"reason": "Please."}
            for token, wanted in ((viewer, 403), (agent, 403), ("fd_none", 401)):
                answer = await api(live, token, verb, path, body)
                may = token == viewer and (not operation.roles or "viewer" in operation.roles)
                assert answer.status == wanted or may, (verb, pattern, answer)
                described.check(verb, pattern, answer)


HOSTILE = {
    "no JSON": b"{",
    "a list": b"[]",
    "twice": b'{"reason":"a","reason":"b"}',
    "NaN": b'{"reason":NaN}',
    "not UTF-8": b'{"reason":"\xff"}',
    "a lone surrogate": b'{"reason":"\\ud800"}',
    "deep": b'{"reason":' + b"[" * 100 + b"]" * 100 + b"}",
    "a number": b'{"reason":7}',
    "empty": b'{"reason":""}',
    "blank": b'{"reason":"  "}',
    "long": json.dumps({"reason": "x" * 1_001}).encode(),
    "more": b'{"reason":"a","force":true}',
    "nothing": b"",
}


async def test_a_body_that_is_not_understood_changes_nothing(tmp_path: Path) -> None:
    async with served(tmp_path) as (live, token):
        session = await live.initialize()
        waiting = asyncio.create_task(
            live.post(message("tools/call", 7, name="refund", arguments={}), session)
        )
        async with asyncio.timeout(20):
            while not (found := (await api(live, token, "GET", "approvals")).json["approvals"]):
                pass
        at = f"approvals/{found[0]['id']}/approve"
        for name, body in HOSTILE.items():
            answer = await api(live, token, "POST", at, body)
            assert (answer.status, set(answer.json)) == (400, {"error"}), name
        large = await api(live, token, "POST", at, b'{"reason":"' + b"x" * 70_000 + b'"}')
        assert large.status == 413
        for path in ("locks", "permits"):
            for name, body in HOSTILE.items():
                answer = await api(live, token, "POST", path, body)
                assert (answer.status, set(answer.json)) == (400, {"error"}), (path, name)
        [still] = (await api(live, token, "GET", "approvals")).json["approvals"]
        assert (still["state"], still["reviews"]) == ("requested", [])
        await api(live, token, "POST", at.replace("approve", "deny"), {"reason": "No."})
        await waiting


ELSEWHERE = (
    ("DELETE", "approvals", 405),
    ("PUT", "locks", 405),
    ("POST", "openapi.json", 405),
    ("GET", "approvals/x/approve", 405),
    ("GET", "", 404),
    ("GET", "nothing", 404),
    ("GET", "approvals/", 404),
    ("GET", "approvals//approve", 404),
    ("GET", "approvals/apr_1/../../locks", 404),
    ("GET", "approvals/%2e%2e", 404),
)


async def test_other_methods_addresses_and_sites_are_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as (live, token):
        for verb, path, status in ELSEWHERE:
            assert (await api(live, token, verb, path, {})).status == status, (verb, path)
        for headers, status in (({"Host": "evil.test"}, 421), ({"Origin": "https://evil.test"}, 403)):
            lines = {"Host": f"127.0.0.1:{live.port}", **headers}
            raw = "GET /api/v1/openapi.json HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in lines.items())
            assert (await ask(live.port, raw.encode() + b"\r\n")).status == status
