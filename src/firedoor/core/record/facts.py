"""What the index keeps of an entry: who, what, when, and how it ended. Never a payload or an argument.

The same function serves the running gateway and a rebuild from the journal, so that both say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from firedoor.model.entry import EntryKind
from firedoor.model.ids import SessionId
from firedoor.model.json import Json, JsonObject

MAX_TEXT = 512
"""Characters kept of any one text: an index is for finding, the record has it all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow:
    """One entry, as the index knows it. Absent texts are empty."""

    kind: EntryKind
    session: SessionId
    sequence: int
    at_us: int
    intent: int | None = None
    """The sequence number of the intent whose outcome or event this is."""
    is_control: bool = False
    principal: str = ""
    agent: str = ""
    grant: str = ""
    upstream: str = ""
    era: str = ""
    client_name: str = ""
    client_version: str = ""
    peer: str = ""
    message: str = ""
    method: str = ""
    name: str = ""
    effect: str = ""
    rules: tuple[str, ...] = ()
    policy_version: str = ""
    status: int | None = None
    result: str = ""
    code: str = ""
    reason: str = ""


def facts(kind: EntryKind, session: SessionId, sequence: int, at_us: int, envelope: JsonObject) -> IndexRow:
    """Return the row of an entry. What the envelope lacks, or has in another type, is absent."""
    verdict = _object(envelope, "verdict")
    client = _object(envelope, "client")
    actors = _texts(envelope.get("actors"))
    return IndexRow(
        kind=kind,
        session=session,
        sequence=sequence,
        at_us=at_us,
        intent=_number(envelope, "call"),
        is_control=envelope.get("control") is True,
        principal=_text(envelope, "principal"),
        agent=actors[-1] if actors else "",
        grant=_text(envelope, "grant"),
        upstream=_text(envelope, "upstream"),
        era=_text(envelope, "era"),
        client_name=_text(client, "name"),
        client_version=_text(client, "version"),
        peer=_text(envelope, "peer"),
        message=_text(envelope, "message"),
        method=_text(envelope, "method") or _text(envelope, "what"),
        name=_text(envelope, "name"),
        effect=_text(verdict, "effect"),
        rules=_texts(verdict.get("rules")),
        policy_version=_text(verdict, "policy") or _text(envelope, "policy"),
        status=_number(envelope, "status"),
        result=_text(envelope, "result"),
        code=_text(envelope, "code"),
        reason=_text(envelope, "reason"),
    )


def _object(envelope: JsonObject, name: str) -> JsonObject:
    value = envelope.get(name)
    return value if isinstance(value, dict) else {}


def _text(envelope: JsonObject, name: str) -> str:
    value = envelope.get(name)
    return value[:MAX_TEXT] if isinstance(value, str) else ""


def _number(envelope: JsonObject, name: str) -> int | None:
    value = envelope.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _texts(value: Json) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(item[:MAX_TEXT] for item in value if isinstance(item, str))
