"""Places of secrets; and the pack itself, where it is installed."""

import base64
from collections.abc import Callable, Sequence

import pytest

from firedoor.edges.second_look import pack
from firedoor.model.second_look import Sighting
from tests.corpora.masking import operational

TOKEN = "glpat-" + "uDDbZSzVpopOVrHX3t2O"


@pytest.fixture(scope="module")
def find() -> Callable[[str, str], Sequence[Sighting]]:
    if not pack.is_installed():
        pytest.skip("firedoor[secrets] is not installed: CI has it")
    return pack.finder()


@pytest.mark.parametrize(
    ("content", "place", "value", "expected"),
    [
        ("key=abc;", (0, 7), "abc", (4, 7)),
        ("é key=abc;", (3, 10), "abc", (6, 9)),
        ("key=abc;", (0, 7), "", (0, 7)),
        ("key=abc;", (0, 7), "xyz", (0, 7)),
    ],
)
def test_a_place_is_that_of_the_value_in_code_points(
    content: str, place: tuple[int, int], value: str, expected: tuple[int, int]
) -> None:
    assert pack.within(content.encode(), place, value.encode()) == expected


@pytest.mark.parametrize("before", ["", "déployé: ", "\U0001f692 "])
def test_a_secret_is_found_where_it_stands(
    find: Callable[[str, str], Sequence[Sighting]], before: str
) -> None:
    (one,) = find(f"{before}{TOKEN} done", "")
    assert (one.kind, one.start, one.end) == ("secret", len(before), len(before) + len(TOKEN))
    assert one.confidence == "high"
    assert one.rule.endswith("gitlab-pat")


def test_the_name_of_the_field_helps_and_moves_nothing(
    find: Callable[[str, str], Sequence[Sighting]],
) -> None:
    value = "m3yz7d1luvxil3i8xq" + "w7Zk2pT9"
    (one,) = find(TOKEN, "gitlab_token")
    assert (one.start, one.end) == (0, len(TOKEN))
    assert find(f"{value} {TOKEN}", "no name: of a field")[0].start == len(value) + 1


def test_what_is_written_in_base64_is_found_at_its_place(
    find: Callable[[str, str], Sequence[Sighting]],
) -> None:
    encoded = base64.b64encode(f"token {TOKEN} end".encode()).decode()
    found = find(f"secret: {encoded} .", "")
    assert [(one.start, one.end) for one in found] == [(8, 8 + len(encoded))]


def test_text_of_operations_holds_none(find: Callable[[str, str], Sequence[Sighting]]) -> None:
    assert find(operational(3, 50_000), "") == []
