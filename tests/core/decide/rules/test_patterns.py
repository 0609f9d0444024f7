"""Patterns match whole names, in time that no name makes long; a URI has every form a server may read."""

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.decide.rules.patterns import covers, forms_of, may_meet, pattern, wildcard_of

LETTERS = st.text(alphabet="ab.*?", max_size=8)


@given(LETTERS, st.text(alphabet="ab.", max_size=10))
def test_a_pattern_means_what_a_shell_means_by_it(text: str, name: str) -> None:
    expected = re.fullmatch(fnmatch.translate(text), name) is not None
    assert pattern(text).matches(name) is expected


def test_a_hostile_name_costs_no_more_than_its_length() -> None:
    assert not pattern("*a*a*a*a*a*a*a*a*b").matches("a" * 200_000)


@given(LETTERS, LETTERS, st.text(alphabet="ab.", max_size=8))
def test_what_covers_another_fits_all_that_it_fits(wide: str, narrow: str, name: str) -> None:
    if covers(wide, narrow) and pattern(narrow).matches(name):
        assert pattern(wide).matches(name)


@pytest.mark.parametrize(
    ("wide", "narrow", "does"),
    [
        ("*", "a?b", True),
        ("read_*", "read_users", True),
        ("read_*", "read_u*", True),
        ("read_*", "re*", False),
    ],
)
def test_a_pattern_covers_a_narrower_one(wide: str, narrow: str, does: bool) -> None:
    assert covers(wide, narrow) is does


@pytest.mark.parametrize(
    ("uri", "plain"),
    [
        ("file:///srv/docs/../.ssh/id", "file:///srv/.ssh/id"),
        ("file:///srv/%2e%2e/etc/shadow", "file:///etc/shadow"),
        ("file:///srv/%252e%252e/etc/shadow", "file:///etc/shadow"),
        ("FILE:///srv/./x", "file:///srv/x"),
        ("file:///srv\\..\\x", "file:///x"),
    ],
)
def test_a_uri_is_seen_as_written_and_as_it_would_be_opened(uri: str, plain: str) -> None:
    assert forms_of(uri) == (uri, plain)


def test_a_plain_uri_has_one_form() -> None:
    assert forms_of("file:///srv/docs/a.md") == ("file:///srv/docs/a.md",)


@given(LETTERS, LETTERS, st.text(alphabet="ab.", max_size=8))
def test_patterns_that_fit_one_name_may_meet(one: str, other: str, name: str) -> None:
    if pattern(one).matches(name) and pattern(other).matches(name):
        assert may_meet(one, other)


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        ("file:///pub/*", "file:///*", True),
        ("file:///pub/*", "file:///etc/*", False),
        ("*.md", "file:///*.txt", False),
        ("a", "a", True),
        ("a", "b", False),
    ],
)
def test_patterns_that_begin_or_end_differently_never_meet(one: str, other: str, may: bool) -> None:
    assert may_meet(one, other) is may_meet(other, one) is may


def test_a_template_stands_for_any_text_in_its_expressions() -> None:
    assert wildcard_of("file:///{+path}/x{?q,r}") == "file:///*/x*"
    assert wildcard_of("file:///plain") == "file:///plain"


def test_a_uri_is_decoded_as_often_as_servers_do_and_no_more() -> None:
    assert forms_of("file:///a%2525252ex") == ("file:///a%2525252ex", "file:///a%2ex")
