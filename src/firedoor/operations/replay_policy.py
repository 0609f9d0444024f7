"""Tries a policy on calls that were recorded: what it would have said to each, beside what was said then.

Reads recordings and changes nothing. Limits on the rate of calls are not tried: what they count was never
slowed down. What a session had done before is counted from its recording.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from firedoor.core.accept.revisions import REVISIONS
from firedoor.core.accept.strict_json import parse
from firedoor.core.decide.evaluate import MOST_TEXTS, decide, needs_of, only_describes
from firedoor.core.decide.texts import shell_facts, sql_texts
from firedoor.model.entry import EntryKind
from firedoor.model.facts import Facts, Need, SessionCounts
from firedoor.model.ids import SessionId
from firedoor.model.json import Json, JsonObject, text_in, texts_of
from firedoor.model.message import Message, MessageKind
from firedoor.model.policy import Policy
from firedoor.model.principal import Actor, Principal, PrincipalKind
from firedoor.model.sql import SqlFacts
from firedoor.model.upstream import Upstream
from firedoor.model.verdict import Effect
from firedoor.operations.replay_session import Recorded

_DEPTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One recorded call under a policy."""

    session: SessionId
    sequence: int
    at_us: int
    principal: str
    upstream: str
    method: str
    name: str
    before: str
    """The effect then."""
    rules_before: tuple[str, ...]
    after: str
    """The effect that the policy would have had."""
    rules: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def is_changed(self) -> bool:
        """Whether the call would have ended otherwise."""
        return self.before != self.after


@dataclass(slots=True)
class _Session:
    upstream: str
    principal: Principal
    peer: str
    opened_at_us: int
    calls: int = 0
    denied: int = 0


@dataclass(slots=True, kw_only=True)
class PolicyTrial:
    """A policy, and what it needs to be tried."""

    policy: Policy
    upstreams: Mapping[str, Upstream]
    understand: Callable[[str, str], SqlFacts]
    """A text in a dialect. The same text is asked for many times."""
    unknown: int = 0
    """Calls that could not be tried: their upstream is not in the settings, or their session began before."""
    _sessions: dict[SessionId, _Session] = field(default_factory=dict[SessionId, _Session])

    def over(self, entries: Iterable[Recorded], since_us: int = 0) -> Iterator[Tried]:
        """Try every request that acts, from an instant on. Entries before it are read for who calls."""
        for entry in entries:
            if entry.kind is EntryKind.OPEN:
                self._open(entry)
            elif entry.kind is EntryKind.CLOSE:
                self._sessions.pop(entry.session, None)
            elif entry.kind is EntryKind.INTENT and entry.envelope.get("message") == MessageKind.REQUEST:
                tried = self._try(entry, is_wanted=entry.at_us >= since_us)
                if tried is not None:
                    yield tried

    def _open(self, entry: Recorded) -> None:
        said = entry.envelope
        kind = said.get("principal_kind")
        if said.get("control") is True or not isinstance(said.get("upstream"), str):
            return
        self._sessions[entry.session] = _Session(
            upstream=text_in(said, "upstream"),
            principal=Principal(
                name=text_in(said, "principal"),
                kind=PrincipalKind(kind) if kind in set(PrincipalKind) else PrincipalKind.SERVICE,
                groups=frozenset(texts_of(said.get("groups"))),
                actors=tuple(Actor(name=name) for name in texts_of(said.get("actors"))),
            ),
            peer=text_in(said, "peer"),
            opened_at_us=entry.at_us,
        )

    def _try(self, entry: Recorded, *, is_wanted: bool) -> Tried | None:
        session = self._sessions.get(entry.session)
        upstream = self.upstreams.get(session.upstream) if session is not None else None
        message = _message(entry)
        if session is None or upstream is None or message is None:
            self.unknown += is_wanted
            return None
        counts = SessionCounts(calls=session.calls, denied=session.denied, opened_at_us=session.opened_at_us)
        session.calls += 1
        if only_describes(message):
            return None
        facts = Facts(
            message=message,
            upstream=upstream,
            principal=session.principal,
            peer=session.peer,
            at_us=entry.at_us,
            session=counts,
        )
        verdict = decide(self.policy, self._understood(facts))
        session.denied += verdict.effect is not Effect.ALLOW
        if not is_wanted:
            return None
        was = entry.envelope.get("verdict")
        then: JsonObject = was if isinstance(was, Mapping) else {}
        return Tried(
            session=entry.session,
            sequence=entry.sequence,
            at_us=entry.at_us,
            principal=session.principal.name,
            upstream=session.upstream,
            method=message.method,
            name=message.name,
            before=text_in(then, "effect"),
            rules_before=tuple(texts_of(then.get("rules"))),
            after=verdict.effect.value,
            rules=verdict.rules,
            reasons=verdict.reasons,
        )

    def _understood(self, facts: Facts) -> Facts:
        needs = needs_of(self.policy, facts)
        if Need.SHELL in needs:
            facts = replace(facts, shell=shell_facts(facts))
        if Need.SQL not in needs:
            return facts
        texts = sql_texts(facts)[: MOST_TEXTS + 1]
        return replace(facts, sql=tuple(self.understand(text, facts.upstream.dialect) for text in texts))


def _message(entry: Recorded) -> Message | None:
    said = entry.envelope
    revision = REVISIONS.get(text_in(said, "revision"))
    try:
        body: Json = parse(entry.payload, _DEPTH)
    except ValueError:
        return None
    if revision is None or not isinstance(body, Mapping):
        return None
    params, identifier = body.get("params"), body.get("id")
    return Message(
        kind=MessageKind.REQUEST,
        era=revision.era,
        body=entry.payload,
        revision=revision.version,
        id=identifier if isinstance(identifier, str | int) else None,
        method=text_in(said, "method"),
        name=text_in(said, "name"),
        params=params if isinstance(params, Mapping) else {},
    )
