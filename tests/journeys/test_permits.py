"""Permits and break-glass with a real gateway: asked for, approved, used, shown, revoked, and gone."""

import asyncio
import signal
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from firedoor.edges.store.store import Store
from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import Live, live_gateway, new_token, of_kind, start
from tests.helpers.raw_http import ask, head
from tests.helpers.refunds import POLICY, api, approver, call, cli, holding, refunds, text_of

pytestmark = pytest.mark.anyio

SOON = "approvals: {wait: 1s}\n"
REFUND = {"upstream": "crm", "tools": ["refund"], "reason": "Refunds of case 7.", "case": "7"}
BREAK = {"kind": "break-glass", "upstream": "crm", "principal": "ci", "reason": "Production is down."}


async def readiness(live: Live) -> str:
    return (await ask(live.port, head("GET", "/readyz", live.port))).body.decode()


async def permitted(live: Live, *people: str, **changes) -> str:
    """The id of a permit for refunds that these have approved."""
    told = await api(live, live.token, "permits", {**REFUND, **changes})
    assert told.status == 200, told
    for token in people:
        said = await api(live, token, f"permits/{told.json['id']}/approve", {"reason": "Yes."})
        assert said.status == 200, said
    return told.json["id"]


async def test_a_permit_is_asked_for_approved_used_shown_and_revoked_on_the_command_line(
    tmp_path: Path,
) -> None:
    async with holding(tmp_path, SOON) as (upstream, live):
        token, session = await approver(live), await live.initialize()
        words = ("--upstream", "crm", "--tool", "refund", "--when", "args.amount <= 100", "--uses", "3")
        more = ("--case", "7", "--reason", "Case 7.", "--json")
        code, [asked], _ = await cli(live, live.token, "permits", "request", *words, *more)
        assert (code, asked["state"], asked["principal"]) == (0, "requested", "ci")
        code, _, said = await cli(live, live.token, "approve", asked["id"], "--reason", "Me.")
        assert (code, "role of an approver" in said) == (2, True)
        assert asked["id"] in (await cli(live, token, "approvals"))[2]
        assert await cli(live, token, "approve", asked["id"], "--reason", "Yes.") == (
            0, [], f"{asked['id']} is live.\n",
        )  # fmt: skip
        answer = await live.post(call(), session)
        assert "isError" not in answer.json["result"]
        assert refunds(upstream) == 1
        held = await live.post(call(6, amount=500), session)
        assert "Waiting for approval" in text_of(held)
        _, _, shown = await cli(live, live.token, "permits", "show", asked["id"])
        assert "used    1 of 3" in shown
        assert "for     30 min, from its approval on   case 7   risk high" in shown
        assert "needs   1 with the role approver" in shown
        assert "said    sam: approve: Yes." in shown
        assert shown.count("call    ") == 1
        assert asked["id"] in (await cli(live, token, "permits", "list"))[2]
        code, _, said = await cli(live, live.token, "permits", "revoke", asked["id"], "--reason", "Done.")
        assert (code, said) == (0, f"{asked['id']} is revoked.\n")
        assert "Waiting for approval" in text_of(await live.post(call(7, amount=21), session))
        assert refunds(upstream) == 1
        [of_session] = {e.session for e in of_kind(live.records(), EntryKind.INTENT)}
        code, _, replayed = await cli(live, live.token, "replay", of_session)
        assert f"permit {asked['id']} permit_used: " in replayed
        assert "approved by sam" in replayed


async def test_the_api_says_what_is_wrong_and_who_may(tmp_path: Path) -> None:
    async with holding(tmp_path, SOON) as (_, live):
        token = await approver(live)
        viewer = await approver(live, "vic", frozenset({"viewer"}))
        for body, code in (
            ({**REFUND, "upstream": "none"}, "permit_upstream"),
            ({**REFUND, "tools": []}, "permit_tools"),
            ({**REFUND, "tools": "refund"}, "body_unusable"),
            ({**REFUND, "tools": ["a b"]}, "permit_tools"),
            ({**REFUND, "for": "soon"}, "permit_span"),
            ({**REFUND, "for": "2h"}, "permit_span"),
            ({**REFUND, "uses": 0}, "permit_uses"),
            ({**REFUND, "uses": True}, "permit_uses"),
            ({**REFUND, "conditions": ["args."]}, "permit_condition"),
            ({**REFUND, "conditions": [7]}, "body_unusable"),
            ({**REFUND, "tools": ["echo"]}, "permit_covers_nothing"),
            ({**REFUND, "tools": ["wipe"]}, "permit_covers_nothing"),
            ({**REFUND, "principal": "x" * 300}, "body_unusable"),
            ({**REFUND, "more": 1}, "body_unusable"),
            ({**REFUND, "kind": "all"}, "body_unusable"),
            ({**REFUND, "reason": " "}, "approval_reason"),
            ({**BREAK, "tools": ["refund"]}, "permit_kind"),
        ):
            told = await api(live, live.token, "permits", body)
            assert (told.status, told.json["error"]["code"]) == (400, code), body
        told = await api(live, viewer, "permits", {**REFUND, "principal": "ci"})
        assert (told.status, told.json["error"]["code"]) == (403, "approval_forbidden")
        assert (await api(live, "fd_none", "permits", REFUND)).status == 401
        permit = await permitted(live)
        assert (await api(live, viewer, "permits")).json == {"permits": []}
        assert (await api(live, viewer, f"permits/{permit}")).status == 404
        assert (await api(live, viewer, f"permits/{permit}/approve", {"reason": "Yes."})).status == 403
        assert (await api(live, token, "permits/prm_none/approve", {"reason": "Yes."})).status == 404
        told = await api(live, token, f"permits/{permit}/deny", {"reason": "No."})
        assert (told.status, told.json["state"]) == (200, "refused")
        assert (await api(live, token, f"permits/{permit}/approve", {"reason": "Yes."})).status == 409
        assert (await api(live, token, f"permits/{permit}/revoke", {"reason": "Yes."})).status == 409


