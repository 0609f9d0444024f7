"""Which handles a request uses and a response gives, and whose tasks a list shows."""

import json

import pytest

from firedoor.core.forward.handles import (
    Handle,
    HandleKind,
    given_by,
    task_told_of,
    tasks_listed,
    used_by,
    without_tasks,
)
from firedoor.model.message import MessageKind
from tests.helpers.nouns import message, result

CURSOR, STATE, TASK = HandleKind.CURSOR, HandleKind.STATE, HandleKind.TASK


@pytest.mark.parametrize(
    ("method", "name", "params", "handles"),
    [
        ("tools/list", "", {"cursor": "p2"}, [(CURSOR, "p2")]),
        ("tools/call", "add", {"name": "add", "requestState": "s"}, [(STATE, "s")]),
        ("tasks/get", "t1", {"taskId": "t1"}, [(TASK, "t1")]),
        ("tasks/cancel", "t1", {"taskId": "t1"}, [(TASK, "t1")]),
        ("tasks/list", "", {"cursor": "c"}, [(CURSOR, "c")]),
        ("subscriptions/listen", "", {"notifications": {"taskIds": ["a", 1]}}, [(TASK, "a")]),
        (
            "tools/call",
            "add",
            {"_meta": {"io.modelcontextprotocol/related-task": {"taskId": "t9"}}},
            [(TASK, "t9")],
        ),
        ("tools/call", "add", {"name": "add", "arguments": {"cursor": "x", "taskId": "y"}}, []),
        ("tools/list", "", {"cursor": 7, "_meta": [], "notifications": 1, "requestState": None}, []),
        ("ping", "", {}, []),
    ],
)  # fmt: skip
def test_what_a_client_comes_back_with(method, name, params, handles) -> None:
    asked = message(method, name, params=params)
    assert used_by(asked) == tuple(Handle(kind, value) for kind, value in handles)


def test_only_requests_use_handles() -> None:
    note = message("notifications/tasks/status", "", kind=MessageKind.NOTIFICATION, params={"cursor": "x"})
    assert used_by(note) == ()


@pytest.mark.parametrize(
    ("method", "members", "handles"),
    [
        ("tools/list", {"tools": [], "nextCursor": "p2"}, [(CURSOR, "p2")]),
        ("tools/call", {"resultType": "input_required", "requestState": "s"}, [(STATE, "s")]),
        ("tools/call", {"task": {"taskId": "t1", "status": "working"}}, [(TASK, "t1")]),
        ("tools/call", {"resultType": "task", "taskId": "t2"}, [(TASK, "t2")]),
        ("", {"task": {"taskId": "t1"}}, [(TASK, "t1")]),
        ("tasks/get", {"taskId": "t1", "requestState": "s"}, [(STATE, "s")]),
        ("tasks/list", {"tasks": [{"taskId": "t1"}], "nextCursor": "c"}, [(CURSOR, "c")]),
        ("tools/call", {"content": [{"text": "nextCursor"}]}, []),
        ("tools/call", {"nextCursor": 1, "requestState": None, "task": [], "taskId": {}}, []),
        ("tools/call", {"task": "taskId"}, []),
    ],
)
def test_what_a_response_gives(method, members, handles) -> None:
    assert given_by(result(**members), method) == tuple(Handle(kind, value) for kind, value in handles)


@pytest.mark.parametrize(
    "odd", [b"", b"nextCursor", b'{"result":["nextCursor"]}', b'["taskId"]', b'"\xfftaskId']
)
def test_what_is_no_response_gives_nothing(odd: bytes) -> None:
    assert given_by(odd, "tools/list") == ()
    assert tasks_listed(odd) == ()


def test_the_tasks_of_others_are_taken_out_of_a_list_and_nothing_else_changes() -> None:
    listed = (
        b'{"jsonrpc":"2.0","id":7,"result":{"tasks":[{"taskId":"mine","ttl":1.50},{"taskId":"theirs"},'
        b'{"odd":1e2}],"nextCursor":"c"}}'
    )
    assert [handle.value for handle in tasks_listed(listed)] == ["mine", "theirs"]
    kept = without_tasks(listed, {Handle(TASK, "theirs")})
    assert kept == listed.replace(b'{"taskId":"theirs"},', b"")
    assert json.loads(kept)["result"]["nextCursor"] == "c"


def test_a_notification_about_a_task_names_it() -> None:
    told = (
        b'{"jsonrpc":"2.0","method":"notifications/tasks/status","params":{"taskId":"t1","status":"working"}}'
    )
    assert task_told_of(told) == Handle(TASK, "t1")
    for other in (
        b'{"jsonrpc":"2.0","method":"notifications/progress","params":{"taskId":"t1"}}',
        b'{"jsonrpc":"2.0","method":"notifications/tasks","params":{"taskId":1}}',
        b'{"jsonrpc":"2.0","method":"notifications/tasks","taskId":1}',
        b'{"jsonrpc":"2.0","method":"notifications/tasks","params":["taskId"]}',
    ):
        assert task_told_of(other) is None
