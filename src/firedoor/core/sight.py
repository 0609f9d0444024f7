"""What a client may see of what its upstream said, and what an upstream gets of its client's tokens.

Asks for masking where the settings or a rule want it. What cannot be masked is withheld, and still answered.
"""

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import msgspec

from firedoor.core.amend import Terms
from firedoor.core.commands import Command, ask
from firedoor.core.forward.answer import Says, understand
from firedoor.core.mask.messages.message import Seen
from firedoor.core.mask.messages.reveal import Revealed
from firedoor.core.mask.messages.seam import ALONE, Around
from firedoor.core.reply.answer import unmaskable
from firedoor.model.entry import Layered
from firedoor.model.frozen import frozen
from firedoor.model.message import Message
from firedoor.model.upstream import Upstream


@frozen()
class Mask(Command[Seen]):
    """Mask a message by these profiles. `around`: what stands around it in its stream."""

    profiles: tuple[str, ...]
    payload: bytes
    around: Around = ALONE


@frozen()
class Reveal(Command[Revealed | None]):
    """Put reversible tokens of a call in clear, if the profile lets its tool have that."""

    profile: str
    message: Message


def look(terms: Terms, payload: bytes, around: Around = ALONE) -> Generator[Command[Any], Any, Seen]:
    """The message on both sides of every mask that is wanted. `view` can be used, unless it is undecided.

    `around`: what stands around it in its stream.
    """
    profiles = wanted(terms)
    if not payload or not profiles:
        return Seen(view=payload, raw=payload)
    seen = yield from ask(Mask(profiles, payload, around))
    return replace(seen, view=_withheld(terms, seen)) if seen.withheld else seen


def wanted(terms: Terms) -> tuple[str, ...]:
    """The profiles that an answer goes through: the upstream's own, and those of the rules."""
    own = terms.facts.upstream.mask
    if not terms.obligations.masks:
        return (own,) if own else ()
    return tuple(dict.fromkeys((own, *terms.obligations.masks) if own else terms.obligations.masks))


def recorded(seen: Seen, payload: bytes) -> bytes | Layered:
    """What the entry holds: `payload`, which is what the client gets, and what it was before the mask."""
    if not seen.found and not seen.withheld:
        return payload
    return Layered(view=payload, raw=seen.raw, masked=seen.masked)


def _withheld(terms: Terms, seen: Seen) -> bytes:
    """Nothing of the message but what an answer needs."""
    said = understand(seen.raw)
    if said.says is Says.RESPONSE:
        return unmaskable(terms.facts.message, said.id, seen.withheld, terms.call)
    if said.says is Says.REQUEST:
        return msgspec.json.encode({"jsonrpc": "2.0", "id": said.id, "method": said.method})
    return b""


def revealed(
    upstream: Upstream, message: Message
) -> Generator[Command[Any], Any, tuple[Message, tuple[str, ...]]]:
    """The message as its upstream gets it, and the kinds of the tokens that were put back in clear."""
    if not upstream.reveals or message.method != "tools/call":
        return message, ()
    found = yield from ask(Reveal(upstream.mask, message))
    if found is None:
        return message, ()
    return replace(message, body=found.body, params=found.params), found.kinds
