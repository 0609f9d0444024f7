"""URLs and paths in arguments, as conditions see them."""

import pytest

from firedoor.core.decide.rules.places import MOST, PlacesFloodError, paths_in, urls_in
from firedoor.core.decide.rules.schema import FACTS


def test_urls_are_found_whole_and_within_a_text() -> None:
    (first, second) = urls_in(["https://Example.com/a/../b", "see http://10.0.0.7:8080/x for more"])
    assert (first["host"], first["path"], first["private"]) == ("example.com", "/b", False)
    assert (second["host"], second["port"], second["private"]) == ("10.0.0.7", 8080, True)
    assert list(first) == list(FACTS["urls"].item.members)


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("http://169.254.169.254/latest/meta-data", "metadata"),
        ("http://2130706433/", "private"),
        ("http://0x7f.1/", "odd"),
        ("https://ci:token@example.com/", "userinfo"),
        ("https://example.com/a/%2e%2e/b", "traversal"),
    ],
)
def test_a_url_is_known_in_its_disguises(text: str, member: str) -> None:
    (found,) = urls_in([text])
    assert found[member] is True


def test_what_looks_like_a_url_and_cannot_be_read_is_the_worst() -> None:
    (found,) = urls_in(["x http:\\\\[bad ok"])
    assert found["private"] is True
    assert found["odd"] is True


def test_paths_are_found_and_urls_are_none() -> None:
    found = paths_in(
        ["/srv/a/../b", "~/x", "docs/%2e%2e/%2e%2e/y", "C:\\x", "https://example.com/z", "plain"]
    )
    assert found[0]["path"] == "/srv/b"
    assert len(found) == 4
    assert (found[0]["absolute"], found[1]["home"], found[2]["outside"]) == (True, True, True)
    assert list(found[0]) == list(FACTS["paths"].item.members)


def test_more_places_than_a_decision_may_cost_stop_it() -> None:
    with pytest.raises(PlacesFloodError):
        urls_in([f"https://{n}.example.com/" for n in range(MOST + 1)])
    with pytest.raises(PlacesFloodError):
        paths_in(["/" + "a" * 9_000])


def test_texts_without_a_place_have_none() -> None:
    assert urls_in(["plain", "a: b", ""]) == []
    assert paths_in(["plain", "", "a b"]) == []
