import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.decide.places.paths import decoded_fully, normalised, path_facts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/a/b/../c", "/a/c"),
        ("/../../etc", "/etc"),
        ("a//b/./c", "a/b/c"),
        ("../x", "../x"),
        ("", "."),
        ("/", "/"),
        ("%2e%2e/x", "../x"),
        ("%252e%252e/x", "../x"),
        ("a\\..\\b", "b"),
        ("/a/%2e%2e%2fb", "/b"),
        ("..", ".."),
    ],
)
def test_a_path_is_normalised(text: str, expected: str) -> None:
    assert normalised(text) == expected


@pytest.mark.parametrize(
    "text", ["../x", "a/../b", "%2e%2e/x", "..%2fx", "%252e%252e%252fx", "a\\..\\b", "%c0%ae%c0%ae/x"]
)
def test_traversal_is_seen_in_every_spelling(text: str) -> None:
    assert path_facts(text).has_traversal


@pytest.mark.parametrize("text", ["a..b", "...", "/a/b", "..a/b"])
def test_dots_within_a_name_are_no_traversal(text: str) -> None:
    assert not path_facts(text).has_traversal


def test_where_a_path_begins_and_ends_is_seen() -> None:
    assert path_facts("/etc").is_absolute
    assert path_facts("C:\\x").is_absolute
    assert path_facts("%2fetc").is_absolute
    assert not path_facts("etc").is_absolute
    assert path_facts("~/x").is_home
    assert path_facts("$HOME/x").is_home
    assert path_facts("a/../../x").leaves_root
    assert not path_facts("a/../x").leaves_root
    assert path_facts("a%00b").has_control
    assert path_facts("a%20b").is_encoded
    assert not path_facts("a b").is_encoded


@given(st.text(max_size=60))
def test_no_text_raises_and_a_normalised_path_stays_as_it_is(text: str) -> None:
    path_facts(text)
    once = normalised(decoded_fully(text))
    if "%" not in once:
        assert normalised(once) == once


def test_what_is_encoded_more_often_than_anybody_decodes_ends() -> None:
    assert decoded_fully("%" + "25" * 200 + "2e").startswith("%")
