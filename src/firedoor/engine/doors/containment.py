"""Makes locks effective in this process: who is locked is asked at each door, and what is under way ends.

Theory of operation. The view of the locks is asked for at every door, and costs no system call while nothing
has changed. Ending what is under way goes through the event loop's own cancellation: once a task is
cancelled, not one more line of it runs before it learns of that, so that nothing is written to an upstream or
to a client after `contain` returned but the terminal answer. What other processes lock is seen within
`WATCH_S`, or at the next door, whichever comes first. A change is acknowledged once it is effective.

How long a lock has left is read once, by the clock of the machine, when it is first seen; from there on a
clock counts that nobody sets. A lock on a session that lives here and whose makers did not know it is
completed at once, and acknowledged once all others know whose session that is.

Locks that cannot be read let nobody pass. Once they could not be read for `BLIND_S`, what is under way ends
as well: nobody knows whom a lock holds for. Whoever wants everything to end then need not wait: `shut` ends
it, and opens to nobody as long as the process lives, for no lock says so that would be read again.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from firedoor.core.decide.lock_index import LockIndex
from firedoor.core.decide.locks import is_about
from firedoor.engine.doors.unread import Unread
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import GrantId, SessionId
from firedoor.model.lock import Lock, LockId, LockMode, LockView, Target, Whom
from firedoor.ports.locks import Locks

log = logging.getLogger("firedoor.locks")

SUSPENDED_S = 45.0
"""How long a suspended call waits before it is told to come back: most clients give up after 60 s."""
WATCH_S = 0.02
"""How long a lock of another process may go unseen while no message moves."""
LOOK_S = 1.0
"""How often everything is read again: a file that was replaced has a count that never moves."""
BLIND_S = 10.0
"""How long the locks may be unreadable before what is under way ends."""


@dataclass(slots=True, kw_only=True)
class Containment:
    """The locks, as this process applies them."""

    locks: Locks
    now_us: Callable[[], int]
    """A clock that nobody sets, from any beginning: by it locks run out."""
    wall_us: Callable[[], int]
    """The clock of the machine, in unix microseconds."""
    on_change: Callable[[], object] = lambda: None
    """Called when locks may have come, gone or run out; ends what they hold for."""
    on_blind: Callable[[], object] = lambda: None
    """Called once the locks could not be read for too long; ends everything."""
    acknowledge: Callable[[int], object] = lambda _: None
    """Told the epoch of every view that is effective."""
    whose: Callable[[SessionId], tuple[GrantId, str] | None] = lambda _: None
    """The grant and the upstream of a session that lives here."""
    tell_whose: Callable[[Lock], object] = lambda _: None
    """Called with a lock on a session of ours that other processes do not know: they are to be told."""
    patience_s: float = SUSPENDED_S
    unread: Unread = field(default_factory=Unread)
    """What those who are locked must not get any more, though it was written."""
    _read: LockView | None = None
    """What was read last."""
    _seen: LockView = field(default_factory=LockView)
    """The same, as this process applies it, without what has run out."""
    _index: LockIndex = field(default_factory=lambda: LockIndex(LockView()))
    _until_us: dict[LockId, int] = field(default_factory=dict[LockId, int])
    """When a lock ends, by the steady clock."""
    _change: asyncio.Event = field(default_factory=asyncio.Event)
    _told_us: int = 0
    """Up to which instant it was told what ran out."""
    _blind_since: float | None = None
    _is_closed: bool = False
    _is_shut: bool = False
    _known: dict[LockId, tuple[Lock, Lock]] = field(default_factory=dict[LockId, tuple[Lock, Lock]])
    """Locks as they were read, and as they are applied. Of a change all but one are the same."""

    @property
    def is_blind(self) -> bool:
        """Whether the locks cannot be read: nobody passes."""
        return self._blind_since is not None

    def is_in_force(self, lock: LockId) -> bool:
        """Whether a lock stands and has not run out, as this process sees it."""
        found = next((each for each in self._current().locks if each.id == lock), None)
        return found is not None and (found.expires_at_us is None or found.expires_at_us > self.now_us())

    def lock_on(self, whom: Whom) -> Lock | None:
        """The worst lock that holds for somebody now.

        Raises:
            IntegrityError: the locks cannot be read. Nobody may pass.
        """
        self._current()
        return self._index.lock_on(whom, self.now_us())

    def early_lock_on(self, whom: Whom) -> Lock | None:
        """The same before another look that must follow: where the locks cannot be read, that one refuses."""
        try:
            return self.lock_on(whom)
        except IntegrityError:
            return None

    def lock_about(self, whom: Whom) -> Lock | None:
        """A lock on somebody, whatever narrows it. Looks at every lock: for those who ask about locks alone.

        Raises:
            IntegrityError: the locks cannot be read. Nobody may pass.
        """
        standing = self._not_run_out(self._current().locks)
        return next((lock for lock in standing if is_about(lock, whom)), None)

    def stop_on(self, whom: Whom) -> Lock | None:
        """The lock that ends everything of somebody, if there is one."""
        lock = self.lock_on(whom)
        return lock if lock is not None and lock.mode is LockMode.STOP else None

    def in_force(self) -> LockView:
        """The locks that were seen last and hold now, as if none of them would run out."""
        standing = self._not_run_out(self._seen.locks)
        return LockView(self._seen.epoch, tuple(map(_lasting, standing)))

    async def lifted(self, whom: Whom, budget_s: float | None) -> Lock | None:
        """Wait while somebody is suspended; the lock that holds then, or after so many seconds."""
        loop = asyncio.get_running_loop()
        deadline = None if budget_s is None else loop.time() + budget_s
        while True:
            lock = self.lock_on(whom)
            left = None if deadline is None else deadline - loop.time()
            if lock is None or lock.mode is not LockMode.SUSPEND or (left is not None and left <= 0):
                return lock
            try:
                async with asyncio.timeout(left):
                    await self._change.wait()
            except TimeoutError:
                continue

    async def unstopped(self, whom: Whom) -> None:
        """Stand still as long as a lock that stops holds for somebody."""
        while self.stop_on(whom) is not None:
            await self._change.wait()

    async def watch(self) -> None:
        """See what other processes lock, what runs out and what cannot be read, for ever."""
        loop = asyncio.get_running_loop()
        look_at = loop.time()
        while True:
            await asyncio.sleep(WATCH_S)
            if is_looking := loop.time() >= look_at:
                look_at = loop.time() + LOOK_S
            self.check(loop.time(), is_looking=is_looking or self.is_blind)

    def check(self, at_s: float, *, is_looking: bool) -> None:
        """See what there is to see, at an instant of a steady clock. `is_looking` reads everything again."""
        try:
            if is_looking:
                self.locks.look()
                self._see_again()
            self._current()
            self._run_out()
        except IntegrityError as fault:
            self._be_blind(fault, at_s)

    def shut(self, at_s: float) -> None:
        """End everything, at an instant of a steady clock, and let nobody pass from here on."""
        self._is_shut = True
        if self._blind_since is None:
            self._blind_since = at_s
        self._close("everything ends, and nobody passes until the gateway is started anew")

    def is_quiet(self) -> bool:
        """Whether no lock stands: nothing needs to be asked about anybody."""
        return not self._current().locks

    def _current(self) -> LockView:
        if self._blind_since is not None:
            raise IntegrityError("locks_damaged", "The locks cannot be read: nobody passes.")
        view = self.locks.view()
        if view is not self._read:
            self._read = view
            self._see(view)
        return self._seen

    def _see(self, view: LockView) -> None:
        applied = self._all_applied(view)
        # Also of those that have run out: a clock that is set back must not bring them back.
        self._until_us = {lock.id: lock.expires_at_us for lock in applied if lock.expires_at_us is not None}
        self._seen = LockView(view.epoch, self._not_run_out(applied))
        self._index = LockIndex(self._seen)
        self._wake()
        completed = [lock for lock, read in zip(applied, view.locks, strict=True) if lock.grant != read.grant]
        for lock in completed:
            self.tell_whose(lock)
        if not completed:
            self.acknowledge(view.epoch)

    def _not_run_out(self, locks: Iterable[Lock]) -> tuple[Lock, ...]:
        now_us = self.now_us()
        return tuple(lock for lock in locks if lock.expires_at_us is None or lock.expires_at_us > now_us)

    def _all_applied(self, view: LockView) -> list[Lock]:
        """The locks of a view as they are applied. Of thousands only what has changed is looked at."""
        known, self._known = self._known, {}
        applied = list[Lock]()
        for lock in view.locks:
            before = known.get(lock.id)
            now = before if before is not None and before[0] is lock else (lock, self._applied(lock))
            applied.append(now[1])
            if now[1].grant == lock.grant and (lock.grant is not None or not _is_on_a_session(lock)):
                self._known[lock.id] = now  # Of others it may be found out yet whose session it is.
        return applied

    def _applied(self, lock: Lock) -> Lock:
        """A lock by our clock, and with whose session it is if that lives here."""
        expires, applied = lock.expires_at_us, lock
        if expires is not None:
            left = min(expires - self.wall_us(), expires - lock.created_at_us)
            until = self._until_us.get(lock.id, self.now_us() + max(left, 0))
            applied = replace(applied, expires_at_us=until)
        session = dict(lock.targets).get(Target.SESSION)
        whose = None if session is None or lock.grant is not None else self.whose(SessionId(session))
        return applied if whose is None else replace(applied, grant=whose[0], upstream=whose[1])

    def _run_out(self) -> None:
        now_us, told_us = self.now_us(), self._told_us
        expiring = (lock.expires_at_us for lock in self._seen.locks if lock.mode is LockMode.SUSPEND)
        if any(expires is not None and told_us < expires <= now_us for expires in expiring):
            self._wake()
        self._told_us = now_us

    def _wake(self) -> None:
        waiting, self._change = self._change, asyncio.Event()
        waiting.set()
        self.on_change()

    def _be_blind(self, fault: IntegrityError, at_s: float) -> None:
        if self._blind_since is None:
            self._blind_since = at_s
            log.error("the locks cannot be read, nobody passes: %s %s", fault.message, fault.hint)
        elif at_s - self._blind_since >= BLIND_S:
            self._close(f"the locks could not be read for {BLIND_S:.0f} s: everything ends")

    def _close(self, why: str) -> None:
        if not self._is_closed:
            self._is_closed = True
            log.error("%s", why)
            self.on_blind()

    def _see_again(self) -> None:
        if self._blind_since is not None and not self._is_shut:
            self._blind_since, self._is_closed = None, False
            log.warning("the locks can be read again")
            self._read = None  # What was put back is applied and acknowledged anew.


def _is_on_a_session(lock: Lock) -> bool:
    return any(target is Target.SESSION for target, _ in lock.targets)


def _lasting(lock: Lock) -> Lock:
    return lock if lock.expires_at_us is None else replace(lock, expires_at_us=None)
