"""A policy that holds a call, and what has become of it."""

from firedoor.model.entry import EntryKind
from firedoor.model.lock import Lock, LockId, LockMode, Target
from firedoor.model.policy import Policy, Rule
from firedoor.model.verdict import Effect, Risk
from tests.helpers.bench import Bench

HOLD = Policy(
    version="sha256:" + "b" * 64,
    rules=(Rule(id="refunds", effect=Effect.HOLD, risk=Risk.HIGH, reason="Money leaves."),),
)


def sends(bench: Bench) -> int:
    return sum(each.message.method == "tools/call" for each in bench.upstreams.sent)


def entries(bench: Bench) -> list[str]:
    return [str(entry.envelope["what"]) for entry in bench.recorder.of_kind(EntryKind.APPROVAL)]


def lock(mode: LockMode = LockMode.STOP) -> Lock:
    return Lock(
        id=LockId("l_1"),
        targets=((Target.PRINCIPAL, "dana"),),
        mode=mode,
        reason="Stolen.",
        by="kim",
        created_at_us=1,
    )
