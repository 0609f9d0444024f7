"""What of a model's labels counts; and the model itself, where it is installed."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from firedoor.edges.second_look import names
from firedoor.edges.second_look.names import Token, sightings, tokens_of
from firedoor.model.second_look import Sighting
from tests.corpora.masking import operational

FILE = Path(__file__).parents[2] / "corpora" / "second_look.jsonl"
is_installed = pytest.mark.skipif(
    not names.is_installed(), reason="firedoor[ner] is not installed: CI has it"
)
GIVEN, SURNAME, HOUSE, STREET, CITY, ZIP = (
    "GIVEN_NAME", "SURNAME", "BUILDING_NUMBER", "STREET_NAME", "CITY", "ZIP_CODE",
)  # fmt: skip


def tokens(text: str, *labelled: tuple[str, str], score: float = 0.99) -> list[Token]:
    """Label pieces of a text, in order."""
    found: list[Token] = []
    at = 0
    for piece, label in labelled:
        at = text.index(piece, at)
        found.append(Token(at, at + len(piece), label, score))
        at += len(piece)
    return found


def values(text: str, *labelled: tuple[str, str], score: float = 0.99) -> list[str]:
    return [text[one.start : one.end] for one in sightings(text, tokens(text, *labelled, score=score))]


def test_labels_next_to_each_other_are_one_name() -> None:
    text = "so Margaret Holloway said"
    labelled = tokens(
        text, ("so", ""), ("Margaret", GIVEN), ("Hollo", SURNAME), ("way", SURNAME), ("said", "")
    )
    assert sightings(text, labelled) == [
        Sighting(kind="name", start=3, end=20, confidence="0.99", rule="GIVEN_NAME SURNAME")
    ]


def test_an_address_goes_on_over_commas_and_not_over_lines() -> None:
    text = "at 14 Birchwood Lane, Leeds LS6\n12 Elm St"
    labelled = (("14", HOUSE), ("Birchwood Lane", STREET), (",", ""), ("Leeds", CITY), ("LS6", ZIP))
    assert values(text, *labelled, ("12", HOUSE), ("Elm St", STREET)) == [
        "14 Birchwood Lane, Leeds LS6",
        "12 Elm St",
    ]


def test_kinds_next_to_each_other_stay_apart() -> None:
    assert values("Ann Lee, 12 Elm", ("Ann", GIVEN), ("Lee", SURNAME), ("12", HOUSE), ("Elm", STREET)) == [
        "Ann Lee",
        "12 Elm",
    ]


@pytest.mark.parametrize(
    ("text", "labelled"),
    [
        ("in Leeds today", (("Leeds", CITY),)),
        ("took 51522 ms", (("51522", ZIP),)),
        ("status 412 94059", (("412", HOUSE), ("94059", ZIP))),
    ],
)
def test_a_part_of_an_address_alone_is_none(text: str, labelled: Sequence[tuple[str, str]]) -> None:
    assert values(text, *labelled) == []


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("auth failed", "auth"),
        ("state=tate", "tate"),
        ("the NIR of", "NIR"),
        ("from Db2Pool", "Db2Pool"),
        ("a Max_Conn b", "Max_Conn"),
        ("see $Name", "Name"),
        ("call Foo() now", "Foo"),
        ("a X b", "X"),
        ("in unbelievably", "Un".lower()),
    ],
)
def test_a_word_of_code_is_no_name(text: str, piece: str) -> None:
    assert values(text, (piece, GIVEN)) == []


def test_a_word_counts_whole_or_not_at_all() -> None:
    assert values("Dear Wolfgang, ...", ("Wolfg", GIVEN)) == ["Wolfgang"]
    assert values("Dear Wolfgangsee, ...", ("Wolf", GIVEN)) == []


def test_a_single_word_must_be_surer_than_two() -> None:
    assert values("Dear Anna, hi", ("Anna", GIVEN), score=0.85) == []
    assert values("Dear Anna, hi", ("Anna", GIVEN), score=0.95) == ["Anna"]
    assert values("Dear Anna Lee, hi", ("Anna", GIVEN), ("Lee", SURNAME), score=0.85) == ["Anna Lee"]
    assert values("Dear Anna Lee, hi", ("Anna", GIVEN), ("Lee", SURNAME), score=0.75) == []


def test_names_in_capitals_are_names_if_they_are_two() -> None:
    assert values("by OLIVIA BENNETT", ("OLIVIA", GIVEN), ("BENNETT", SURNAME)) == ["OLIVIA BENNETT"]


def capitals(most: int = 10_000) -> Callable[[str], list[Token] | None]:
    """A model for which every word with a capital is a name; it takes so many characters."""

    def labels(window: str) -> list[Token] | None:
        if len(window) > most:
            return None
        found: list[Token] = []
        at = 0
        for word in window.split(" "):
            found.append(Token(at, at + len(word), GIVEN if word[:1].isupper() else "", 0.99))
            at += len(word) + 1
        return [token for token in found if token.end > token.start]

    return labels


@pytest.mark.parametrize("most", [10_000, 300, 60])
@pytest.mark.parametrize("before", [0, 185, 190, 191, 192, 195, 235, 238, 240, 500])
def test_a_name_at_the_seam_of_two_windows_is_seen_whole(before: int, most: int) -> None:
    text = "x " * before + "Wolfgang " + "y " * 400
    found = sightings(text, tokens_of(text, capitals(most)))
    assert [text[one.start : one.end] for one in found] == ["Wolfgang"]


def blind_at_edges(window: str) -> list[Token]:
    """A model that takes what stands near an edge of its window for nothing: it lacks what is around it."""
    found = capitals()(window) or []
    inside = range(40, len(window) - 40)
    return [
        Token(one.start, one.end, one.label if one.start in inside and one.end in inside else "", one.score)
        for one in found
    ]


@pytest.mark.parametrize("before", range(150, 260, 5))
def test_of_two_windows_the_one_counts_that_sees_more_around_it(before: int) -> None:
    text = "x " * before + "Wolfgang " + "y " * 400
    found = sightings(text, tokens_of(text, blind_at_edges))
    assert [text[one.start : one.end] for one in found] == ["Wolfgang"]


@is_installed
def test_the_model_finds_what_stands_in_its_sample() -> None:
    find = names.finder()
    found = {(one.kind, names.SAMPLE[one.start : one.end]) for one in find(names.SAMPLE, "")}
    assert found == {("name", "Margaret Holloway"), ("address", "14 Birchwood Lane, Leeds LS6 2AB")}


@is_installed
def test_characters_that_are_many_tokens_do_not_stop_the_model() -> None:
    text = "\U0001f9d1\u200d\U0001f692" * 400 + " 한국어" * 300 + " and Margaret Holloway called."
    found = names.finder()(text, "")
    assert "Margaret Holloway" in [text[one.start : one.end] for one in found]


@is_installed
def test_of_names_in_prose_the_model_finds_most_and_of_operations_text_it_makes_none(
    record_property: Callable[[str, object], None],
) -> None:
    """Texts written without a look at its answers. A third are traps: words that look like names."""
    find = names.finder()
    labelled, seen, wrong = Counter[str](), Counter[str](), list[str]()
    for line in FILE.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        text, found = case["text"], find(case["text"], "")
        for kind, start, end in case["labels"]:
            labelled[kind] += 1
            seen[kind] += sum(max(0, min(end, o.end) - max(start, o.start)) for o in found) >= 0.8 * (
                end - start
            )
        wrong += [
            text[o.start : o.end]
            for o in found
            if not any(start < o.end and o.start < end for _, start, end in case["labels"])
        ]
    figure = {kind: f"{seen[kind]} of {number}" for kind, number in labelled.items()}
    record_property("figure", f"second look, prose: {figure}, {len(wrong)} wrong")
    assert seen["name"] >= 22, figure
    assert seen["address"] >= 7, figure
    assert len(wrong) <= 8, wrong
    assert list(find(operational(3, 20_000), "")) == []
