"""Makes locks effective in this process: who is locked is asked at each door, and what is under way ends.

Theory of operation. The view of the locks is asked for at every door, and costs no system call while nothing
has changed. Ending what is under way goes through the event loop's own cancellation: once a task is
cancelled, not one more line of it runs before it learns of that, so that nothing is written to an upstream or
to a client after `contain` returned but the terminal answer. What other processes lock is seen within
`WATCH_S`, or at the next door, whichever comes first.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from firedoor.core.decide.locks import lock_on
from firedoor.model.lock import Lock, LockMode, LockView, Whom
from firedoor.ports.locks import Locks

SUSPENDED_S = 45.0
"""How long a suspended call waits before it is told to come back: most clients give up after 60 s."""
WATCH_S = 0.02
"""How long a lock of another process may go unseen while no message moves."""


@dataclass(slots=True, kw_only=True)
class Containment:
    """The locks, as this process applies them."""

    locks: Locks
    now_us: Callable[[], int]
    on_change: Callable[[], object] = lambda: None
    """Called when locks may have come, gone or run out; ends what they hold for."""
    _seen: LockView = field(default_factory=LockView)
    _change: asyncio.Event = field(default_factory=asyncio.Event)

    def lock_on(self, whom: Whom) -> Lock | None:
        """The worst lock that holds for somebody now.

        Raises:
            IntegrityError: the locks cannot be read. Nobody may pass.
        """
        return lock_on(self._current(), whom, self.now_us())

    def stop_on(self, whom: Whom) -> Lock | None:
        """The lock that ends everything of somebody, if there is one."""
        lock = self.lock_on(whom)
        return lock if lock is not None and lock.mode is LockMode.STOP else None

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

    async def watch(self) -> None:
        """See what other processes lock and what runs out, for ever."""
        while True:
            await asyncio.sleep(WATCH_S)
            self._current()
            self._run_out()

    def is_quiet(self) -> bool:
        """Whether no lock stands: nothing needs to be asked about anybody."""
        return not self._current().locks

    def _current(self) -> LockView:
        view = self.locks.view()
        if view is not self._seen:
            self._seen = view
            self._wake()
        return view

    def _run_out(self) -> None:
        now_us = self.now_us()
        expiring = (lock.expires_at_us for lock in self._seen.locks if lock.mode is LockMode.SUSPEND)
        if any(expires is not None and expires <= now_us for expires in expiring):
            self._wake()

    def _wake(self) -> None:
        waiting, self._change = self._change, asyncio.Event()
        waiting.set()
        self.on_change()
