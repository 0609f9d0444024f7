import re

import pytest
import re2

from firedoor.core.mask.catalogue import RULES
from firedoor.core.mask.detectors.pattern import Group, UnknownPatternError, has_finding, read, written


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_pattern_of_every_detector_is_read_and_means_the_same_written_again(rule) -> None:
    again = re2.compile(written(read(rule.pattern)).encode())
    found, as_before = again.search(rule.sample.encode()), re2.compile(rule.pattern.encode())
    before = as_before.search(rule.sample.encode())
    assert found is not None
    assert found.span() == before.span()
    assert again.groups == as_before.groups


def test_a_finding_is_a_group_that_counts() -> None:
    assert has_finding(read("a(b)"))
    assert has_finding(read("a(?:b|(c))"))
    assert has_finding(read("(?P<x>c)+"))
    assert not has_finding(read("a(?:b)"))
    assert read("(?i)a") == Group(read("a"), "i")


@pytest.mark.parametrize("pattern", ["a)", "*a", "(?=a)", "(a", "[a", r"\1", r"\Qa", "[[:alpha:]]", "\\"])
def test_what_this_reader_does_not_know_it_says(pattern: str) -> None:
    with pytest.raises(UnknownPatternError):
        read(pattern)


def test_a_character_says_the_more_the_fewer_it_may_be() -> None:
    written_with = ["a", "[0-9]", "[a-z]", r"\w", "[^a]", "."]
    bits = [read(pattern).bits for pattern in written_with]
    assert bits == sorted(bits, reverse=True)
    assert read("[\u03b1-\u03c9]").bits < read("[0-9]").bits
    assert read(r"[\d]").bits == read(r"\d").bits
    assert read(r"\p{L}").bits == read(r"[\pL]").bits
    assert re.fullmatch(written(read("[]a]")), "]")
