"""A message that is many frames: through a running gateway, and in whatever shows or checks the record."""

import hashlib
import json
from pathlib import Path

import pytest

from firedoor.app.verifying import checkpoints, pinned_keys, verify
from firedoor.core.record.content import PIECE
from firedoor.core.record.verify import Ending
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.reader import BOTH_LAYERS, read_frames, read_session
from firedoor.model.entry import EntryKind
from firedoor.operations.replay_session import replay_session
from firedoor.operations.verify_record import Asked
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import live_gateway, message

pytestmark = pytest.mark.anyio

WORDS = " ".join(hashlib.sha256(n.to_bytes(4)).hexdigest() for n in range(14_000))
"""Not quite 1 MB, as much as a request may have. It compresses to more than a piece of it."""
MASKED = "mask: {default: on}\n"
TEXT = f"{WORDS} ann@example.com"


@pytest.mark.promise("REC-3")
async def test_a_long_call_is_recorded_whole_masked_replayed_and_verified(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}, MASKED) as live:
        session = await live.initialize()
        asked = message("tools/call", 1, name="echo", arguments={"text": TEXT})
        answer = await live.post(asked, session)
        assert answer.status == 200
        shown = answer.json["result"]["content"][0]["text"]
        assert shown.startswith(WORDS[:1000])
        assert "ann@example.com" not in shown
        records = live.records()
    (intent,) = [e for e in records if e.kind is EntryKind.INTENT and e.payload == asked]
    (outcome,) = [e for e in records if e.kind is EntryKind.OUTCOME and e.envelope["call"] == intent.sequence]
    assert outcome.payload == answer.body
    pieces = [f for f in read_frames(live.data_dir) if f.place.header.goes_on]
    assert len(pieces) >= 3
    assert all(len(frame.content) < PIECE + 200 for frame in pieces)

    ring = KeyRing.open(live.data_dir, may_make=False)
    both = {e.sequence: e for e in read_session(live.data_dir, intent.session, keys=ring, layers=BOTH_LAYERS)}
    raw = json.loads(both[outcome.sequence].raw or b"")
    assert raw["result"]["content"][0]["text"] == TEXT
    shown_again = list(replay_session(read_session(live.data_dir, intent.session, keys=ring)))
    assert shown_again
    keys = pinned_keys([key for key, _ in checkpoints(live.data_dir)])
    found = verify(live.data_dir, Asked(keys=keys), ring=ring)
    assert (found.ending, found.faults) == (Ending.VERIFIED, ())
