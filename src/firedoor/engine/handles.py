"""To whom each handle was given: cursors and request states to a session, tasks to a grant at an upstream.

In memory, as sessions are: after a restart nobody has any, and what nobody was given is taken from nobody.
Only digests are kept. Bounded twice: one owner forgets its own oldest, and all together forget the owner that
was quiet for longest.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable

from firedoor.core.forward.handles import Handle, HandleKind
from firedoor.model.session import Session

OF_ONE = 2_048
"""Handles of one owner. Stops a client that lists for ever."""
OF_ALL = 200_000
"""Handles of all, about 40 MB. Stops many of them."""

Owner = tuple[str, str]


class Handles:
    """Everything that was given and may come back."""

    def __init__(self, of_one: int = OF_ONE, of_all: int = OF_ALL) -> None:
        self._of_one = of_one
        self._of_all = of_all
        self._given: OrderedDict[Owner, OrderedDict[bytes, None]] = OrderedDict()
        self._count = 0
        self._with_tasks: set[str] = set()

    def __len__(self) -> int:
        return self._count

    def keep(self, session: Session, handles: Iterable[Handle]) -> None:
        """Remember that they were given to the client of this session."""
        for handle in handles:
            if handle.kind is HandleKind.TASK:
                self._with_tasks.add(session.upstream)
            owner = _owner(session, handle.kind)
            own = self._given.setdefault(owner, OrderedDict())
            self._given.move_to_end(owner)
            self._count += 1 - self._drop(own, _digest(handle))
            own[_digest(handle)] = None
            if len(own) > self._of_one:
                own.popitem(last=False)
                self._count -= 1
            while self._count > self._of_all:
                _, forgotten = self._given.popitem(last=False)
                self._count -= len(forgotten)

    def foreign(self, session: Session, handles: Iterable[Handle]) -> frozenset[Handle]:
        """Those that were not given to the client of this session, as far as is known."""
        return frozenset(
            handle
            for handle in handles
            if _digest(handle) not in self._given.get(_owner(session, handle.kind), ())
        )

    def has_given_tasks(self, upstream: str) -> bool:
        """Whether this upstream gave anybody a task, whatever it says of itself."""
        return upstream in self._with_tasks

    @staticmethod
    def _drop(own: OrderedDict[bytes, None], digest: bytes) -> int:
        if digest not in own:
            return 0
        del own[digest]
        return 1


def _owner(session: Session, kind: HandleKind) -> Owner:
    # A task outlives the session that began it; a page or a round does not.
    return (session.grant.id if kind is HandleKind.TASK else session.id, session.upstream)


def _digest(handle: Handle) -> bytes:
    return hashlib.sha256(f"{handle.kind}:{handle.value}".encode("utf-8", "surrogatepass")).digest()[:16]
