"""The protocol revisions, as tables. A new revision is a new table. Never compares versions by order.

Source: the MCP specification, schema of each revision. `draft` is not served.
Handshake revisions differ little in what a gateway must know: which requests and notifications
a client may send. The stateless revision names its routing headers besides.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from firedoor.model.era import Era


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a client may send in one protocol revision."""

    version: str
    era: Era
    requests: frozenset[str]
    notifications: frozenset[str]


_FIRST_REQUESTS = frozenset(
    {
        "initialize",
        "ping",
        "tools/list",
        "tools/call",
        "resources/list",
        "resources/templates/list",
        "resources/read",
        "resources/subscribe",
        "resources/unsubscribe",
        "prompts/list",
        "prompts/get",
        "completion/complete",
        "logging/setLevel",
    }
)
_FIRST_NOTIFICATIONS = frozenset(
    {
        "notifications/initialized",
        "notifications/cancelled",
        "notifications/progress",
        "notifications/roots/list_changed",
    }
)
_CORE_TASKS = frozenset({"tasks/get", "tasks/result", "tasks/list", "tasks/cancel"})
_MODERN_REQUESTS = frozenset(
    {
        "server/discover",
        "tools/list",
        "tools/call",
        "resources/list",
        "resources/templates/list",
        "resources/read",
        "prompts/list",
        "prompts/get",
        "completion/complete",
        "subscriptions/listen",
        # Extension io.modelcontextprotocol/tasks (SEP-2663).
        "tasks/get",
        "tasks/update",
        "tasks/cancel",
    }
)


def _legacy(version: str, more_requests: frozenset[str] = frozenset()) -> Revision:
    notifications = _FIRST_NOTIFICATIONS
    if more_requests:
        notifications |= {"notifications/tasks/status", "notifications/elicitation/complete"}
    return Revision(
        version=version,
        era=Era.LEGACY,
        requests=_FIRST_REQUESTS | more_requests,
        notifications=notifications,
    )


REVISIONS: Mapping[str, Revision] = {
    revision.version: revision
    for revision in (
        _legacy("2024-11-05"),
        _legacy("2025-03-26"),
        _legacy("2025-06-18"),
        _legacy("2025-11-25", _CORE_TASKS),
        Revision(
            version="2026-07-28",
            era=Era.MODERN,
            requests=_MODERN_REQUESTS,
            notifications=frozenset({"notifications/cancelled"}),
        ),
    )
}
"""All revisions that are served, oldest first."""

ASSUMED = "2025-03-26"
"""The revision of a legacy message without a version header (specification, 2025-06-18 transports)."""

MODERN_VERSIONS = tuple(r.version for r in REVISIONS.values() if r.era is Era.MODERN)

NAMED_BY: Mapping[str, str] = {
    "tools/call": "name",
    "prompts/get": "name",
    "resources/read": "uri",
    "resources/subscribe": "uri",
    "resources/unsubscribe": "uri",
    "tasks/get": "taskId",
    "tasks/result": "taskId",
    "tasks/update": "taskId",
    "tasks/cancel": "taskId",
}
"""The member of `params` that says what a method acts on."""

ROUTED_BY_NAME = frozenset(
    {"tools/call", "prompts/get", "resources/read", "tasks/get", "tasks/update", "tasks/cancel"}
)
"""Modern methods whose name must stand in the `Mcp-Name` header too."""

META_VERSION = "io.modelcontextprotocol/protocolVersion"
META_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
META_CLIENT = "io.modelcontextprotocol/clientInfo"
