"""A policy from its first line to the day it is taken back, over a gateway that runs all the while."""

import json
from pathlib import Path

import pytest

from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import Live, firedoor, live_gateway, message, of_kind

pytestmark = pytest.mark.anyio

CLOSED = "rules:\n  - {id: echo, match: {tool: echo}, effect: allow}\n"
DENYING = CLOSED + (
    "  - id: no-secrets\n"
    "    match: {tool: echo}\n"
    "    when: has(args.text) && args.text.contains('secret')\n"
    "    effect: deny\n"
    "    reason: Secrets are not echoed.\n"
    "    tests:\n"
    "      - {args: {text: a secret}, expect: deny}\n"
    "      - {args: {text: hello}, expect: none}\n"
)
BROKEN = DENYING.replace("args.text.contains", "arg.text.contains")


async def echoed(live: Live, session: dict[str, str], text: str) -> dict:
    answer = await live.post(message("tools/call", 9, name="echo", arguments={"text": text}), session)
    return answer.json["result"]


@pytest.mark.promise("DEC-4", "DEC-5")
async def test_a_policy_is_tried_applied_refused_when_broken_and_taken_back(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(CLOSED)
    async with (
        counting_upstream() as upstream,
        live_gateway(tmp_path, {"crm": f"{upstream.url} deny"}, "policies: [rules.yaml]\n") as live,
    ):
        session = await live.initialize()
        assert (await echoed(live, session, "a secret")).get("isError") is not True
        assert (await echoed(live, session, "hello")).get("isError") is not True

        # Tried on what was recorded: one of the two calls would have ended otherwise.
        rules.write_text(DENYING)
        code, said = await firedoor(live, "policy", "replay", "--json")
        (changed,) = [json.loads(line) for line in said.splitlines()]
        assert code == 1
        assert (changed["before"], changed["after"]) == ("allow", "deny")
        assert changed["rules"] == ["echo", "no-secrets"]
        assert (await firedoor(live, "policy", "diff"))[0] == 1

        # Applied: it decides the next call of the running gateway.
        code, said = await firedoor(live, "policy", "apply", "--note", "no secrets")
        assert code == 0, said
        before = len(upstream.calls)
        denied = await echoed(live, session, "a secret")
        assert denied["isError"] is True
        assert "Secrets are not echoed." in denied["content"][0]["text"]
        assert len(upstream.calls) == before

        # Broken: refused with file and line, and the good one stays in force.
        rules.write_text(BROKEN)
        code, said = await firedoor(live, "policy", "apply")
        assert code == 2
        assert f"{rules}:5: 'arg' is no fact." in said
        assert (await echoed(live, session, "a secret"))["isError"] is True

        # Taken back: the next call passes again, and nothing of what was is lost.
        code, said = await firedoor(live, "policy", "rollback")
        assert (code, "which is version 1 again" in said) == (0, True)
        assert (await echoed(live, session, "a secret")).get("isError") is not True
        _, said = await firedoor(live, "policy", "show", "--all", "--json")
        assert [json.loads(line)["number"] for line in said.splitlines()] == [3, 2, 1]
        await live.end()
        controls = [e.envelope for e in of_kind(live.records(), EntryKind.CONTROL)]
        in_force = [e["number"] for e in controls if e.get("what") == "policy_in_force"]
        assert in_force == [1, 2, 3]
        assert [e["policy"] for e in controls if e.get("what") == "policy_applied_by_operator"]


@pytest.mark.promise("DEC-4")
async def test_what_was_taken_back_stays_so_after_a_restart_until_the_files_change(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(CLOSED)
    settings = "policies: [rules.yaml]\n"
    async with counting_upstream() as upstream:
        async with live_gateway(tmp_path, {"crm": f"{upstream.url} deny"}, settings) as live:
            await firedoor(live, "policy", "show")
            rules.write_text(DENYING)
            assert (await firedoor(live, "policy", "apply"))[0] == 0
            assert (await firedoor(live, "policy", "rollback"))[0] == 0
        async with live_gateway(tmp_path, {"crm": f"{upstream.url} deny"}, settings) as live:
            session = await live.initialize()
            assert (await echoed(live, session, "a secret")).get("isError") is not True
        rules.write_text("# again\n" + DENYING)
        async with live_gateway(tmp_path, {"crm": f"{upstream.url} deny"}, settings) as live:
            session = await live.initialize()
            assert (await echoed(live, session, "a secret"))["isError"] is True
