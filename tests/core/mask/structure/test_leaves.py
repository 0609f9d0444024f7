from firedoor.core.mask.structure.leaves import gathered, leaves, telling


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


def test_a_first_look_takes_strings_large_numbers_and_names() -> None:
    strings: list[str] = []
    keys: set[str] = set()
    gathered({"a": ["x", 7, 4111111111111111, -200000.0, None, True], "b": {"c": "y"}}, strings, keys)
    assert sorted(strings) == ["-200000.0", "4111111111111111", "x", "y"]
    assert keys == {"a", "b", "c"}
    gathered("alone", strings, keys)
    assert strings[-1] == "alone"


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


def test_a_quick_look_takes_values_beside_names() -> None:
    document = {"env": [{"name": "DB_PASSWORD", "value": "x1y2"}]}
    found = telling(document, {"env", "name", "value"}, lambda name: name == "DB_PASSWORD")
    assert ("x1y2", "DB_PASSWORD") in [(leaf.value, leaf.name) for leaf in found]
