"""What clients are told of tasks: the shapes of both eras, and nothing that an upstream can upset."""

import json
from dataclasses import replace

import pytest
from mcp_types import _v2025_11_25 as schema

from firedoor.core.reply.task import (
    EXECUTED,
    LOST,
    called_off,
    ended,
    failed,
    given,
    made,
    stood,
    undeclared,
    waits,
)
from firedoor.model.era import Era
from firedoor.model.task import Task, TaskId, TaskStatus
from tests.helpers.approvals import approval
from tests.helpers.nouns import AT_US, message

TASK = Task(
    id=TaskId("firedoor_1"), said="Waiting.", created_at_us=AT_US, updated_at_us=AT_US, ttl_us=60_000_000
)
LEGACY = message(params={"task": {}})
MODERN = message(era=Era.MODERN, revision="2026-07-28")


def test_a_task_that_waits_says_who_decides_and_that_nothing_was_executed() -> None:
    assert waits(approval()) == (
        "Waiting for approval (rule writes): Another person decides. Not executed yet. "
        "Ticket apr_0000000000000001."
    )
    assert "another person decides about this call" in waits(approval(rules=(), reasons=()))


def test_the_shapes_of_2025_11_25_are_those_of_its_schema() -> None:
    for body, shape in (
        (made(LEGACY, TASK), schema.CreateTaskResult),
        (stood(LEGACY, TASK), schema.GetTaskResult),
    ):
        told = json.loads(body)["result"]
        shape.model_validate(told)
    assert told == {
        "taskId": "firedoor_1",
        "status": "working",
        "statusMessage": "Waiting.",
        "createdAt": "2026-09-21T14:13:20.000Z",
        "lastUpdatedAt": "2026-09-21T14:13:20.000Z",
        "ttl": 60_000,
        "pollInterval": 3_000,
    }


def test_the_shapes_of_the_extension_are_flat_and_say_what_they_are() -> None:
    told = json.loads(made(MODERN, TASK))["result"]
    assert (told["resultType"], told["taskId"], told["ttlMs"], told["pollIntervalMs"]) == (
        "task", "firedoor_1", 60_000, 3_000,
    )  # fmt: skip
    assert {"ttl", "pollInterval", "task"}.isdisjoint(told)
    assert json.loads(stood(MODERN, TASK))["result"]["resultType"] == "complete"


@pytest.mark.parametrize(
    ("about", "body", "status", "said"),
    [
        (LEGACY, '{"result":{"content":[]}}', "completed", EXECUTED),
        (LEGACY, '{"result":{"isError":true,"content":[{"type":"text","text":"No."}]}}', "failed", "No."),
        (MODERN, '{"result":{"isError":true,"content":[{"type":"text","text":"No."}]}}', "completed", "No."),
        (MODERN, '{"result":{"isError":true,"content":[]}}', "completed", ""),
        (MODERN, '{"result":{"isError":true,"content":{"text":1}}}', "completed", ""),
        (MODERN, '{"result":{"isError":true,"content":[{"text":7}]}}', "completed", ""),
        (LEGACY, '{"error":{"code":-1,"message":"Broken."}}', "failed", "Broken."),
        (MODERN, '{"error":{"code":-1}}', "failed", ""),
        (MODERN, '{"result":{"resultType":"input_required"}}', "failed", None),
        (MODERN, '{"result":[]}', "completed", EXECUTED),
        (MODERN, '{"result":{"taskId":"t","task":{"taskId":"t"}}}', "completed", EXECUTED),
        (message(), '{"result":{"task":{"taskId":"t"}}}', "completed", EXECUTED),
        (MODERN, "{}", "failed", LOST),
        (MODERN, "not json", "failed", LOST),
        (MODERN, "", "failed", LOST),
    ],
)
def test_whatever_a_call_was_answered_is_one_end_of_its_task(about, body, status, said) -> None:
    task = ended(TASK, about, body.encode(), AT_US + 1)
    assert (task.status.value, task.updated_at_us) == (status, AT_US + 1)
    assert task.said == said or said is None
    assert json.loads(stood(about, task))["result"]["status"] == status


@pytest.mark.parametrize(
    ("about", "body"),
    [
        (LEGACY, b'{"result":{"task":{"taskId":"u"}}}'),
        (MODERN, b'{"result":{"resultType":"task","taskId":"u"}}'),
    ],
    ids=["legacy", "modern"],
)
def test_a_task_that_the_upstream_makes_goes_on_as_that(about, body) -> None:
    task = ended(TASK, about, body, AT_US + 1)
    assert (task.upstream_task, task.is_over) == ("u", False)


def test_a_status_message_has_a_limit() -> None:
    body = json.dumps({"error": {"code": 1, "message": "x" * 10_000}}).encode()
    assert len(ended(TASK, MODERN, body, AT_US).said) == 500


def test_an_answer_keeps_its_bytes_and_says_which_task_it_is_of() -> None:
    body = b'{"jsonrpc":"2.0","id":1,"result":{"n":1.0e3,"_meta":{"a":1}}}'
    task = replace(TASK, status=TaskStatus.COMPLETED, answer=body)
    told = given(LEGACY, task)
    assert b'"n":1.0e3' in told
    assert json.loads(told) == {
        "jsonrpc": "2.0",
        "id": 7,
        "result": {
            "n": 1000.0,
            "_meta": {"a": 1, "io.modelcontextprotocol/related-task": {"taskId": TASK.id}},
        },
    }
    assert b'"n":1.0e3' in stood(MODERN, task)


def test_a_task_that_was_called_off_or_lost_has_an_answer_too() -> None:
    for task in (called_off(TASK, AT_US), failed(TASK, LOST, AT_US)):
        assert json.loads(given(LEGACY, task))["error"]["message"] == task.said
        assert task.is_over


def test_who_does_not_say_that_it_knows_tasks_is_told_which_capability_it_lacks() -> None:
    assert json.loads(undeclared(MODERN))["error"]["data"] == {
        "requiredCapabilities": {"extensions": {"io.modelcontextprotocol/tasks": {}}}
    }
