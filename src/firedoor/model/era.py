"""The two shapes of MCP. Which revision belongs to which era: `core.accept.revisions`."""

from enum import StrEnum


class Era(StrEnum):
    """A protocol shape, in the specification's own words."""

    LEGACY = "legacy"
    """Revisions up to 2025-11-25: `initialize`, sessions, server-initiated requests."""
    MODERN = "modern"
    """2026-07-28 and later: stateless, metadata on each request."""
