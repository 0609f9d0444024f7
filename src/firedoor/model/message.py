"""One JSON-RPC message, understood."""

from dataclasses import dataclass, field
from enum import StrEnum

from firedoor.model.era import Era
from firedoor.model.json import Json, JsonObject


class MessageKind(StrEnum):
    """What a message is to the path."""

    REQUEST = "request"
    NOTIFICATION = "notification"
    RESPONSE = "response"
    """The client's answer to a request that the upstream made."""
    LISTEN = "listen"
    """The GET stream of a legacy session. Has no body."""
    END = "end"
    """DELETE of a legacy session. Has no body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message from a client, strictly parsed. `body` is what was parsed, and what is sent."""

    kind: MessageKind
    era: Era
    body: bytes
    revision: str
    """The protocol revision that governs it."""
    id: str | int | None = None
    method: str = ""
    name: str = ""
    """What the method acts on: tool, prompt or task name, resource URI. Empty where it has none."""
    params: JsonObject = field(default_factory=dict[str, Json])
