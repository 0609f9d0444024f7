"""What the rules leave of an answer, and of what an upstream asks the client. Used by the path alone.

Lists lose what is hidden from who asks; a result loses what an obligation takes out of it, or is withheld;
what rules or settings close to the upstream does not reach the client. Everything else keeps its bytes.
"""

from functools import partial

from firedoor.core.accept.strict_json import parse
from firedoor.core.decide.evaluate import (
    asked_of_client,
    decide_reverse,
    may_hold,
    shows,
    shows_all_the_same,
    shows_template,
)
from firedoor.core.decide.reverse import asked_in, may_ask
from firedoor.core.forward.capabilities import with_tasks
from firedoor.core.forward.lists import LISTINGS, Listing, filtered
from firedoor.core.forward.splice import mentions
from firedoor.core.mask.trim import Unmet, trimmed
from firedoor.core.reply.answer import DENIED, error, withheld
from firedoor.model.facts import Facts
from firedoor.model.frozen import frozen
from firedoor.model.ids import CallId
from firedoor.model.json import Json, JsonObject
from firedoor.model.message import MessageKind
from firedoor.model.policy import Policy
from firedoor.model.verdict import NO_OBLIGATIONS, Obligations

_LISTEN = MessageKind.LISTEN
"""By a name of its own: a member of an enumeration is looked up in six steps, each time."""
_DEPTH = 64
"""Deepest nesting of what an upstream asks of the client."""


@frozen(kw_only=True)
class Terms:
    """On which a message was let through."""

    policy: Policy
    facts: Facts
    call: CallId
    obligations: Obligations = NO_OBLIGATIONS
    """What the answer owes to the rules that allowed the call."""


def amended(terms: Terms, payload: bytes) -> bytes:
    """What the client may have of a response; the payload itself if that is all of it."""
    facts = terms.facts
    if facts.upstream.is_observed:
        return payload
    listings = _listings(facts)
    is_private = bool(listings) and not shows_all_the_same(terms.policy, facts.upstream)
    for listing in listings:
        asked = shows_template if listing.is_of_templates else shows
        is_shown = partial(asked, terms.policy, facts, listing.method)
        payload = filtered(payload, listing, is_shown, is_private=is_private)
    if facts.message.method == "server/discover" and may_hold(terms.policy, facts.upstream):
        payload = with_tasks(payload)
    kept = trimmed(payload, terms.obligations)
    if isinstance(kept, Unmet):
        return withheld(facts.message, kept.why, terms.call)
    if mentions(kept, b'"inputRequests"') and not _asks_rightly_in(terms, kept):
        return error(facts.message.id, DENIED, "The upstream asked the client for what it may not.")
    return kept


def _listings(facts: Facts) -> tuple[Listing, ...]:
    if facts.message.kind is _LISTEN:
        # A stream that is resumed does not say which request a response is to.
        return tuple(LISTINGS.values())
    found = LISTINGS.get(facts.message.method)
    return () if found is None else (found,)


def asks_rightly(terms: Terms, method: str, payload: bytes) -> bool:
    """Whether an upstream's request may reach the client."""
    params = _object(payload).get("params")
    return _is_open(terms, method, params if isinstance(params, dict) else {})


def _asks_rightly_in(terms: Terms, payload: bytes) -> bool:
    """The same for what a result of several rounds asks for."""
    told = _object(payload)
    result = told.get("result")
    if not isinstance(result, dict):
        return "result" not in told and "error" in told
    return all(_is_open(terms, method, params) for method, params in asked_in(result))


def _object(payload: bytes) -> JsonObject:
    """What cannot be read strictly has no member: nothing in it opens anything."""
    try:
        value: Json = parse(payload, _DEPTH)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _is_open(terms: Terms, method: str, params: JsonObject) -> bool:
    if not may_ask(terms.facts.upstream, method):
        return False
    asked = asked_of_client(terms.facts, method, params)
    return method == "ping" or not decide_reverse(terms.policy, asked).stops