async def test_break_glass_is_opened_by_two_people_seen_by_all_and_ends(tmp_path: Path) -> None:
    async with holding(tmp_path, SOON) as (upstream, live):
        sam, kim = await approver(live), await approver(live, "kim")
        session = await live.initialize()
        asked = await api(live, sam, "permits", BREAK)
        glass = asked.json["id"]
        assert (await api(live, sam, f"permits/{glass}/approve", {"reason": "Me."})).status == 403
        told = await api(live, kim, f"permits/{glass}/approve", {"reason": "Yes."})
        assert told.json["state"] == "requested"
        held = await live.post(call(name="wipe"), session)
        assert "Waiting for approval" in text_of(held)
        assert await readiness(live) == "ready\n"
        ana = await approver(live, "ana")
        assert (await api(live, ana, f"permits/{glass}/approve", {"reason": "Yes."})).json["state"] == "live"
        assert await readiness(live) == f"ready\nbreak-glass is open: {glass}\n"
        assert "BREAK-GLASS is open" in (await cli(live, kim, "approvals"))[2]
        answer = await live.post(call(8, name="wipe", amount=1), session)
        assert "isError" not in answer.json["result"]
        assert sum(b'"wipe"' in each.body for each in upstream.calls) == 1
        metrics = (await ask(live.port, head("GET", "/metrics", live.port))).body.decode()
        assert "firedoor_break_glass_open 1.0" in metrics
        assert "firedoor_break_glass_uses 1.0" in metrics
        await live.until_logged(f"break-glass {glass} used")
        told = await api(live, kim, f"permits/{glass}/revoke", {"reason": "Over."})
        assert told.json["state"] == "revoked"
        assert await readiness(live) == "ready\n"
        assert "Waiting for approval" in text_of(await live.post(call(9, name="wipe", amount=2), session))
        control = [e for e in of_kind(live.records(), EntryKind.APPROVAL) if "permit" in e.envelope]
    of_control = [e.envelope["what"] for e in control if "executes" not in e.envelope]
    assert of_control == [
        "permit_requested", "permit_forbidden", "permit_reviewed", "permit_reviewed", "permit_opened",
        "permit_used", "permit_revoked",
    ]  # fmt: skip


async def test_a_gateway_that_is_started_again_gives_a_permit_no_more_time(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "first.yaml").write_text(POLICY)
    more = f"policies: [policies/]\n{SOON}"
    async with counting_upstream() as upstream:
        live = await start(tmp_path, {"crm": upstream.url}, more)
        token = await approver(live)
        permit = await permitted(live, token)
        until = (await api(live, token, f"permits/{permit}")).json["expires_at_us"]
        await live.end(signal.SIGKILL)
        async with live_gateway(tmp_path, {"crm": upstream.url}, more) as again:
            again.token = live.token
            told = (await api(again, token, f"permits/{permit}")).json
            assert (told["state"], told["expires_at_us"]) == ("live", until)
            session = await again.initialize()
            assert "isError" not in (await again.post(call(), session)).json["result"]
            await again.end()
        store = Store.open("sqlite", live.data_dir)
        # As if the clock of the machine had been set back: the database knows how late it was.
        store.permits.see(until)
        store.close()
        async with live_gateway(tmp_path, {"crm": upstream.url}, more) as last:
            last.token = live.token
            assert (await api(last, token, f"permits/{permit}")).json["state"] == "expired"
            session = await last.initialize()
            assert "Waiting for approval" in text_of(await last.post(call(), session))
        assert refunds(upstream) == 1


@asynccontextmanager
async def two_gateways(folder: Path, url: str):
    """With one database."""
    lives: list[Live] = []
    database = f'database: "sqlite:{folder / "shared.db"}"\n'
    try:
        for name in ("a", "b"):
            (folder / name / "policies").mkdir(parents=True)
            (folder / name / "policies" / "first.yaml").write_text(POLICY)
            token = lives[0].token if lives else None
            lives.append(
                await start(folder / name, {"crm": url}, f"{database}policies: [policies/]\n{SOON}", token)
            )
        yield lives
    finally:
        for live in lives:
            await live.end()


async def test_what_one_gateway_revokes_lets_nothing_pass_at_another(tmp_path: Path) -> None:
    def token(name: str, *roles: str) -> str:
        # In the shared database, under the name that it has for whoever opens it.
        return new_token(tmp_path, name, None, roles=frozenset(roles))

    async with counting_upstream() as upstream, two_gateways(tmp_path, upstream.url) as (one, other):
        tmp_path.joinpath("firedoor.db").symlink_to(tmp_path / "shared.db")
        tmp_path.joinpath("firedoor.epochs").symlink_to(tmp_path / "shared.epochs")
        one.token = other.token = await asyncio.to_thread(token, "ci")
        sam = await asyncio.to_thread(token, "sam", "approver")
        session = await other.initialize()
        for number in range(10):
            permit = await permitted(one, sam)
            answer = await other.post(call(10 + number, amount=number), session)
            assert "isError" not in answer.json["result"]
            await api(one, sam, f"permits/{permit}/revoke", {"reason": "Over."})
            assert "Waiting for approval" in text_of(
                await other.post(call(100 + number, amount=100 + number), session)
            )
        assert refunds(upstream) == 10
