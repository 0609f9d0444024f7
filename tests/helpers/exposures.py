"""Rows of an index of what left."""

from firedoor.core.record.facts import IndexRow
from firedoor.model.entry import EntryKind
from firedoor.model.ids import SessionId
from firedoor.model.json import Json

ONE = SessionId("018f0000-0000-7000-8000-000000000001")
OPEN: dict[str, Json] = {
    "principal": "team",
    "actors": ["bot"],
    "grant": "g_1",
    "upstream": "crm",
    "era": "legacy",
}
MASKED: Json = [
    ["email", "token", 3, 9, "aa" * 16],
    ["email", "token", 30, 36, "aa" * 16],
    ["name", "note", 1, 2, "bb" * 16],
]


def row(kind: EntryKind, sequence: int, envelope: dict[str, Json]) -> IndexRow:
    return IndexRow(kind=kind, session=ONE, sequence=sequence, at_us=sequence * 1000, envelope=envelope)


ROWS = [
    row(EntryKind.OPEN, 0, OPEN),
    row(EntryKind.EVENT, 2, {"call": 1, "masked": MASKED}),
    row(
        EntryKind.OUTCOME,
        3,
        {"call": 1, "status": 200, "result": "result", "masked": [["card", "token", 0, 4, "cc" * 16]]},
    ),
]
