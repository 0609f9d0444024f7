"""How much of one grant may be under way at once. Never queues: what is too much is refused, and told so."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from firedoor.core.reply.answer import TOO_MANY
from firedoor.engine.running import Running
from firedoor.model.ids import GrantId
from firedoor.model.limits import Limits
from firedoor.model.message import Message, MessageKind
from firedoor.model.reply import Refusal


@dataclass(slots=True, kw_only=True)
class Admission:
    """Counts what each grant has under way."""

    under_way: Callable[[], Iterable[Running]]
    _of_grant: Counter[GrantId] = field(default_factory=Counter[GrantId])

    def refusal(self, grant: GrantId, message: Message, limits: Limits) -> Refusal | None:
        """Why this message may not come in now, if so."""
        is_call = message.kind is MessageKind.REQUEST and message.method != "subscriptions/listen"
        has_too_many_calls = is_call and self._calls_of(grant, limits) >= limits.concurrent_calls
        if self._of_grant[grant] < limits.concurrent_streams and not has_too_many_calls:
            return None
        text = "Too many calls of this grant are under way. Not executed; try again shortly."
        fields = {"retryAfterSeconds": 1}
        return Refusal(status=200, code=TOO_MANY, reason="too_many", text=text, id=message.id, fields=fields)

    def enter(self, grant: GrantId) -> None:
        """One more is under way."""
        self._of_grant[grant] += 1

    def leave(self, grant: GrantId) -> None:
        """One less."""
        self._of_grant[grant] -= 1
        if self._of_grant[grant] <= 0:
            del self._of_grant[grant]

    def _calls_of(self, grant: GrantId, limits: Limits) -> int:
        if self._of_grant[grant] < limits.concurrent_calls:
            return 0
        return sum(
            1
            for running in self.under_way()
            if running.live is not None and running.live.session.grant.id == grant and not running.is_stream
        )
