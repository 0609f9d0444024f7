"""A bench whose calls are held, and permits that let them pass."""

from collections.abc import Sequence
from dataclasses import replace

from firedoor.engine.people.holding import HoldTerms
from firedoor.engine.people.permit_requests import Wanted
from firedoor.model.entry import EntryKind
from firedoor.model.grant import Grant
from firedoor.model.permit import Permit
from firedoor.model.policy import Policy, Rule
from firedoor.model.principal import Principal, PrincipalKind
from firedoor.model.verdict import Effect, PermitKind, Risk
from tests.helpers.approvals import approver
from tests.helpers.bench import Bench
from tests.helpers.fakes import FakeClient
from tests.helpers.nouns import gate, grant, request, result
from tests.helpers.permits import MINUTE_US

HOLD = Policy(
    version="sha256:" + "b" * 64,
    rules=(Rule(id="refunds", effect=Effect.HOLD, risk=Risk.HIGH, reason="Money leaves."),),
)
WHO = Principal(name="dana", kind=PrincipalKind.PERSON)
DANA = grant("g_dana", principal=WHO, token_digest="d" * 64)
"""The person behind the agent, with a token of her own."""


def bench_of(policy: Policy = HOLD, **terms) -> Bench:
    bench = Bench(gate(), policy=policy)
    bench.holding._terms = HoldTerms(key=b"k" * 32, usual_s=0)
    bench.permitting.terms = replace(bench.permitting.terms, **terms)
    return bench


def wanted(**changes) -> Wanted:
    given = {
        "kind": PermitKind.PERMIT,
        "principal": "dana",
        "agents": ("claw",),
        "upstream": "disk",
        "tools": ("a*",),
        "conditions": (),
        "uses": None,
        "span_us": 30 * MINUTE_US,
        "reason": "Refunds of case 7.",
        "case": "7",
    }
    return Wanted(**{**given, **changes})


def emergency(**changes) -> Wanted:
    return wanted(kind=PermitKind.BREAK_GLASS, tools=(), span_us=15 * MINUTE_US, **changes)


async def given(
    bench: Bench, ask: Wanted | None = None, by: Sequence[str] = ("sam",), asker: Grant = DANA
) -> Permit:
    """A permit that these people have approved."""
    permit = await bench.permitting.request(asker, ask or wanted())
    for name in by:
        permit = await bench.permitting.review(permit.id, approver(name), is_approval=True, reason="Yes.")
    return permit


def sends(bench: Bench) -> int:
    return sum(each.message.method == "tools/call" for each in bench.upstreams.sent)


def said(bench: Bench) -> list[str]:
    return [str(entry.envelope["what"]) for entry in bench.recorder.of_kind(EntryKind.APPROVAL)]


async def call(bench: Bench, name: str = "add", **params) -> FakeClient:
    bench.upstreams.will_answer(result())
    return await bench.run(request(params={"name": name, **params}))
