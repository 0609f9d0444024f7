"""One entry of a recording, as a person or a program reads it. Text of agents and upstreams is escaped."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from firedoor.cli.output import clean
from firedoor.model.entry import EntryKind

if TYPE_CHECKING:
    from firedoor.edges.store.journal.reader import RecordedEntry
    from firedoor.model.json import Json, JsonObject

LONGEST_PAYLOAD = 600
"""Characters of a payload on a terminal. `--json` has all of it."""

_MARKS = {EntryKind.INTENT: "→", EntryKind.OUTCOME: "←", EntryKind.EVENT: "·", EntryKind.REFUSED: "!"}


def as_object(entry: "RecordedEntry") -> dict[str, object]:
    """Give the entry as an object of JSON: its payload as text where it is text."""
    try:
        payload: dict[str, object] = {"payload": entry.payload.decode("utf-8")}
    except UnicodeDecodeError:
        payload = {"payload_hex": entry.payload.hex()}
    return {
        "session": entry.session,
        "sequence": entry.sequence,
        "at": _at(entry.at_us),
        "kind": entry.kind.name.lower(),
        **entry.envelope,
        **payload,
    }


def as_line(entry: "RecordedEntry") -> str:
    """Give the entry as a line or two for a terminal."""
    mark = _MARKS.get(entry.kind, "─")
    kind = f"{mark} {entry.kind.name.lower():<9}"
    head = f"{_at(entry.at_us)[11:23]} {entry.sequence:>4} {kind}{clean(_facts(entry))}"
    if not entry.payload:
        return head
    text = clean(entry.payload[: LONGEST_PAYLOAD * 4].decode("utf-8", "backslashreplace"))
    shown = text if len(text) <= LONGEST_PAYLOAD else text[:LONGEST_PAYLOAD] + " …"
    return f"{head}\n{' ' * 18}{shown}"


def _at(at_us: int) -> str:
    seconds, rest = divmod(at_us, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:06d}Z"


def _facts(entry: "RecordedEntry") -> str:
    facts = entry.envelope
    if entry.kind is EntryKind.OPEN:
        actors = _list(facts.get("actors"))
        who = " ← ".join([_text(facts.get("principal")), *(_text(actor) for actor in actors)])
        upstream, era, peer = (_text(facts.get(key)) for key in ("upstream", "era", "peer"))
        return f"{who} at {upstream} ({era}) from {peer}"
    if entry.kind is EntryKind.INTENT:
        what = f"{_text(facts.get('method') or facts.get('message'))} {_text(facts.get('name'))}"
        return f"{what.rstrip()}{_verdict(facts.get('verdict'))}"
    known = ("call", "status", "result", "code", "reason", "calls", "method", "upstream", "peer")
    return "  ".join(f"{key}={_text(facts[key])}" for key in known if key in facts)


def _verdict(verdict: "Json") -> str:
    if not isinstance(verdict, dict):
        return ""
    rules = ", ".join(_text(rule) for rule in _list(verdict.get("rules"))) or "default"
    return f"  [{_text(verdict.get('effect'))}: {rules}]"


def _list(value: "Json") -> "list[Json]":
    return list(value) if isinstance(value, list | tuple) else []


def _text(value: "Json | JsonObject") -> str:
    return value if isinstance(value, str) else json.dumps(value)
