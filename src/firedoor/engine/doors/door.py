"""The door of an exchange: the last look at the locks before bytes leave, towards an upstream or a client.

Whoever sends anything for an exchange asks its door, and nothing waits between the answer and the sending;
that holds for the gateway's own questions too. Says who may pass, and never ends anything itself.
"""

import asyncio
from collections.abc import Callable

from firedoor.engine.doors.containment import Containment
from firedoor.engine.running import Running
from firedoor.model.errors import UpstreamError
from firedoor.model.frozen import frozen
from firedoor.model.lock import LockMode, Whom
from firedoor.ports.client import Client
from firedoor.ports.upstreams import WITHHELD


@frozen()
class Door:
    """That of one exchange."""

    containment: Containment
    running: Running

    def is_open(self) -> bool:
        """Whether it may pass now. Not whom a lock has ended, not even in this turn of the loop.

        Raises:
            IntegrityError: the locks cannot be read.
        """
        whom = self.running.whom
        if whom is None or self.running.is_cancelled:
            return not self.running.is_cancelled
        if self._is_summoned(whom):
            return False
        if self.containment.is_quiet():
            return not self.running.is_cancelled
        lock = self.containment.lock_on(whom)  # Ends it, if a lock is seen just now.
        return not self.running.is_cancelled and (lock is None or lock.mode is LockMode.READ_ONLY)

    def _is_summoned(self, whom: Whom) -> bool:
        """Whether it is one of many that a lock has ended, lifted since or not, and that wait to be told."""
        summons = self.running.summons
        return summons is not None and summons.stop_on(whom) is not None

    async def passed(self, client: Client | None = None) -> None:
        """Come back once it may pass. Whom a lock has ended does not: it is cancelled here.

        A client that does not read is waited for before: a lock may come meanwhile.

        Who says their last words, and whoever no lock can name, pass.

        Raises:
            IntegrityError: the locks cannot be read.
        """
        while True:
            is_last_word = self.running.is_cancelled
            if not self.is_open():
                if self.running.is_cancelled and not is_last_word:
                    await asyncio.sleep(0)  # This look was the first that saw the lock: it is cancelled here.
                await self._opened()
            is_later = client is not None and not self.running.is_cancelled and await client.drained()
            if not is_later:
                return

    async def _opened(self) -> None:
        running, containment = self.running, self.containment
        if running.whom is None or running.is_cancelled:
            return
        while not self.is_open():
            await containment.lifted(running.whom, None)
            if running.is_cancelled:
                await asyncio.sleep(0)
            if self._is_summoned(running.whom):
                await asyncio.get_running_loop().create_future()
            # Of many that a lock ends, its turn to be told comes: it stands still until then.
            await containment.unstopped(running.whom)


@frozen()
class Leaving:
    """Implements `ports.upstreams.Passage` for what leaves for an exchange."""

    door: Door
    is_its_message: bool = False
    """It is the message itself that leaves, and not a question about it."""

    @classmethod
    def of(cls, containment: Containment, running: Running) -> "Leaving":
        """For the message of an exchange."""
        return cls(Door(containment, running), is_its_message=True)

    def is_open(self) -> bool:
        """Whether it may leave now. From here on its upstream may have it."""
        is_open = self.door.is_open()
        running = self.door.running
        running.is_sent = running.is_sent or (is_open and self.is_its_message)
        return is_open

    async def passed(self) -> None:
        """Wait until it may be worth asking again."""
        if self.door.running.is_cancelled:
            await asyncio.sleep(0)  # Its task learns of that here.
        await self.door.passed()


@frozen()
class Asking:
    """Implements `ports.upstreams.Passage` for a question that others may wait for as well."""

    is_wanted: Callable[[], bool]

    def is_open(self) -> bool:
        """Whether somebody who wants the answer may pass."""
        return self.is_wanted()

    async def passed(self) -> None:
        """Give up: whoever wants the answer waits, and asks anew."""
        raise UpstreamError(WITHHELD, "a lock holds for whoever wants the answer")
