"""What the index keeps of one entry: a row to insert, or a change to one.

Envelopes hold what clients and upstreams sent. Texts are cut, what a database does not take (NUL, lone
surrogates, huge numbers) is replaced, and what has an unexpected type is absent: nothing here raises for
any entry, and no entry can stop those after it. No payload.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from firedoor.core.record.facts import IndexRow
from firedoor.edges.store.exposures import exposed
from firedoor.model.entry import EntryKind
from firedoor.model.json import Json, JsonObject

TEXT = 512
"""Characters kept of any text. An index is for finding; the whole stands in the record."""
NUMBER = 2**31
"""Numbers at or beyond it are no status and no sequence of ours."""

Value: TypeAlias = str | int | None
Row: TypeAlias = dict[str, Value]
Fact: TypeAlias = tuple[EntryKind, Row, int]
"""Kind, row, instant."""

LOST = "lost"
"""Why a session ended whose process did not end in order."""
UNKNOWN = "unknown"
"""The result of a call whose process did not end in order: the upstream may have executed it."""
ENDING = ("status", "result", "code", "ended_at_us")


@dataclass(slots=True, kw_only=True)
class Batch:
    """Rows that go to the database together. `until_us` is the latest instant among them."""

    opened: list[Row] = field(default_factory=list[Row])
    called: dict[tuple[Value, Value], Row] = field(default_factory=dict[tuple[Value, Value], Row])
    """By session and sequence number."""
    ended: list[Row] = field(default_factory=list[Row])
    """Ends of calls that began in an earlier batch."""
    closed: list[Row] = field(default_factory=list[Row])
    exposed: list[Row] = field(default_factory=list[Row])
    until_us: int = 0
    size: int = 0


def batch_of(facts: Iterable[Fact]) -> Batch:
    """Sort facts by what is done with them. A call that begins and ends here becomes one row."""
    batch = Batch()
    for kind, row, at_us in facts:
        batch.size += 1
        batch.until_us = max(batch.until_us, at_us)
        if kind is EntryKind.OUTCOME:
            begun = batch.called.get((row["of_session"], row["of_call"]))
            if begun is None:
                batch.ended.append(row)
            else:
                begun |= {name: row[name] for name in ENDING}
        elif kind is EntryKind.OPEN:
            batch.opened.append(row)
        elif kind is EntryKind.CLOSE:
            batch.closed.append(row)
        elif kind is EntryKind.EVENT:
            batch.exposed.append(row)
        else:
            batch.called[row["session_id"], row["sequence"]] = row
    return batch


def facts_of(row: IndexRow) -> list[Fact]:
    """Say what is kept of an entry: at most one fact of its own, and one of each value that it exposes."""
    if row.kind is EntryKind.RECOVERED:
        return list(_left_open(row))
    own = fact_of(row)
    found: list[Fact] = [] if own is None else [own]
    if "masked" in row.envelope:
        found += [(EntryKind.EVENT, exposure, row.at_us) for exposure in exposed(row)]
    return found


def fact_of(row: IndexRow) -> Fact | None:
    """Say what is kept of an entry; None where that is nothing."""
    shape = SHAPES.get(row.kind)
    # The session of the gateway itself is nobody's activity; what is recorded in it is found by its entries.
    if shape is None or (row.kind is EntryKind.OPEN and row.envelope.get("control") is True):
        return None
    return row.kind, shape(row), row.at_us


def _opened(row: IndexRow) -> Row:
    said = row.envelope
    client = said.get("client")
    named: JsonObject = client if isinstance(client, Mapping) else {}
    return {
        "id": row.session,
        "principal": _text(said.get("principal")),
        "agent": _agent(said),
        "grant_id": _text(said.get("grant")),
        "upstream": _text(said.get("upstream")),
        "era": _text(said.get("era")),
        "client_name": _text(named.get("name")),
        "client_version": _text(named.get("version")),
        "peer": _text(said.get("peer")),
        "opened_at_us": row.at_us,
    }


def _called(row: IndexRow) -> Row:
    """Make the row of an intent. Every row of one statement has every column."""
    said = row.envelope
    verdict = said.get("verdict")
    judged: JsonObject = verdict if isinstance(verdict, Mapping) else {}
    return {
        "session_id": row.session,
        "sequence": row.sequence,
        "at_us": row.at_us,
        "principal": None,
        "agent": None,
        "upstream": _text(said.get("upstream")),
        "peer": _text(said.get("peer")),
        "message": _text(said.get("message")),
        "method": _text(said.get("method")),
        "name": _text(said.get("name")),
        "effect": _text(judged.get("effect")),
        "rules": _lines(judged.get("rules")),
        "mode": _text(judged.get("mode")),
        "status": None,
        "result": None,
        "code": None,
        "ended_at_us": None,
    }


_SUBJECTS = ("name", "session", "id", "grant", "approval")
"""Members of a control entry that say what it is about, in the order in which one is taken."""


def _refused(row: IndexRow) -> Row:
    """Who is known of what met a lock: an incident asks whether a locked agent still knocks."""
    said = row.envelope
    return _called(row) | {
        "principal": _text(said.get("principal")),
        "agent": _agent(said),
        "message": "refused",
        "method": _text(said.get("verb")),
        "status": _number(said.get("status")),
        "result": "refused",
        "code": _text(said.get("reason")),
        "ended_at_us": row.at_us,
    }


def _controlled(row: IndexRow) -> Row:
    """What was done, found by who did it and by what it was done to."""
    said = row.envelope
    by, what = said.get("by"), said.get("what")
    subject = next((said[name] for name in _SUBJECTS if said.get(name)), None)
    return _called(row) | {
        "message": "control",
        "method": _text(what),
        "name": _text(subject),
        "principal": _text(by.get("name") if isinstance(by, Mapping) else by),
    }


def _approved(row: IndexRow) -> Row:
    """What people said, found by who said it."""
    said = row.envelope
    return _called(row) | {
        "message": "approval",
        "method": _text(said.get("what")),
        "name": _text(said.get("approval") or said.get("permit")),
        "principal": _text(said.get("by")),
        "result": _text(said.get("decision")),
        "ended_at_us": row.at_us,
    }


def _ended(row: IndexRow) -> Row:
    said = row.envelope
    code = _number(said.get("code"))
    return {
        "of_session": row.session,
        "of_call": _number(said.get("call")),
        "status": _number(said.get("status")),
        "result": _text(said.get("result")),
        "code": _text(said.get("code")) if code is None else str(code),
        "ended_at_us": row.at_us,
    }


def _closed(row: IndexRow) -> Row:
    return {
        "of_session": row.session,
        "closed_at_us": row.at_us,
        "close_reason": _text(row.envelope.get("reason")),
    }


def _left_open(row: IndexRow) -> Iterator[Fact]:
    """What an earlier process did not end: its sessions are lost, its calls have an unknown outcome."""
    named = row.envelope.get("left_open")
    for each in named if isinstance(named, list | tuple) else ():
        if not isinstance(each, Mapping) or not (session := _text(each.get("session"))):
            continue
        unknown = each.get("unknown")
        for call in unknown if isinstance(unknown, list | tuple) else ():
            ended: Row = {"of_session": session, "of_call": _number(call), "status": None, "code": None}
            yield EntryKind.OUTCOME, ended | {"result": UNKNOWN, "ended_at_us": row.at_us}, row.at_us
        closed: Row = {"of_session": session, "closed_at_us": row.at_us, "close_reason": LOST}
        yield EntryKind.CLOSE, closed, row.at_us


def _agent(said: JsonObject) -> str | None:
    """Give the last of the actors: who acts at the end of the chain."""
    actors = said.get("actors")
    return _text(actors[-1]) if isinstance(actors, list | tuple) and actors else None


def _text(value: Json) -> str | None:
    if not isinstance(value, str):
        return None
    cut = value[:TEXT].replace("\x00", "\ufffd")
    return (cut if cut.isascii() else cut.encode("utf-8", "replace").decode("utf-8")) or None


def _number(value: Json) -> int | None:
    return value if isinstance(value, int) and -NUMBER < value < NUMBER else None


def _lines(value: Json) -> str | None:
    if not isinstance(value, list | tuple) or not value:
        return None
    return "\n" + "\n".join([_text(line) or "" for line in value]) + "\n"


SHAPES = {
    EntryKind.OPEN: _opened,
    EntryKind.INTENT: _called,
    EntryKind.OUTCOME: _ended,
    EntryKind.CONTROL: _controlled,
    EntryKind.APPROVAL: _approved,
    EntryKind.CLOSE: _closed,
    EntryKind.REFUSED: _refused,
}
