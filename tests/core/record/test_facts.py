from firedoor.core.record.facts import facts
from firedoor.model.entry import EntryKind
from firedoor.model.ids import SessionId


def test_a_row_is_the_entry_without_its_payload() -> None:
    row = facts(EntryKind.INTENT, SessionId("s"), 3, 5, {"method": "tools/call"})
    assert (row.kind, row.session, row.sequence, row.at_us) == (EntryKind.INTENT, "s", 3, 5)
    assert row.envelope == {"method": "tools/call"}
    assert not hasattr(row, "payload")
