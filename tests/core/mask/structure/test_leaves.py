from types import MappingProxyType

from firedoor.core.mask.structure.leaves import flattened, leaves


def test_a_row_has_the_names_of_its_columns() -> None:
    value = {"columns": ["id", {"name": "dob"}], "rows": [[1, "1984-03-12"], [2]]}
    named = [
        (leaf.value, leaf.name)
        for leaf in leaves(value)
        if not leaf.is_key and leaf.path.startswith("$.rows")
    ]
    assert named == [(1, "id"), ("1984-03-12", "dob"), (2, "rows")]


def test_what_stands_beside_personal_data_is_about_a_person() -> None:
    value = [{"name": "x", "email": "y"}, {"name": "x", "port": 1}]
    assert [leaf.is_person for leaf in leaves(value) if leaf.name == "name"] == [True, False]


def test_places_and_keys_are_told() -> None:
    told = [(leaf.path, leaf.value, leaf.is_key) for leaf in leaves({"a": [{"b": "c"}], "d": None})]
    assert told == [("", "a", True), ("", "b", True), ("$.a[0].b", "c", False), ("", "d", True)]


def test_rows_of_the_same_members_are_told_as_one_by_one() -> None:
    rows = [{"name": f"n{n}", "phone": n, "ok": True, "x": None} for n in range(5)]
    apart = [*rows, {"name": "last"}]
    assert leaves({"r": rows}) == leaves({"r": apart})[:-2]
    assert [leaf.path for leaf in leaves(rows) if leaf.value == "n1"] == ["$[1].name"]
    assert [leaf.is_person for leaf in leaves(rows) if leaf.name == "name"] == [True] * 5


def test_rows_that_hold_more_than_values_are_told_as_one_by_one() -> None:
    rows = [{"name": f"n{n}", "at": {"phone": n}} for n in range(5)]
    assert leaves({"r": rows}) == leaves({"r": [*rows, {"name": "last"}]})[:-2]
    assert [leaf.path for leaf in leaves(rows) if leaf.value == 3] == ["$[3].at.phone"]


def test_columns_without_rows_name_nothing() -> None:
    told = [leaf.name for leaf in leaves({"columns": ["dob", "surname"], "note": ["x", "y"]})]
    assert not {"dob", "surname"} & set(told)


def test_leaves_whose_place_says_something_are_known() -> None:
    flat = flattened([{"phone": 7, "id": 1}, {"phone": 8, "id": 2}, {"email": "x", "blob": "y", "z": ["q"]}])
    assert [flat.values[index] for index in flat.asking] == [7, 8, "y"]
    nothing = flattened([None, True])
    assert [nothing.leaf(index) for index in range(2)] == [None, None]


def test_a_value_beside_a_name_stands_under_that_name() -> None:
    def named(value: dict[str, object]) -> list[tuple[object, str]]:
        return [(leaf.value, leaf.name) for leaf in leaves(value) if not leaf.is_key]

    assert named({"name": "DB_PASSWORD", "value": "x1y2"}) == [
        ("DB_PASSWORD", "name"),
        ("x1y2", "DB_PASSWORD"),
    ]
    assert named({"Key": "ApiKey", "Value": "x"})[1] == ("x", "ApiKey")
    assert named({"name": "LOG_LEVEL", "value": "debug"})[1] == ("debug", "value")
    assert named({"value": "x"}) == [("x", "value")]
    assert named({"name": 7, "Content": "x"})[1] == ("x", "Content")


def test_a_mapping_that_is_no_dict_is_walked_as_one() -> None:
    value = MappingProxyType({"a": MappingProxyType({"b": "c"})})
    assert [(leaf.path, leaf.value) for leaf in leaves(value) if not leaf.is_key] == [("$.a.b", "c")]
