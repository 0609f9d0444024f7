"""The last words of an exchange: on whatever is open, and once."""

import json

import pytest

from firedoor.engine.failing import record_failure, refuse, tell_failure
from firedoor.engine.running import Running
from firedoor.model.entry import EntryKind
from firedoor.model.errors import IntegrityError
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


@pytest.mark.parametrize(
    ("intent", "told"), [(None, "Not executed."), (3, "may or may not have been executed")]
)
async def test_where_locks_cannot_be_read_the_request_is_told_so_by_its_id(
    intent: int | None, told: str
) -> None:
    recorder, at = FakeRecorder([]), running(intent=intent)
    await refuse(recorder, at, IntegrityError("locks_damaged", "They are gone."))
    [reply] = at.client.replies
    answer = json.loads(reply.body)
    assert (reply.status, answer["id"], answer["error"]["code"]) == (503, 7, 4401)
    assert told in answer["error"]["message"]
    assert [entry.envelope["reason"] for entry in recorder.entries] == ["locks_unreadable"]


async def test_other_evidence_that_does_not_verify_is_no_trouble_of_the_locks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    recorder, at = FakeRecorder([]), running()
    await refuse(recorder, at, IntegrityError("journal_corrupt", "It is damaged."))
    assert (at.client.replies[0].status, b"damaged" in at.client.replies[0].body) == (500, False)
    assert [entry.envelope["reason"] for entry in recorder.entries] == ["internal_error"]
    assert "exchange failed" in caplog.text
