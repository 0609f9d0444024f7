"""How long a client is let wait for people, before it gets a ticket instead.

What a client says of itself is a hint and opens nothing: it only says how soon an answer must come. The
figures are measured (docs/explain/approvals.md); each lies below what the client was seen to give up at.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """What one kind of client grants. Seconds."""

    names: tuple[str, ...]
    """In lower case; the client's own name holds one of them."""
    silent_s: float
    """Without signs of life."""
    shown_s: float
    """With progress that it asked for."""


USUAL_S = 45.0
"""The SDKs for TypeScript, and hosted clients, give up after 60 s, whatever they are shown."""
WHOLE_S = 20.0
"""For a client that takes no stream: nothing keeps its connection warm."""
SILENCE_S = 50.0
"""Proxies cut connections that are silent for 60 s: whoever waits longer has its stream opened."""
PATIENCE = (
    Patience(names=("claude-code",), silent_s=280, shown_s=900),
    Patience(names=("codex",), silent_s=100, shown_s=100),
    Patience(names=("visual studio code", "vscode"), silent_s=240, shown_s=240),
)


def patience_s(
    client: str,
    usual_s: float,
    *,
    may_stream: bool,
    asks_progress: bool,
    clients: Sequence[Patience] = PATIENCE,
) -> float:
    """How long this client waits. `client` is what it calls itself; `usual_s` is for those nobody knows.

    Of `clients` the first that fits counts.
    """
    if not may_stream:
        return min(WHOLE_S, usual_s)
    name = client.lower()
    for known in clients:
        if any(part in name for part in known.names):
            return known.shown_s if asks_progress else known.silent_s
    return usual_s
