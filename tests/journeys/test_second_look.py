"""What a gateway delivered in clear is seen afterwards in its recording, by place; what it masked is not."""

import json
from pathlib import Path

import pytest

from firedoor.app.recording import Looking
from firedoor.app.second_look import left_in_session, second_look
from firedoor.edges.second_look.process import installed
from firedoor.model.entry import EntryKind
from firedoor.operations.look_again import Left, SecondLook
from tests.helpers import prose_upstream
from tests.helpers.finders import Finds
from tests.helpers.live_gateway import live_gateway, message, of_kind

pytestmark = pytest.mark.anyio


async def recorded(folder: Path) -> str:
    """Have a gateway deliver the notes; the id of the session."""
    child = {"crm": f"python {prose_upstream.__file__}"}
    async with live_gateway(folder, child, "mask: {default: on}\n") as live:
        session = await live.initialize()
        call = message("tools/call", 5, name="notes", arguments={}, _meta={"progressToken": 1})
        answer = await live.post(call, session)
        told = (b"".join(answer.events) or answer.body).decode()
        assert "Ask Jamal before" in told
        assert "ada@example.com" not in told
    intents = of_kind(live.records(), EntryKind.INTENT)
    return next(one.session for one in intents if json.loads(one.payload)["method"] == "tools/call")


def left(folder: Path, whose: str, look: SecondLook) -> list[Left]:
    found = list(left_in_session(folder / "firedoor.yaml", whose, Looking(), look))
    assert all(isinstance(one, Left) for one in found)
    return [one for one in found if isinstance(one, Left)]


async def test_a_second_look_finds_what_was_delivered_in_clear(tmp_path: Path) -> None:
    whose = await recorded(tmp_path)
    found = left(tmp_path, whose, SecondLook([Finds(r"Jamal|ada@example\.com|EMAIL_\w+", "name")]))
    assert {one.shown for one in found} == {"••••"}
    paths = [one.path for one in found]
    assert paths[0] == "$.params.message"
    assert any(path.startswith("$.result.content[0].text > $") for path in paths)
    assert "$.result.structuredContent.result[0].text" in paths
    assert len({one.call for one in found}) == 1
    if "ner" in installed():
        with second_look(("ner",)) as look:
            seen = left(tmp_path, whose, look)
        assert {one.path for one in seen} <= set(paths)
        assert "$.result.structuredContent.result[0].text" in {one.path for one in seen}
