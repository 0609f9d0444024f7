"""What people write when they lock and lift: words that cannot be kept ruin nothing, gateway or not."""

import json
from pathlib import Path

import pytest

from tests.helpers.command import cli, locked
from tests.helpers.live_gateway import Live, live_gateway, new_token
from tests.helpers.raw_http import ask, post

pytestmark = pytest.mark.anyio


async def say_what_is_no_text(live: Live, lock: str) -> None:
    dana = ("lock", "create", "--principal", "dana")
    for what, words in (
        ("reason", (*dana, "--reason", "\udcff bad")),
        ("case", (*dana, "--reason", "Stolen.", "--case", "\udce9")),
        ("reason", ("lock", "lift", lock, "--reason", "\udcff")),
    ):
        code, told = await cli(live, *words)
        assert (code, f"The {what} is not text" in told["err"]) == (2, True), told
    code, told = await cli(live, "lock", "list", "--json")
    assert (code, told["id"]) == (0, lock)


async def test_words_that_are_no_text_change_nothing(tmp_path: Path) -> None:
    async with live_gateway(tmp_path, {"crm": "http://127.0.0.1:9/"}) as live:
        lock = (await locked(live, "--principal", "sam"))["lock"]["id"]
        await say_what_is_no_text(live, lock)
    await say_what_is_no_text(live, lock)


async def test_over_the_api_a_mistake_is_told_by_its_name_and_locks_nobody(tmp_path: Path) -> None:
    async with live_gateway(tmp_path, {"crm": "http://127.0.0.1:9/"}) as live:
        token = new_token(live.data_dir, "sam", roles=frozenset({"responder"}))
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        for changes, code, said in (
            ({"grant": "g_0123456789abcdef"}, "body_unusable", '"grant"'),
            ({"upstream": "crm"}, "body_unusable", '"upstream"'),
            ({"id": "l_0123456789abcdef"}, "body_unusable", '"id"'),
            ({"ttl_us": True}, "body_unusable", '"ttl_us"'),
            ({"ttl_us": 10**17}, "lock_ttl", "ten years"),
            ({"ttl_us": 10**30}, "lock_ttl", "ten years"),
            ({"case": ""}, "lock_case", "200"),
            ({"targets": [["all", "x"]]}, "lock_target", "without a value"),
        ):
            wanted = {"targets": [["principal", "dana"]], "reason": "Stolen.", **changes}
            answer = await ask(
                live.port, post("/api/v1/locks", live.port, headers, json.dumps(wanted).encode())
            )
            assert (answer.status, answer.json["error"]["code"]) == (400, code), (changes, answer)
            assert said in answer.json["error"]["message"]
        code, told = await cli(live, "lock", "list")
        assert (code, told["out"]) == (0, "No locks.\n")
