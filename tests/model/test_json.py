"""What of parsed JSON is text."""

import pytest

from firedoor.model.json import Json, text_in, texts_of


@pytest.mark.parametrize(
    ("said", "text"), [({"a": "x"}, "x"), ({}, ""), ({"a": None}, ""), ({"a": 1}, ""), ({"a": ["x"]}, "")]
)
def test_a_member_that_is_no_text_is_empty(said: dict[str, Json], text: str) -> None:
    assert text_in(said, "a") == text


@pytest.mark.parametrize(
    ("value", "texts"),
    [(["a", 1, "b", None], ["a", "b"]), (("a",), ["a"]), ("ab", []), (None, [])],
)
def test_of_a_list_only_texts_are_taken_and_a_text_is_no_list(value: Json, texts: list[str]) -> None:
    assert texts_of(value) == texts
