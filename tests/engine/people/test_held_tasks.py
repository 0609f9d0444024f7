"""A held call as a task: its client goes on, people decide, it is executed once, its answer is fetched."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from mcp_types import _v2025_11_25 as schema

from firedoor.core.authenticate.token import digest_of
from firedoor.core.reply.answer import MARK
from firedoor.engine.people.held_tasks import KEPT_US, OF_ONE, HeldTasks, TaskClient, fresh_task
from firedoor.model.approval import ApprovalState
from firedoor.model.entry import EntryKind
from firedoor.model.forwarding import Shape
from firedoor.model.lock import Lift, Lock, LockId, LockMode, Target
from firedoor.model.policy import Policy, Rule
from firedoor.model.reply import StreamEvent
from firedoor.model.task import PREFIX
from firedoor.model.verdict import Effect, Risk
from tests.helpers.approvals import approver
from tests.helpers.bench import Bench, settled
from tests.helpers.fakes import FakeClient
from tests.helpers.nouns import META, TOKEN, arrival, grant, in_session, modern_arrival, request, result

pytestmark = pytest.mark.anyio

HOLD = Policy(
    version="sha256:" + "b" * 64,
    rules=(
        Rule(id="refunds", effect=Effect.HOLD, tools=("add",), risk=Risk.HIGH, reason="Money leaves."),
        Rule(id="never", effect=Effect.DENY, tools=("drop",), reason="Closed.", when="args.all"),
        Rule(id="some", effect=Effect.ALLOW, tools=("drop",)),
    ),
)
KNOWS = {
    **META,
    "io.modelcontextprotocol/clientCapabilities": {"extensions": {"io.modelcontextprotocol/tasks": {}}},
}
ERAS = pytest.mark.parametrize("is_modern", [False, True], ids=["legacy", "modern"])


@dataclass
class Talk:
    """A client of one era."""

    bench: Bench
    is_modern: bool
    token: str = TOKEN
    number: int = 100
    tasks: list[Any] = field(default_factory=list)

    @classmethod
    async def begun(cls, is_modern: bool) -> "Talk":
        bench = Bench(policy=HOLD)
        await (bench.known_modern() if is_modern else bench.opened())
        return cls(bench, is_modern)

    def client(self, method: str, knows: bool = True, **params: Any) -> tuple[FakeClient, Any]:
        self.number += 1
        name = params.get("name") or params.get("taskId")
        if not self.is_modern:
            task = {"task": {"ttl": 60_000}} if method == "tools/call" and knows else {}
            body = request(method, {**params, **task}, self.number)
            return self.bench.client(body), arrival(*in_session(), *self._authorization())
        body = request(method, {**params, "_meta": KNOWS if knows else META}, self.number)
        at = modern_arrival(method, name)
        known = [pair for pair in at.headers if pair[0] != b"authorization"]
        return self.bench.client(body), replace(at, headers=(*known, *self._authorization()))

    def _authorization(self) -> tuple[tuple[bytes, bytes], ...]:
        return ((b"authorization", b"Bearer " + self.token.encode()),)

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        client, at = self.client(method, **params)
        self.tasks.append(self.bench.start(client, at))
        await settled()
        return json.loads(client.replies[0].body)

    async def call(self, **arguments: Any) -> dict[str, Any]:
        """Call the tool that is held; the task."""
        told = (await self.ask("tools/call", name="add", arguments=arguments or {"a": 1}))["result"]
        if self.is_modern:
            assert told["resultType"] == "task"
            return told
        schema.CreateTaskResult.model_validate(told)
        return told["task"]

    async def get(self, task: str) -> dict[str, Any]:
        told = (await self.ask("tasks/get", taskId=task))["result"]
        if self.is_modern:
            assert told["resultType"] == "complete"
        else:
            schema.GetTaskResult.model_validate(told)
        return told

    async def outcome(self, task: str) -> dict[str, Any]:
        """What the call was answered: as a response without its id."""
        if self.is_modern:
            told = await self.get(task)
            return {name: told[name] for name in ("result", "error") if name in told}
        told = await self.ask("tasks/result", taskId=task)
        return {name: told[name] for name in ("result", "error") if name in told}

    async def decide(self, *, yes: bool = True) -> None:
        [waiting] = self.bench.approvals.listed((ApprovalState.REQUESTED,), 9)
        await self.bench.approving.review(waiting.id, approver(), is_approval=yes, reason="Case 7.")
        await settled()

    def will_answer(self, **members: Any) -> None:
        # The call's own id: the first message of this client, or the second where it asked before.
        self.bench.upstreams.will_answer(result(self.number + 1, **members))

    @property
    def sends(self) -> int:
        return sum(each.message.method == "tools/call" for each in self.bench.upstreams.sent)

    def outcomes(self) -> list[tuple[str, str]]:
        """The method and the end of each message that has one, in order of the ends."""
        intents = {
            (e.session, n): str(e.envelope["method"])
            for n, e in self._numbered()
            if e.kind is EntryKind.INTENT
        }
        return [
            (intents[e.session, int(str(e.envelope["call"]))], str(e.envelope["result"]))
            for _, e in self._numbered()
            if e.kind is EntryKind.OUTCOME
            and intents[e.session, int(str(e.envelope["call"]))] != "initialize"
        ]

    def _numbered(self) -> list[tuple[int, Any]]:
        numbers: dict[str, int] = {}
        found = []
        for entry in (*self.bench.recorder.entries, *self.bench.recorder.queued):
            numbers[entry.session] = numbers.get(entry.session, -1) + 1
            found.append((numbers[entry.session], entry))
        return found


@pytest.mark.promise("APR-3", "APR-1")
@ERAS
async def test_a_client_that_knows_tasks_gets_one_and_the_answer_once_somebody_has_approved(
    is_modern: bool,
) -> None:
    talk = await Talk.begun(is_modern)
    talk.will_answer(content=[{"type": "text", "text": "42"}])
    task = await talk.call()
    assert task["taskId"].startswith(PREFIX)
    assert (task["status"], talk.sends) == ("working", 0)
    assert task["statusMessage"].startswith("Waiting for approval (rule refunds): Money leaves. Not executed")
    assert task["ttlMs" if is_modern else "ttl"] == (10 * 60 + 10 * 60) * 1_000
    assert (await talk.get(task["taskId"]))["status"] == "working"
    await talk.decide()
    assert talk.sends == 1
    stood = await talk.get(task["taskId"])
    assert (stood["status"], stood["statusMessage"]) == ("completed", "Executed once.")
    told = (await talk.outcome(task["taskId"]))["result"]
    assert told["content"] == [{"type": "text", "text": "42"}]
    if not is_modern:
        assert told["_meta"]["io.modelcontextprotocol/related-task"] == {"taskId": task["taskId"]}
    assert await talk.outcome(task["taskId"]) == await talk.outcome(task["taskId"])
    assert (talk.sends, talk.outcomes().count(("tools/call", "result"))) == (1, 1)
    assert [each.state for each in talk.bench.approvals.kept.values()] == [ApprovalState.DONE]


@ERAS
async def test_what_the_client_got_of_its_task_is_in_the_record_before(is_modern: bool) -> None:
    talk = await Talk.begun(is_modern)
    await talk.call()
    made = [e for e in talk.bench.recorder.of_kind(EntryKind.EVENT) if e.envelope["what"] == "task"]
    told = next(i for i, (what, _) in enumerate(talk.bench.story) if what == "answered")
    durable = [i for i, each in enumerate(talk.bench.story) if each == ("durable", EntryKind.EVENT)]
    assert b"statusMessage" in made[0].payload
    assert durable[0] < told
    assert talk.outcomes() == []


@pytest.mark.promise("APR-2")
@ERAS
@pytest.mark.parametrize("end", ["refuse", "expire"])
async def test_a_refusal_and_an_expiry_are_the_end_of_the_task(is_modern: bool, end: str) -> None:
    talk = await Talk.begun(is_modern)
    task = (await talk.call())["taskId"]
    if end == "refuse":
        await talk.decide(yes=False)
    else:
        talk.bench.clock.pass_s(601)
        await talk.bench.approving.expire()
        await settled()
    stood = await talk.get(task)
    # Since 2026-07-28 a task fails only where there is no result: that of a tool says so itself.
    assert stood["status"] == ("completed" if is_modern else "failed")
    wanted = "Refused by an approver. Reason: Case 7." if end == "refuse" else "Nobody approved it in time."
    assert stood["statusMessage"].startswith(wanted)
    told = (await talk.outcome(task))["result"]
    assert told["isError"] is True
    assert told["content"][0]["text"].startswith(wanted)
    assert (talk.sends, talk.outcomes().count(("tools/call", "denied"))) == (0, 1)


@pytest.mark.promise("APR-1")
@ERAS
@pytest.mark.parametrize("change", ["policy", "revoked", "pin"])
async def test_what_changed_since_people_decided_wins_over_a_task_too(is_modern: bool, change: str) -> None:
    talk = await Talk.begun(is_modern)
    task = (await talk.call())["taskId"]
    if change == "policy":
        talk.bench.policies.policy = replace(HOLD, version="sha256:" + "c" * 64)
    elif change == "revoked":
        talk.bench.directory.grants[grant().token_digest] = grant(revoked_at_us=1)
    else:
        talk.bench.policies.policy = replace(HOLD, rules=HOLD.rules[1:])
    await talk.decide()
    assert (talk.sends, talk.outcomes()) == (0, [("tools/call", "denied")])
    talk.bench.directory.grants[grant().token_digest] = grant()
    assert "withdrawn" in (await talk.get(task))["statusMessage"]


@pytest.mark.promise("APR-2", "LOCK-2")
@ERAS
async def test_a_lock_ends_a_task_that_waits(is_modern: bool) -> None:
    talk = await Talk.begun(is_modern)
    task = (await talk.call())["taskId"]
    lock = Lock(
        id=LockId("l_1"), targets=((Target.PRINCIPAL, "dana"),), mode=LockMode.STOP,
        reason="Stolen.", by="kim", created_at_us=1,
    )  # fmt: skip
    talk.bench.locks.create(lock)
    ended = await talk.bench.enforcement.enforce()
    await settled()
    assert (ended.calls, talk.sends, talk.bench.engine.under_way()) == (1, 0, [])
    assert [each.state for each in talk.bench.approvals.kept.values()] == [ApprovalState.WITHDRAWN]
    assert talk.outcomes() == [("tools/call", "terminated")]
    assert "error" in await talk.ask("tasks/get", taskId=task)


@ERAS
async def test_a_task_that_is_cancelled_is_withdrawn_and_stays_cancelled(is_modern: bool) -> None:
    talk = await Talk.begun(is_modern)
    task = (await talk.call())["taskId"]
    before = len(talk.bench.upstreams.sent)
    told = (await talk.ask("tasks/cancel", taskId=task))["result"]
    if is_modern:
        assert told == {"resultType": "complete"}
    else:
        schema.CancelTaskResult.model_validate(told)
        assert told["status"] == "cancelled"
    await talk.bench.approving.settled()
    assert [each.state for each in talk.bench.approvals.kept.values()] == [ApprovalState.WITHDRAWN]
    assert (await talk.get(task))["status"] == "cancelled"
    again = await talk.ask("tasks/cancel", taskId=task)
    if is_modern:
        assert again["result"] == {"resultType": "complete"}
    else:
        assert (again["error"]["code"], again["error"]["message"]) == (
            -32602,
            "The task is cancelled already.",
        )
    assert len(talk.bench.upstreams.sent) == before
    assert talk.outcomes()[0] == ("tools/call", "cancelled")


@ERAS
async def test_a_task_that_is_cancelled_while_it_is_executed_says_that_it_may_have_been(
    is_modern: bool,
) -> None:
    talk = await Talk.begun(is_modern)
    late: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    talk.bench.upstreams.will_answer(late)
    task = (await talk.call())["taskId"]
    await talk.decide()
    assert (await talk.get(task))["statusMessage"] == "Another person has approved it. It is being executed."
    await talk.ask("tasks/cancel", taskId=task)
    assert (await talk.get(task))["status"] == "cancelled"
    heard = [each.message.method for each in talk.bench.upstreams.sent]
    assert ("notifications/cancelled" in heard) is not is_modern
    assert talk.bench.upstreams.given[-1 if is_modern else -2].is_abandoned
    assert ("tools/call", "terminated") in talk.outcomes()
    assert talk.sends == 1


@ERAS
async def test_a_task_is_of_the_grant_that_asked_and_an_unknown_one_never_goes_upstream(
    is_modern: bool,
) -> None:
    talk = await Talk.begun(is_modern)
    task = (await talk.call())["taskId"]
    other = grant("g_0000000000000002", token_digest=digest_of("fd_other"))
    talk.bench.directory.grants[other.token_digest] = other
    before = len(talk.bench.upstreams.sent)
    eve = Talk(talk.bench, is_modern)
    if is_modern:
        eve.token = "fd_other"
        for method in ("tasks/get", "tasks/cancel", "tasks/update"):
            told = await eve.ask(method, taskId=task)
            assert (told["error"]["code"], told["error"]["data"]) == (-32602, {"reason": "task_unknown"})
    for method in ("tasks/get", "tasks/cancel", "tasks/update" if is_modern else "tasks/result"):
        told = await talk.ask(method, taskId=fresh_task())
        assert "repeat it with identical arguments" in told["error"]["message"]
    assert len(talk.bench.upstreams.sent) == before
    assert (await talk.get(task))["status"] == "working"


async def test_a_task_of_another_upstream_or_grant_is_not_found() -> None:
    talk = await Talk.begun(False)
    task = (await talk.call())["taskId"]
    kept = talk.bench.holding.tasks
    [found] = kept._kept.values()
    assert found.owner == ("g_0000000000000001", "disk")
    found.owner = ("g_0000000000000002", "disk")
    assert (await talk.ask("tasks/get", taskId=task))["error"]["data"] == {"reason": "task_unknown"}


@ERAS
async def test_the_same_call_again_has_the_same_task(is_modern: bool) -> None:
    talk = await Talk.begun(is_modern)
    first = await talk.call()
    talk.number += 10
    assert (await talk.call())["taskId"] == first["taskId"]
    assert (await talk.call(a=2))["taskId"] != first["taskId"]
    assert len(talk.bench.approvals.kept) == 2


@ERAS
async def test_an_approval_that_is_there_already_is_used_by_the_task_at_once(is_modern: bool) -> None:
    talk = await Talk.begun(is_modern)
    first = (await talk.call())["taskId"]
    talk.bench.holding.release()
    await settled()
    assert "Waiting for approval" in (await talk.get(first))["statusMessage"]
    await talk.decide()
    talk.bench.holding._is_released = False
    assert talk.sends == 0
    number = talk.number + 1
    talk.bench.upstreams.will_answer(result(number, content=[]))
    second = (await talk.call())["taskId"]
    await settled()
    assert (first != second, talk.sends) == (True, 1)
    assert (await talk.get(second))["status"] == "completed"


async def test_a_shutdown_leaves_the_approval_and_says_so_in_the_task() -> None:
    talk = await Talk.begun(False)
    await talk.call()
    await talk.bench.engine.drain(5)
    assert [each.state for each in talk.bench.approvals.kept.values()] == [ApprovalState.REQUESTED]
    assert talk.outcomes() == [("tools/call", "pending")]


async def test_a_modern_client_that_does_not_declare_tasks_waits_and_may_not_ask_about_them() -> None:
    talk = await Talk.begun(True)
    client, at = talk.client("tools/call", knows=False, name="add", arguments={"a": 1})
    waiting = talk.bench.start(client, at)
    await settled()
    assert client.replies == []
    task = (await talk.call(a=2))["taskId"]
    asking, at = talk.client("tasks/get", knows=False, taskId=task)
    await talk.bench.engine.run(at, asking)
    told = json.loads(asking.replies[0].body)["error"]
    assert (asking.replies[0].status, told["code"]) == (400, -32021)
    assert told["data"] == {"requiredCapabilities": {"extensions": {"io.modelcontextprotocol/tasks": {}}}}
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_an_update_of_a_task_is_no_approval() -> None:
    talk = await Talk.begun(True)
    task = (await talk.call())["taskId"]
    for said in ({"approval": {"action": "accept", "content": {"approve": True}}}, {}):
        told = await talk.ask("tasks/update", taskId=task, inputResponses=said)
        assert told["result"] == {"resultType": "complete"}
    assert (talk.sends, (await talk.get(task))["status"]) == (0, "working")


async def test_a_client_that_asked_for_a_task_is_denied_with_an_error_it_reads() -> None:
    talk = await Talk.begun(False)
    told = await talk.ask("tools/call", name="drop", arguments={"all": True})
    assert told["error"]["code"] == 4403
    assert told["error"]["message"].startswith("Denied by policy (rule never): Closed.")
    assert told["error"]["data"][MARK]["decision"] == "deny"


async def test_the_result_of_a_task_that_waits_is_waited_for_as_long_as_the_client_has_patience() -> None:
    talk = await Talk.begun(False)
    talk.will_answer(content=[])
    task = (await talk.call())["taskId"]
    client, at = talk.client("tasks/result", taskId=task)
    waiting = talk.bench.start(client, at)
    await settled()
    assert client.replies == []
    await talk.decide()
    await waiting
    assert json.loads(client.replies[0].body)["result"]["content"] == []
    other = (await talk.call(a=2))["taskId"]
    talk.bench.holding.tasks.patience_s = lambda _: 0.0
    told = (await talk.ask("tasks/result", taskId=other))["error"]
    assert (told["code"], told["data"][MARK]["decision"]) == (4403, "hold")


@ERAS
async def test_a_task_whose_upstream_makes_one_of_its_own_is_asked_about_there(is_modern: bool) -> None:
    talk = await Talk.begun(is_modern)
    theirs = {"taskId": "up-é-1", "status": "working"}
    talk.will_answer(**({"resultType": "task", **theirs} if is_modern else {"task": theirs}))
    task = (await talk.call())["taskId"]
    await talk.decide()
    talk.bench.policies.policy = Policy(version=HOLD.version, rules=(Rule(id="all", effect=Effect.ALLOW),))
    said = {**theirs, "status": "completed"}
    if is_modern:
        said = {"resultType": "complete", **said, "result": {"content": []}}
    talk.will_answer(**said)
    told = (await talk.ask("tasks/get", taskId=task))["result"]
    assert (told["taskId"], told["status"]) == (task, "completed")
    asked = talk.bench.upstreams.sent[-1]
    assert json.loads(asked.body)["params"]["taskId"] == "up-é-1"
    assert dict(asked.headers).get("mcp-name") == ("=?base64?dXAtw6ktMQ==?=" if is_modern else None)
    if not is_modern:
        related = {"io.modelcontextprotocol/related-task": {"taskId": "up-é-1"}}
        talk.will_answer(content=[], _meta=related)
        told = (await talk.ask("tasks/result", taskId=task))["result"]
        assert told["_meta"]["io.modelcontextprotocol/related-task"] == {"taskId": task}
    assert talk.sends == 1


async def test_a_call_that_needs_input_after_all_fails_as_a_task() -> None:
    talk = await Talk.begun(True)
    talk.will_answer(resultType="input_required", requestState="s", inputRequests={})
    task = (await talk.call())["taskId"]
    await talk.decide()
    stood = await talk.get(task)
    assert (stood["status"], "asks its client for input" in stood["error"]["message"]) == ("failed", True)


@ERAS
async def test_what_an_upstream_asks_of_a_client_that_has_left_is_declined(is_modern: bool) -> None:
    talk = await Talk.begun(is_modern)
    ask = b'{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{}}'
    tell = b'{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}'
    answer = result(talk.number + 1, content=[])
    talk.bench.upstreams.will_answer(tell, ask, answer, shape=Shape.STREAM)
    task = (await talk.call())["taskId"]
    await talk.decide()
    assert (await talk.get(task))["status"] == "completed"
    declined = [e.envelope["what"] for e in talk.bench.recorder.of_kind(EntryKind.EVENT)]
    assert "declined" in declined


@ERAS
async def test_an_upstream_that_fails_fails_the_task(is_modern: bool) -> None:
    talk = await Talk.begun(is_modern)
    talk.bench.upstreams.will_answer()
    task = (await talk.call())["taskId"]
    await talk.decide()
    stood = await talk.get(task)
    assert stood["status"] == "failed"
    assert "may or may not have been executed" in stood["statusMessage"]
    assert (await talk.outcome(task))["error"]["code"] == -32603


async def test_a_task_is_forgotten_when_its_time_is_up_and_never_while_it_waits() -> None:
    talk = await Talk.begun(False)
    talk.will_answer(content=[])
    task = (await talk.call())["taskId"]
    await talk.decide()
    talk.bench.clock.pass_s(KEPT_US / 1_000_000 + 599)
    assert (await talk.get(task))["status"] == "completed"
    talk.bench.clock.pass_s(2)
    assert (await talk.ask("tasks/get", taskId=task))["error"]["code"] == -32602


async def test_a_grant_has_so_many_tasks_and_the_oldest_that_is_over_goes_first() -> None:
    talk = await Talk.begun(False)
    first = (await talk.call(a=0))["taskId"]
    await talk.ask("tasks/cancel", taskId=first)
    for number in range(1, OF_ONE + 1):
        task = (await talk.call(a=number))["taskId"]
        if number % 2:
            await talk.ask("tasks/cancel", taskId=task)
        if number == OF_ONE - 1:
            assert (await talk.get(first))["status"] == "cancelled"
    assert "error" in await talk.ask("tasks/get", taskId=first)
    assert len(talk.bench.holding.tasks._kept) == OF_ONE


async def test_a_client_that_has_too_many_tasks_waits_like_any_other() -> None:
    talk = await Talk.begun(True)
    talk.bench.holding.tasks._of_one = 1
    task = (await talk.call())["taskId"]
    client, at = talk.client("tools/call", name="add", arguments={"a": 2})
    waiting = talk.bench.start(client, at)
    await settled()
    assert client.replies == []
    await talk.ask("tasks/cancel", taskId=task)
    await talk.decide(yes=False)
    await waiting
    assert "Refused by an approver" in client.replies[0].body.decode()


async def test_a_list_of_tasks_begins_with_those_that_wait_here_each_under_one_name() -> None:
    talk = await Talk.begun(False)
    talk.will_answer(task={"taskId": "u1", "status": "working"})
    first = (await talk.call())["taskId"]
    await talk.decide()
    second = (await talk.call(a=2))["taskId"]
    listed = [{"taskId": "u1", "status": "working", "n": 1.0}]
    talk.bench.policies.policy = Policy(version=HOLD.version, rules=(Rule(id="all", effect=Effect.ALLOW),))
    talk.will_answer(tasks=listed)
    told = (await talk.ask("tasks/list"))["result"]
    assert [each["taskId"] for each in told["tasks"]] == [first, second]
    talk.will_answer(tasks=[])
    assert (await talk.ask("tasks/list", cursor="x")).keys() >= {"error"}
    talk.bench.upstreams.answers.clear()
    talk.bench.upstreams.will_answer(
        json.dumps(
            {"jsonrpc": "2.0", "id": talk.number + 1, "error": {"code": -32601, "message": "No."}}
        ).encode()
    )
    assert (await talk.ask("tasks/list"))["error"]["code"] == -32601


async def test_answers_that_nobody_fetches_do_not_fill_the_memory(tmp_path: object) -> None:
    talk = await Talk.begun(False)
    tasks = []
    for number in range(3):
        talk.will_answer(content=[{"type": "text", "text": "x" * 30_000_000}])
        tasks.append((await talk.call(a=number))["taskId"])
        await talk.decide()
    assert "error" in await talk.ask("tasks/get", taskId=tasks[0])
    assert (await talk.get(tasks[2]))["status"] == "completed"


async def test_a_record_that_takes_nothing_gives_no_task() -> None:
    talk = await Talk.begun(False)
    talk.bench.recorder.fails_on = lambda entry: entry.kind is EntryKind.EVENT
    client, at = talk.client("tools/call", name="add", arguments={})
    await talk.bench.engine.run(at, client)
    assert client.replies[0].status == 503
    assert talk.bench.engine.under_way() == []
    assert talk.sends == 0


async def test_where_there_is_no_client_nothing_is_read_and_nothing_waits() -> None:
    told: list[bytes] = []
    client = TaskClient(told.append)
    assert await client.body(10) is None
    assert await client.open_stream(())
    assert await client.deliver(StreamEvent(payload=b"{}"))
    await client.end_stream()
    client.cut()
    assert (client.unsent(), client.end_at_once(StreamEvent(payload=b"1")), told) == (0, True, [b"1"])
    assert client.end_at_once(None)


def test_no_two_tasks_have_one_id_and_none_can_be_guessed() -> None:
    found = {fresh_task() for _ in range(1_000)}
    assert len(found) == 1_000
    assert all(len(each) == len(PREFIX) + 32 for each in found)


def test_tasks_of_nobody_are_not_waited_for() -> None:
    tasks = HeldTasks(lambda: 1)
    assert tasks._kept == {}


async def test_a_task_that_is_forgotten_between_the_question_and_the_answer_is_unknown() -> None:
    talk = await Talk.begun(False)
    task = (await talk.call())["taskId"]
    tasks = talk.bench.holding.tasks

    def forget(_: object) -> bool:
        tasks._kept.clear()
        return False

    for method in ("tasks/result", "tasks/cancel"):
        kept = dict(tasks._kept)
        talk.bench.recorder.fails_on = forget
        told = (await talk.ask(method, taskId=task))["error"]
        talk.bench.recorder.fails_on = lambda _: False
        tasks._kept.update(kept)
        assert told["code"] == -32602, method


@ERAS
@pytest.mark.promise("LOCK-1")
async def test_an_answer_that_waits_to_be_fetched_is_not_had_once_its_tool_is_locked(is_modern: bool) -> None:
    talk = await Talk.begun(is_modern)
    talk.will_answer(content=[{"type": "text", "text": "secret"}])
    task = await talk.call()
    await talk.decide()
    lock = Lock(
        id=LockId("l_1"),
        targets=((Target.TOOL, "add"),),
        mode=LockMode.STOP,
        reason="Stolen.",
        by="sam",
        created_at_us=1,
    )
    talk.bench.locks.create(replace(lock, id=LockId("l_0"), targets=((Target.TOOL, "drop"),)))
    assert "secret" in json.dumps(await talk.outcome(task["taskId"]))
    talk.bench.locks.create(lock)
    told = json.dumps(await talk.outcome(task["taskId"]))
    assert ("secret" in told, "Terminated: Stolen." in told) == (False, True)
    assert (await talk.get(task["taskId"]))["status"] == "failed"
    # It was not ended by the lock: once that is lifted it is there.
    talk.bench.locks.lift(Lift(id=LockId("l_1"), by="kim", reason="over", at_us=2))
    assert "secret" in json.dumps(await talk.outcome(task["taskId"]))
