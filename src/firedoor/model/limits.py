"""What is accepted at the door. Each limit names the attack it stops."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The settings of acceptance."""

    hosts: frozenset[str]
    """`Host` values that are ours, lower case, with port where one is given. Stops DNS rebinding."""
    origins: frozenset[str] = frozenset()
    """`Origin` values of browsers that may call. Stops pages of other sites."""
    body_bytes: int = 4 * 1024 * 1024
    """Largest request body; the SDKs' own default. Stops memory exhaustion."""
    header_bytes: int = 16 * 1024
    """Largest request head, names and values together. Stops header floods."""
    depth: int = 64
    """Deepest nesting of a message. Stops stack exhaustion in parsers behind us."""
    concurrent_calls: int = 256
    """Calls of one grant under way at once. Stops one agent from starving the others."""
    concurrent_streams: int = 20_000
    """Open streams of one grant."""
