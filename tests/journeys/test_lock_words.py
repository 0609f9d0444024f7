"""What people write when they lock and lift: words that cannot be kept ruin nothing, gateway or not."""

from pathlib import Path

import pytest

from tests.helpers.command import cli, locked
from tests.helpers.live_gateway import Live, live_gateway

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
