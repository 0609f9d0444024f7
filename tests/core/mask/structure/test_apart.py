import json

import pytest

from firedoor.core.mask.structure.apart import are_pairs, by_turns, columns_of, has_names, titles_of
from firedoor.model.json import Json
from tests.helpers.masks import masker

PASSWORD = "hunter2x"
NAME = "Xiomara Villalobos"


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"columns": ["id", "email"], "rows": []}, ("id", "email")),
        (
            {"columns": [{"name": "id"}, {"label": "email"}, 7, {"type": "x"}], "data": []},
            ("id", "email", "", ""),
        ),
        ({"schema": {"fields": [{"name": "pin"}]}, "rows": []}, ("pin",)),
        ({"ResultSetMetadata": {"ColumnInfo": [{"Name": "pin"}]}, "Rows": []}, ("pin",)),
        ({"schema": {"title": "x"}, "fields": ["pin"], "rows": []}, ("pin",)),
        ({"schema": {"schema": {"schema": {"fields": ["pin"]}}}, "rows": []}, None),
        ({"columns": [], "rows": []}, None),
        ({"columns": ["pin"]}, None),
        ({"rows": []}, None),
    ],
)
def test_columns_beside_rows_are_named(value: dict[str, Json], names: tuple[str, ...] | None) -> None:
    assert columns_of(value) == names


@pytest.mark.parametrize(
    ("value", "titles"),
    [
        ([["id", "email", "city"], [1, "a@b.org", "Leeds"]], ("id", "email", "city")),
        ([["email", "phone"], ["a@b.org", "1"]], ("email", "phone")),
        ([["email", "a@b.org"], ["city", "Leeds"]], None),
        ([["id", "email", 7], [1, "a@b.org", 7]], None),
        ([["id", "email", "x" * 40], [1, "a@b.org", 7]], None),
        ([["id", "email", "city"]], None),
        ([["id", "email", "city"], 7], None),
        ([["id", "state", "city"], [1, "open", "Leeds"]], None),
        ([[], []], None),
        ([7, 8], None),
    ],
)
def test_a_first_row_of_titles_names_the_columns(value: list[Json], titles: tuple[str, ...] | None) -> None:
    assert titles_of(value) == titles


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ([["email", "a@b.org"], ["city", "Leeds"]], True),
        ([["city", "Leeds"]], False),
        ([["email", "a@b.org"], ["city"]], False),
        ([["email", "a@b.org"], [7, "Leeds"]], False),
        ([["email", ["a@b.org"]]], False),
        ([["email", "a@b.org"], 7], False),
    ],
)
def test_pairs_are_lists_of_a_name_and_a_value(value: list[Json], is_one: bool) -> None:
    assert are_pairs(value) == is_one
    assert has_names(value) == is_one


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (["id", 7, "password", PASSWORD], ("", "id", "", "password")),
        (["city", "Leeds", "state", "open"], None),
        (["email", "password", "name", "phone"], None),
        (["password", "username"], None),
        (["password", ["x"]], None),
        (["password", PASSWORD, "x"], None),
        (["web-1", "x", "password", PASSWORD], None),
        ([7, "x"], None),
        (["password", PASSWORD] * 33, None),
        ([], None),
    ],
)
def test_names_and_values_by_turns_are_known_by_their_names(
    value: list[Json], names: tuple[str, ...] | None
) -> None:
    assert by_turns(value) == names
    assert has_names(value) == (names is not None)


@pytest.mark.parametrize(
    ("value", "values"),
    [
        ([["contact", NAME], ["password", PASSWORD], ["email", "a@b.org"]], [NAME, PASSWORD, "a@b.org"]),
        ({"headers": [["Host", "x"], ["X-Auth-Token", "rJsxNlLFbZtHW3vc7Kok"]]}, ["rJsxNlLFbZtHW3vc7Kok"]),
        ({"values": [["id", "contact", "password"], [1, NAME, PASSWORD]]}, [PASSWORD]),
        (["contact", NAME, "email", "a@b.org", "password", PASSWORD], [NAME, "a@b.org", PASSWORD]),
        ({"columns": ["iban", "contact"], "data": [{"row": ["x", NAME]}]}, [NAME]),
        (
            {
                "schema": {"fields": [{"name": "pin"}, {"name": "iban"}]},
                "rows": [{"f": [{"v": "4711"}, {"v": None}]}],
            },
            ["4711"],
        ),
        (
            {"columnMetadata": [{"name": "password"}], "records": [[{"stringValue": PASSWORD}]]},
            [PASSWORD],
        ),
        (
            {"fields": {"contact": {"stringValue": NAME}, "email": {"stringValue": "a@b.org"}}},
            [NAME, "a@b.org"],
        ),
        ({"name": {"stringValue": NAME}, "iban": {"stringValue": "?"}}, [NAME]),
        ({"team": {"name": {"stringValue": NAME}}}, []),
        ({"attribute": "password", "value": PASSWORD}, [PASSWORD]),
        ({"attribute": "colour", "value": PASSWORD}, []),
        (
            {"keyName": "key1", "value": "whIT/A7rP/eAmILknoqgR9M9Jx3PW8Il=="},
            ["whIT/A7rP/eAmILknoqgR9M9Jx3PW8Il=="],
        ),
        (
            {"id": "https://x.vault.azure.net/secrets/sql/9", "value": "E7JiT1a3R3kVmRqE"},
            ["E7JiT1a3R3kVmRqE"],
        ),
        ({"required": ["password", "username"], "columns": [["a", "b"], ["c", "d"]]}, []),
    ],
)
def test_what_stands_apart_from_its_name_is_masked(value: Json, values: list[str]) -> None:
    document = json.dumps(value)
    found = masker().text(document).found
    assert [document[one.start : one.end] for one in found] == values
    assert not values or not masker().is_clean(value)
