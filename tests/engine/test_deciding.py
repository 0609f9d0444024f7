"""What deciding asks is answered: the policy in force, what a session did, limits."""

import json

import pytest

from firedoor.engine.deciding import understand_here
from firedoor.model.entry import EntryKind
from firedoor.model.errors import RecordError
from firedoor.model.policy import Policy, Rule
from firedoor.model.sql import SqlEffect
from firedoor.model.verdict import Effect, Obligations, Rate
from tests.helpers.bench import Bench
from tests.helpers.fakes import FixedPolicy
from tests.helpers.nouns import DENY_ALL, request, result

pytestmark = pytest.mark.anyio


def policy(**rule) -> Policy:
    return Policy(version="sha256:x", rules=(Rule(**{"id": "r", "effect": Effect.ALLOW, **rule}),))


async def test_the_policy_of_the_next_call_is_the_one_in_force_then() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(result(7, content=[]))
    assert (await bench.run(request())).replies[0].status == 200
    bench.policies.policy = DENY_ALL
    sent = len(bench.upstreams.sent)
    told = json.loads((await bench.run(request())).replies[0].body)
    assert told["result"]["isError"] is True
    assert len(bench.upstreams.sent) == sent
    intents = bench.recorder.of_kind(EntryKind.INTENT)
    assert intents[-1].envelope["verdict"]["policy"] == DENY_ALL.version


async def test_without_a_policy_nothing_passes() -> None:
    bench = await Bench().opened()

    class Nobody(FixedPolicy):
        async def current(self) -> Policy:
            raise RecordError("store_unavailable", "The policy in force cannot be told.")

    bench.engine.deciding.policies = Nobody(DENY_ALL)
    sent = len(bench.upstreams.sent)
    client = await bench.run(request())
    assert client.replies[0].status == 503
    assert len(bench.upstreams.sent) == sent


async def test_a_rule_sees_what_the_session_did_before() -> None:
    bench = await Bench(policy=policy(when="session.calls < 3 && session.denied == 0")).opened()
    for _ in range(2):
        bench.upstreams.will_answer(result(7, content=[]))
        assert "result" in json.loads((await bench.run(request())).replies[0].body)
    denied = json.loads((await bench.run(request())).replies[0].body)
    assert "No rule allows it." in str(denied)


async def test_a_limit_is_told_with_the_time_to_wait() -> None:
    limit = Obligations(rates=(Rate(rule="r", calls=1, span_us=60_000_000, by="principal"),))
    bench = await Bench(policy=policy(obligations=limit)).opened()
    bench.upstreams.will_answer(result(7, content=[]))
    assert json.loads((await bench.run(request())).replies[0].body)["result"] == {"content": []}
    sent = len(bench.upstreams.sent)
    told = json.loads((await bench.run(request())).replies[0].body)["result"]
    assert told["_meta"]["io.firedoor/decision"]["retryAfterSeconds"] == 60
    assert "Repeat it in 60 s." in told["content"][0]["text"]
    assert len(bench.upstreams.sent) == sent
    bench.clock.pass_s(60)
    bench.upstreams.will_answer(result(7, content=[]))
    assert json.loads((await bench.run(request())).replies[0].body)["result"] == {"content": []}


async def test_texts_are_understood_one_by_one() -> None:
    found = await understand_here(("select 1", "drop table t"), "postgres")
    assert [facts.effect for facts in found] == [SqlEffect.READ, SqlEffect.DESTRUCTIVE]
