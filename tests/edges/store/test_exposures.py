from pathlib import Path

import pytest

from firedoor.edges.store.database import open_database
from firedoor.edges.store.exposures import StoredExposures, exposed
from firedoor.edges.store.store import Store
from firedoor.model.entry import EntryKind
from firedoor.model.errors import ClientError
from firedoor.model.json import Json
from tests.helpers.exposures import ONE, ROWS, row


def test_what_was_found_is_told_with_who_saw_it_and_when(tmp_path: Path) -> None:
    store = Store.open("sqlite", tmp_path)
    store.index.note(ROWS)
    assert store.index.flush()
    found = store.exposures.of_marks(["aa" * 16])
    assert [
        (one.session, one.sequence, one.at_us, one.principal, one.agent, one.upstream) for one in found
    ] == [(ONE, 2, 2000, "team", "bot", "crm")]
    assert [one.kind for one in store.exposures.of_session(ONE)] == ["email", "name", "card"]
    store.close()


def test_a_message_is_found_under_the_call_that_it_belongs_to(tmp_path: Path) -> None:
    own = row(EntryKind.INTENT, 5, {"masked": [["card", "token", 0, 4, "dd" * 16]]})
    beyond: list[Json] = [7, "1", None, -1]  # a call begins before what belongs to it
    rows = [
        row(EntryKind.EVENT, 6, {"call": call, "masked": [["card", "token", 0, 4, f"{place:032}"]]})
        for place, call in enumerate(beyond)
    ]
    with_calls = Store.open("sqlite", tmp_path)
    with_calls.index.note([*ROWS, own, *rows])
    assert with_calls.index.flush()
    found = [(one.sequence, one.call) for one in with_calls.exposures.of_session(ONE)]
    assert found == [(2, 1), (2, 1), (3, 1), (5, 5), (6, None), (6, None), (6, None), (6, None)]
    with_calls.close()


def test_the_index_is_made_again_from_the_record(tmp_path: Path) -> None:
    store = Store.open("sqlite", tmp_path)
    store.index.note(ROWS)
    assert store.index.flush()
    (tmp_path / "again").mkdir()
    again = Store.open("sqlite", tmp_path / "again")
    again.index.catch_up(ROWS)
    assert again.exposures.of_session(ONE) == store.exposures.of_session(ONE) != ()
    again.close()
    store.close()


def test_a_list_that_would_be_cut_is_none(tmp_path: Path) -> None:
    store = Store.open("sqlite", tmp_path)
    store.index.note(ROWS)
    assert store.index.flush()
    database = open_database("sqlite", tmp_path)
    assert len(StoredExposures(database, most=3).of_session(ONE)) == 3
    with pytest.raises(ClientError, match="More than 2 values") as refused:
        StoredExposures(database, most=2).of_session(ONE)
    assert refused.value.code == "exposure_too_much"
    database.close()
    store.close()


@pytest.mark.parametrize(
    "masked", ["x", 7, None, [1], [["email"]], [["email", "token", 1, 2, 3]], [["email", "token", 1, 2, ""]]]
)
def test_an_envelope_of_another_shape_exposes_nothing(masked: Json) -> None:
    assert exposed(row(EntryKind.OUTCOME, 1, {"masked": masked})) == []
