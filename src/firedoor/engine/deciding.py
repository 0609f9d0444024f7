"""Answers what the path asks while it decides: the policy in force, counts, understanding, limits."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from firedoor.core.commands import FindCounts, FindPolicy, JoinSession, TakeRates, UnderstandSql
from firedoor.core.decide.sql.understand import understand_sql
from firedoor.core.record.entries import InForce
from firedoor.engine.people.permitting import NoPermits, Permitting
from firedoor.engine.rates import Rates
from firedoor.engine.running import Running
from firedoor.engine.upstreams.pins import NothingPinned, Pins
from firedoor.model.facts import SessionCounts
from firedoor.model.policy import Policy
from firedoor.model.sql import SqlFacts
from firedoor.ports.policies import Policies

Understand = Callable[[tuple[str, ...], str], Awaitable[tuple[SqlFacts, ...]]]


async def understand_here(texts: tuple[str, ...], dialect: str) -> tuple[SqlFacts, ...]:
    """Understand on the loop. For tests: a text can be made slow, and would hold up everybody."""
    return tuple(understand_sql(text, dialect) for text in texts)


@dataclass(slots=True, kw_only=True)
class Deciding:
    """What deciding asks of the world."""

    policies: Policies
    rates: Rates
    understand: Understand = understand_here
    pins: Pins | NothingPinned = field(default_factory=NothingPinned)
    permits: Permitting | NoPermits = field(default_factory=NoPermits)

    @property
    def answers(self) -> Mapping[type, Callable[[Any, Running], Awaitable[Any]]]:
        """How each command is answered."""
        return {
            FindPolicy: self._find_policy,
            FindCounts: self._find_counts,
            UnderstandSql: self._understand,
            TakeRates: self._take_rates,
            **self.pins.answers,
            **self.permits.answers,
        }

    async def in_force(self, join: JoinSession) -> InForce:
        """What holds for a session that would begin now."""
        policy = await self.policies.current()
        listed = self.pins.listed(join.head.upstream, join.grant.principal.name)
        return InForce(policy=policy.version, definitions=listed)

    def _find_policy(self, _: FindPolicy, __: Running) -> Awaitable[Policy]:
        return self.policies.current()

    async def _find_counts(self, _: FindCounts, running: Running) -> SessionCounts:
        live = running.live
        if live is None:
            return SessionCounts()
        return SessionCounts(
            calls=max(0, live.calls - 1), denied=live.denied, opened_at_us=live.session.opened_at_us
        )

    async def _understand(self, command: UnderstandSql, _: Running) -> tuple[SqlFacts, ...]:
        return await self.understand(command.texts, command.dialect)

    async def _take_rates(self, command: TakeRates, running: Running) -> int:
        if running.live is None:
            return 1
        return self.rates.take(command.rates, running.live.session)
