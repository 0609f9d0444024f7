"""One JSON-RPC message, understood."""

from dataclasses import field
from enum import StrEnum

from firedoor.model.era import Era
from firedoor.model.frozen import frozen
from firedoor.model.json import Json, JsonObject

TASKS_EXTENSION = "io.modelcontextprotocol/tasks"
_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"


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


@frozen(kw_only=True)
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

    @property
    def wants_task(self) -> bool:
        """Whether it asks for a task, and for nothing else: 2025-11-25, where the client decides."""
        is_call = self.revision == "2025-11-25" and self.method == "tools/call"
        return is_call and isinstance(self.params.get("task"), dict)

    @property
    def knows_tasks(self) -> bool:
        """Whether its client declares the extension: since 2026-07-28, where the server decides."""
        found: Json = self.params
        for name in ("_meta", _CAPABILITIES, "extensions"):
            found = found.get(name) if isinstance(found, dict) else None
        return self.era is Era.MODERN and isinstance(found, dict) and TASKS_EXTENSION in found

    @property
    def takes_task(self) -> bool:
        """Whether a task may be the answer to it."""
        return self.method == "tools/call" and (self.wants_task or self.knows_tasks)
