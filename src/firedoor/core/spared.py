"""Calls that go on where they cannot be recorded: reads, at an upstream whose settings say `best_effort`.

Theory of operation. The rule is: no record, no call. Its one exception is asked for here, before the intent,
and by `core.exchange` alone. Whether it is used is the engine's: it records as ever, and only where the
record takes nothing does the call go on. Then nothing more of this call is recorded, and each message is
counted. It ends as soon as the upstream asks its client for something.
"""

from collections.abc import Generator
from typing import Any

from firedoor.core.commands import Command, ask
from firedoor.model.frozen import frozen
from firedoor.model.message import Message
from firedoor.model.verdict import Effect, Verdict


@frozen()
class Spare(Command[None]):
    """What of this call cannot be recorded does not end it."""


def spare(verdict: Verdict, *, came: Message, sent: Message) -> Generator[Command[Any], Any, None]:
    """Ask for it, if the call is one. Nobody was to decide about it, and nothing in it was put in clear."""
    if verdict.is_read and verdict.effect is Effect.ALLOW and sent.body is came.body:
        yield from ask(Spare())
