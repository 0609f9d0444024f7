"""Pinned definitions on the path: what nobody has accepted is not called, and not shown to a model.

Asked after the rules have had their word, so that what they deny sends nothing; looked at in every list and
every opening that passes. An upstream that is observed is told on, and not held to anything.
"""

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from firedoor.core.accept.strict_json import parse
from firedoor.core.amend import Terms
from firedoor.core.commands import Command, ask
from firedoor.core.forward.answer import Says, understand
from firedoor.core.forward.definitions import CALLED, CHANGED, KINDS, OPENINGS, without
from firedoor.core.forward.splice import mentions
from firedoor.core.mask.messages.message import Seen
from firedoor.core.reply.answer import DENIED, error
from firedoor.model.definition import DefinitionKind, DefinitionState, PinMode, Standing
from firedoor.model.facts import Facts
from firedoor.model.frozen import frozen
from firedoor.model.message import Message, MessageKind
from firedoor.model.session import Session
from firedoor.model.verdict import Effect, Verdict

# By a name of their own: a member of an enumeration is looked up in six steps, each time.
_DENY, _LISTEN = Effect.DENY, MessageKind.LISTEN
_ACCEPTED, _CHANGED = DefinitionState.ACCEPTED, DefinitionState.CHANGED
_NEW, _UNLISTED = DefinitionState.NEW, DefinitionState.UNLISTED

DEPTH = 128
"""Deepest nesting of an answer that lists."""
_LISTING = frozenset({"result", "tools", "prompts", "instructions"})
"""Members that say what is listed. Go reads them in any case."""
RULE = "guard.definition"
"""What a verdict names in the place of a rule."""


@frozen()
class FindDefinition(Command[Standing]):
    """How the definition of what a message acts on stands. Its upstream is asked where nobody knows."""

    session: Session
    message: Message
    version: str | None
    """What the client's header says of the revision: the upstream is asked in the same one."""


@frozen()
class CheckListed(Command[frozenset[int]]):
    """Which definitions in a response nobody has accepted, by their position. They are remembered."""

    session: Session
    message: Message
    version: str | None
    kind: DefinitionKind
    payload: bytes
    """As the upstream said it."""


@frozen()
class ListChanged(Command[None]):
    """An upstream says that its list is another now: it is asked again before what is known is used."""

    upstream: str
    kind: DefinitionKind


def pinned(
    session: Session, version: str | None, facts: Facts, verdict: Verdict
) -> Generator[Command[Any], Any, tuple[Facts, Verdict]]:
    """The facts with the definition of what is called, and the verdict; a denial where nobody accepted it."""
    if facts.message.method not in CALLED or verdict.effect is _DENY:
        return facts, verdict
    standing = yield from ask(FindDefinition(session, facts.message, version))
    facts = facts.defined(standing.hash)
    why = _why_not(standing, facts)
    if why:
        rules = (*verdict.rules, RULE)
        # Whatever would have let it pass was not approved for this definition.
        verdict = replace(verdict, coverable=frozenset(), permit="", permitted_by=())
        verdict = replace(verdict, effect=_DENY, rules=rules, decisive=(RULE,), reasons=(why,))
        verdict = replace(verdict, is_hidden=False)
    return facts, verdict


def _why_not(standing: Standing, facts: Facts) -> str:
    """Why what is called may not be: empty, if it may."""
    if standing.state is _ACCEPTED and not standing.why:
        return ""
    what = CALLED[facts.message.method].value
    see = f"Whoever runs this gateway sees it with: firedoor tools diff {facts.upstream.name}."
    if standing.why:
        return f"The definition of this {what} could not be checked: {standing.why}. Later it may be."
    if standing.state is _CHANGED:
        return f"The definition of this {what} has changed, and nobody has accepted the change. {see}"
    if standing.state is _NEW:
        return f"Nobody has accepted the definition of this {what}. {see}"
    if standing.state is _UNLISTED and facts.upstream.pin is PinMode.REQUIRE:
        return f"Its upstream does not list this {what}, so that nobody can have accepted it."
    return ""


def accepted(
    terms: Terms, session: Session, version: str | None, seen: Seen
) -> Generator[Command[Any], Any, Seen]:
    """A message of an upstream without what nobody has accepted. Judged is what it said, masked or not."""
    payload = seen.raw
    if mentions(payload, b"list_changed") and (kind := CHANGED.get(understand(payload).method)) is not None:
        yield from ask(ListChanged(session.upstream, kind))
    message = terms.facts.message
    kinds = _listed_by(message)
    if kinds and understand(payload).says is Says.RESPONSE and not _is_plain(payload):
        return seen if seen.withheld or terms.facts.upstream.is_observed else _withheld(message, seen)
    for kind in kinds:
        hidden = yield from ask(CheckListed(session, message, version, kind, payload))
        if hidden and not terms.facts.upstream.is_observed and not seen.withheld:
            seen = replace(seen, view=_without(message, seen.view, kind, hidden))
    return seen


def _is_plain(payload: bytes) -> bool:
    """Whether every client reads the same list in it: no member twice, none in another case."""
    try:
        told = parse(payload, DEPTH)
    except ValueError:
        return False
    result = told.get("result") if isinstance(told, dict) else None
    members = [*(told if isinstance(told, dict) else ()), *(result if isinstance(result, dict) else ())]
    return all(member in _LISTING or member.casefold() not in _LISTING for member in members)


def _withheld(message: Message, seen: Seen) -> Seen:
    text = "The answer is withheld: not every client would read the same in it."
    return replace(seen, view=error(message.id, DENIED, text))


def _listed_by(message: Message) -> tuple[DefinitionKind, ...]:
    """The kinds of definitions that answers to a message may carry."""
    if message.kind is _LISTEN:
        # A stream that is resumed does not say which request a response is to.
        return (DefinitionKind.TOOL, DefinitionKind.PROMPT, DefinitionKind.INSTRUCTIONS)
    if message.method in OPENINGS:
        return (DefinitionKind.INSTRUCTIONS,)
    kind = KINDS.get(message.method)
    return () if kind is None else (kind,)


def _without(message: Message, view: bytes, kind: DefinitionKind, hidden: frozenset[int]) -> bytes:
    try:
        return without(view, kind, hidden)
    except (KeyError, ValueError):
        return error(message.id, DENIED, "The list is withheld: nobody can tell which parts are accepted.")
