from firedoor.core.mask.structure.leaves import gathered, leaves


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
