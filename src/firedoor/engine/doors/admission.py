"""How much of one grant may be under way at once, and how much of it may wait for a lock to be lifted.

Never queues by itself: what is too much is refused, and told so.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from firedoor.core.reply.answer import TOO_MANY
from firedoor.engine.doors.containment import Containment
from firedoor.engine.running import Running
from firedoor.model.ids import GrantId
from firedoor.model.limits import Limits
from firedoor.model.lock import Lock, Whom
from firedoor.model.message import Message, MessageKind
from firedoor.model.reply import Refusal

_REQUEST = MessageKind.REQUEST
"""By a name of its own: a member of an enumeration is looked up in six steps, each time."""
WAITING_BYTES = 256 * 1024 * 1024
"""Of messages that wait for a lock to be lifted. Stops who is suspended from filling the memory."""
OF_ONE_GRANT = WAITING_BYTES // 8
"""Stops one of them from taking all of it."""


@dataclass(slots=True, kw_only=True)
class Admission:
    """Counts what each grant has under way."""

    under_way: Callable[[], Iterable[Running]]
    _of_grant: Counter[GrantId] = field(default_factory=Counter[GrantId])
    _waiting: Counter[GrantId] = field(default_factory=Counter[GrantId])
    """Messages that a lock suspends before they came in."""
    _waiting_bytes: Counter[GrantId] = field(default_factory=Counter[GrantId])

    def refusal(self, grant: GrantId, message: Message, limits: Limits) -> Refusal | None:
        """Why this message may not come in now, if so."""
        is_call = message.kind is _REQUEST and message.method != "subscriptions/listen"
        has_too_many_calls = is_call and self._calls_of(grant, limits) >= limits.concurrent_calls
        if self._of_grant[grant] < limits.concurrent_streams and not has_too_many_calls:
            return None
        text = "Too many calls of this grant are under way. Not executed; try again shortly."
        fields = {"retryAfterSeconds": 1}
        return Refusal(status=200, code=TOO_MANY, reason="too_many", text=text, id=message.id, fields=fields)

    async def lifted(
        self, running: Running, whom: Whom, containment: Containment, limits: Limits
    ) -> Lock | None:
        """Wait until nobody is suspended any more, or patience is up. The lock that holds then.

        Who would be one too many waits no time at all, and is told to come back. Who had come in waits.
        """
        grant, size = whom.grant, 0 if running.message is None else len(running.message.body)
        if running.live is not None:
            return await containment.lifted(whom, containment.patience_s)
        if self._is_too_much(grant, size, limits):
            return containment.lock_on(whom)
        self._waiting[grant] += 1
        self._waiting_bytes[grant] += size
        try:
            return await containment.lifted(whom, containment.patience_s)
        finally:
            self._waiting[grant] -= 1
            self._waiting_bytes[grant] -= size
            if not self._waiting[grant]:
                del self._waiting[grant], self._waiting_bytes[grant]

    def _is_too_much(self, grant: GrantId, size: int, limits: Limits) -> bool:
        own, every = self._waiting_bytes[grant], self._waiting_bytes.total()
        if own + size > OF_ONE_GRANT or every + size > WAITING_BYTES:
            return True
        # Calls that are under way count: together they come in when the lock is lifted.
        room = limits.concurrent_calls - self._waiting[grant]
        return room <= 0 or (self._of_grant[grant] >= room and self._calls_under_way(grant) >= room)

    def enter(self, grant: GrantId) -> None:
        """One more is under way."""
        self._of_grant[grant] += 1

    def leave(self, grant: GrantId) -> None:
        """One less."""
        self._of_grant[grant] -= 1
        if self._of_grant[grant] <= 0:
            del self._of_grant[grant]

    def _calls_of(self, grant: GrantId, limits: Limits) -> int:
        return 0 if self._of_grant[grant] < limits.concurrent_calls else self._calls_under_way(grant)

    def _calls_under_way(self, grant: GrantId) -> int:
        return sum(
            1
            for running in self.under_way()
            if running.live is not None and running.live.session.grant.id == grant and not running.is_stream
        )
