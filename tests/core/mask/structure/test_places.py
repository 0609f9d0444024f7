import pytest

from firedoor.core.mask.structure.places import of_leaves


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("$.a.b", "$.a.b"),
        ("$.rows[*].where", "$.rows[17].where"),
        ("$.a.*", "$.a.anything"),
        ("$[*]", "$[0]"),
    ],
)
def test_a_place_as_settings_write_it_is_that_of_its_leaves(path: str, place: str) -> None:
    assert of_leaves(path).fullmatch(place)


@pytest.mark.parametrize(
    ("path", "place"),
    [("$.a.b", "$.axb"), ("$.rows[*]", "$.rows[x]"), ("$.a.*", "$.a.b.c"), ("$.a", "$.a.b")],
)
def test_a_place_is_that_of_no_others(path: str, place: str) -> None:
    assert of_leaves(path).fullmatch(place) is None
