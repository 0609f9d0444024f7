"""The last words of an exchange: on whatever is open, and once."""

import json

import pytest

from firedoor.engine.failing import record_failure, tell_failure
from firedoor.engine.running import Running
from firedoor.model.entry import EntryKind
from tests.helpers.fakes import FakeClient, FakeRecorder, idle
from tests.helpers.nouns import message

pytestmark = pytest.mark.anyio


def running(**changes) -> Running:
    return idle(FakeClient([], b""), message=message(), **changes)


async def test_a_request_without_an_answer_gets_one() -> None:
    at = running()
    await tell_failure(at, 503, 4503, "No record.")
    [reply] = at.client.replies
    assert (reply.status, json.loads(reply.body)["error"]) == (503, {"code": 4503, "message": "No record."})


async def test_an_open_stream_ends_with_the_answer() -> None:
    at = running(has_begun=True, is_streaming=True)
    await tell_failure(at, 500, -32603, "No.")
    assert json.loads(at.client.events[0].payload)["id"] == 7
    assert at.client.has_ended


async def test_what_never_became_a_call_is_recorded_as_refused_and_only_if_nothing_is_recorded() -> None:
    recorder = FakeRecorder([])
    await record_failure(recorder, running(is_recorded=True))
    assert recorder.entries == []
    await record_failure(recorder, running())
    assert [entry.kind for entry in recorder.entries] == [EntryKind.REFUSED]
