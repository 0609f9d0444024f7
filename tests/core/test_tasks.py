"""Tasks on the path: what is asked of the engine, and names that change and nothing else."""

import json
from dataclasses import replace

import pytest

from firedoor.core.commands import Answer, Append
from firedoor.core.tasks import (
    Asked,
    FindTask,
    Found,
    Made,
    MakeTask,
    as_asked,
    as_task,
    asked_about,
    head_of,
    tell_of,
)
from firedoor.model.entry import EntryKind
from firedoor.model.era import Era
from firedoor.model.task import Task, TaskId
from tests.helpers.approvals import approval
from tests.helpers.decided import decided_call
from tests.helpers.nouns import AT_US, head, message, session

CALL = replace(decided_call(), message=message(params={"task": {}}))

ALIAS = Task(
    id=TaskId("firedoor_1"), said="", created_at_us=AT_US, updated_at_us=AT_US, ttl_us=1, upstream_task="u 1"
)


def get(name: str = "firedoor_1"):
    body = b'{"jsonrpc":"2.0","id":7,"method":"tasks/get","params":{"n":1.0, "taskId":"firedoor_1"}}'
    return message("tasks/get", name, body=body, params={"n": 1.0, "taskId": name})


def play(path, *answers: object) -> tuple[list[object], object]:
    asked: list[object] = []
    for answer in (None, *answers):
        try:
            asked += [path.send(answer)]
        except StopIteration as stop:
            return asked, stop.value
    raise AssertionError("it asks for more")


def test_only_messages_about_tasks_are_looked_up() -> None:
    about = message()
    assert play(asked_about(session(), about)) == ([], Asked(message=about))
    listed = message("tasks/list", "")
    assert play(asked_about(session(), listed)) == ([], Asked(message=listed))


def test_a_task_of_an_upstream_is_none_of_the_gateways() -> None:
    asked, found = play(asked_about(session(), get()), Found())
    assert [type(each) for each in asked] == [FindTask]
    assert (found.is_ours, found.message) == (False, get())


def test_a_task_that_its_upstream_made_of_a_held_call_has_the_upstreams_name_upstream() -> None:
    _, found = play(asked_about(session(), get()), Found(ALIAS, is_ours=True))
    assert (found.is_ours, found.alias, found.message.name) == (False, "firedoor_1", "u 1")
    assert found.message.params["taskId"] == "u 1"
    assert found.message.body == (
        b'{"jsonrpc":"2.0","id":7,"method":"tasks/get","params":{"n":1.0,"taskId":"u 1"}}'
    )
    assert head_of(found, head(name="firedoor_1")) == head(name="u 1")
    assert head_of(found, head(name=None)) == head(name=None)
    assert head_of(Asked(message=get()), head(name="x")) == head(name="x")


@pytest.mark.parametrize(
    "payload",
    [
        b'{"result":{"taskId":"other"}}',
        b'{"result":{"content":[{"taskId":"u"}]}}',
        b'{"error":{"code":1}}',
        b'{"result":[]}',
        b"nonsense",
    ],
)
def test_of_an_answer_nothing_but_the_name_of_the_task_is_changed(payload: bytes) -> None:
    assert as_asked(payload, "u", "firedoor_1") in (payload, payload.replace(b": ", b":"))
    assert as_asked(payload, "u", "") is payload


def test_an_answer_about_a_task_has_the_name_that_its_client_knows() -> None:
    related = {"io.modelcontextprotocol/related-task": {"taskId": "u"}}
    payload = json.dumps({"id": 1, "result": {"taskId": "u", "n": 1.50, "_meta": related}}).encode()
    told = as_asked(payload, "u", "firedoor_1")
    assert json.loads(told)["result"]["taskId"] == "firedoor_1"
    assert json.loads(told)["result"]["_meta"]["io.modelcontextprotocol/related-task"] == {
        "taskId": "firedoor_1"
    }
    assert b"1.5" in told


def test_the_same_call_again_has_its_outcome_and_the_task_that_there_is() -> None:
    asked, going_on = play(as_task(CALL, approval()), Made(ALIAS, is_new=False), 2, True)
    assert [type(each) for each in asked] == [MakeTask, Append, Answer]
    outcome = asked[1].entry
    assert (outcome.kind, outcome.envelope["result"]) == (EntryKind.OUTCOME, "pending")
    assert outcome.payload == asked[2].reply.body
    assert going_on is None


@pytest.mark.parametrize(
    ("changes", "status"), [({}, 200), ({"era": Era.MODERN, "revision": "2026-07-28"}, 400)]
)
def test_a_task_that_is_none_is_a_bad_request_where_statuses_say_so(changes: dict, status: int) -> None:
    call = replace(CALL, message=message("tasks/get", "firedoor_9", **changes))
    asked, _ = play(tell_of(call, Found(is_ours=True)), 2, True)
    assert [type(each) for each in asked] == [Append, Answer]
    assert asked[1].reply.status == status
    assert asked[0].entry.envelope["status"] == status


def test_a_message_takes_a_task_if_its_client_says_so_in_the_way_of_its_revision() -> None:
    declared = {"_meta": {"io.modelcontextprotocol/clientCapabilities": {
        "extensions": {"io.modelcontextprotocol/tasks": {}}}}}  # fmt: skip
    modern = {"era": Era.MODERN, "revision": "2026-07-28"}
    assert message(params={"task": {}}).takes_task
    assert message(params=declared, **modern).takes_task
    for no in (
        message(),
        message(params={"task": None}),
        message(params={"task": {}}, revision="2025-06-18"),
        message(params={"task": {}}, **modern),
        message(params=declared),
        message("resources/read", params=declared, **modern),
        message(
            params={"_meta": {"io.modelcontextprotocol/clientCapabilities": {"extensions": []}}}, **modern
        ),
        message(params={"_meta": []}, **modern),
    ):
        assert not no.takes_task
