"""Measure what deciding costs: CPU per call with 100 and 1,000 rules, and with SQL. Starts nothing."""

import itertools
import time
from collections.abc import Callable
from dataclasses import replace

from firedoor.core.decide.evaluate import decide, needs_of
from firedoor.core.decide.sql.understand import understand_sql
from firedoor.model.era import Era
from firedoor.model.facts import Facts
from firedoor.model.message import Message, MessageKind
from firedoor.model.policy import Policy, Rule
from firedoor.model.principal import Actor, Principal, PrincipalKind
from firedoor.model.upstream import Transport, Upstream
from firedoor.model.verdict import Effect

WHO = Principal(name="ci", kind=PrincipalKind.SERVICE, actors=(Actor(name="bot"),))
CRM = Upstream(name="crm", transport=Transport.STDIO, kind="sql", dialect="postgres")
NEW = "SELECT id, name FROM customers WHERE id = 0 AND region = 'north'"
BUDGET_US = {100: 60, 1_000: 1_000}
"""What is promised, in microseconds of CPU per call."""


def facts(query: str) -> Facts:
    message = Message(
        kind=MessageKind.REQUEST, era=Era.MODERN, body=b"", revision="2026-07-28", id=1, method="tools/call",
        name="query", params={"name": "query", "arguments": {"query": query, "limit": 5}},
    )  # fmt: skip
    return Facts(message=message, upstream=CRM, principal=WHO, peer="10.0.0.7")


def spread(count: int) -> Policy:
    """Rules as people have them: most are about other tools, a tenth of them have to be asked."""
    rules = [Rule(id="all", effect=Effect.ALLOW, when="args.limit < 100")]
    for n in range(count - 1):
        is_asked = n % 10 == 0
        rules.append(
            Rule(
                id=f"r{n}",
                effect=Effect.DENY,
                upstreams=("crm",),
                tools=("query",) if is_asked else (f"tool_{n}",),
                when=f"args.query.contains('needle {n}')",
            )
        )
    return Policy(version="x", rules=tuple(rules))


def asked(count: int) -> Policy:
    """The worst case: the condition of every rule is asked for every call."""
    rules = [Rule(id="all", effect=Effect.ALLOW)]
    rules += [
        Rule(id=f"r{n}", effect=Effect.DENY, tools=("q*",), when=f"args.query.contains('needle {n}')")
        for n in range(count - 1)
    ]
    return Policy(version="x", rules=tuple(rules))


def cost_us(call: Callable[[], object], times: int) -> float:
    for _ in range(5):
        call()
    begun = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - begun) / times * 1e6


def main() -> None:
    about = facts("SELECT id FROM customers WHERE id = 7")
    print(f"{'rules':>6}  {'about':<28}{'us per call':>12}{'aim':>8}")
    for count, kind, made in (
        (100, "a tenth is asked", spread(100)),
        (100, "all are asked", asked(100)),
        (1_000, "a tenth is asked", spread(1_000)),
        (1_000, "all are asked", asked(1_000)),
    ):
        spent = cost_us(lambda made=made: (needs_of(made, about), decide(made, about)), 200)
        print(f"{count:>6}  {kind:<28}{spent:>12.1f}{BUDGET_US[count]:>8}")
    guarded = Policy(
        version="x",
        rules=(
            Rule(id="reads", effect=Effect.ALLOW, when="sql.effect == 'read'"),
            Rule(id="else", effect=Effect.DENY, when="sql.effect in ['write', 'destructive', 'unknown']"),
        ),
    )
    numbers = itertools.count()

    def fresh() -> object:
        text = NEW.replace("0", str(next(numbers)))
        return decide(guarded, replace(about, sql=(understand_sql(text, "postgres"),)))

    known = replace(about, sql=(understand_sql("SELECT id FROM customers", "postgres"),))
    print(f"{2:>6}  {'a new statement of SQL':<28}{cost_us(fresh, 200):>12.1f}")
    print(f"{2:>6}  {'a statement that is known':<28}{cost_us(lambda: decide(guarded, known), 500):>12.1f}")


if __name__ == "__main__":
    main()
