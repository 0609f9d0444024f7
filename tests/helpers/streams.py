"""Messages of one stream, as the path passes them on: what is kept back, and in which order it leaves."""

from collections.abc import Generator, Iterable, Iterator
from typing import Any

from firedoor.core.amend import Terms
from firedoor.core.commands import Command
from firedoor.core.kept_back import KeptBack, Next, NextOrQuiet, Quiet, Shown
from firedoor.core.mask.messages.message import MessageMask, Seen
from firedoor.core.sight import Mask
from firedoor.model.forwarding import UpstreamEvent
from firedoor.model.ids import call_id
from firedoor.model.verdict import NO_OBLIGATIONS
from tests.helpers.masks import message_mask
from tests.helpers.nouns import ALLOW_ALL, SESSION, facts, upstream

Said = bytes | Quiet


class Streamed:
    """One stream of an upstream. Remembers what was asked, and how many messages waited."""

    def __init__(self, mask: MessageMask) -> None:
        self._mask = mask
        self.waits = 0
        """Times that the path would wait no longer than a message is kept back."""

    def shown(self, said: Iterable[Said]) -> list[Seen]:
        """What the client sees of it, once the stream has ended."""
        terms = Terms(
            policy=ALLOW_ALL,
            facts=facts(to=upstream(mask="on")),
            call=call_id(SESSION, 3),
            obligations=NO_OBLIGATIONS,
        )
        left, kept, shown = iter(said), KeptBack(terms), list[Seen]()
        while (one := self._carried(kept.following(lambda event: event), left)) is not None:
            shown.append(one.seen)
        return shown

    def _carried(self, path: Generator[Command[Any], Any, Any], left: Iterator[Said]) -> Shown | None:
        answer: object = None
        while True:
            try:
                command = path.send(answer)
            except StopIteration as stop:
                return stop.value
            if isinstance(command, Mask):
                answer = self._mask.seen(command.payload, command.around)
            else:
                assert isinstance(command, Next | NextOrQuiet)
                self.waits += isinstance(command, NextOrQuiet)
                said = next(left, None)
                while isinstance(said, Quiet) and isinstance(command, Next):
                    said = next(left, None)  # nothing is kept back: silence is nothing to it
                answer = UpstreamEvent(payload=said) if isinstance(said, bytes) else said


def streamed(*said: Said, profile: str = "on") -> list[Seen]:
    """What a client sees of a stream that ends behind these messages."""
    return Streamed(message_mask(profile)).shown(said)
