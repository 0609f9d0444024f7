import pytest

from tests.helpers.masks import masker


@pytest.mark.parametrize(
    "text",
    [
        "078-05-1121",
        "AB 12 34 56 C",
        "943 476 5919",
        "36 574 261 809",
        "2 95 10 99 126 111 93",
        "54362315K",
        "RCCMNL83S18D969H",
        "44051401359",
        "390.533.447-05",
        "880320-0016",
        "131052-308T",
        "85.07.30-033.28",
        "756.9217.0769.85",
        "2341 2341 2346",
        "860101-1234563",
    ],
)
def test_numbers_that_states_give_to_people_are_found(text: str) -> None:
    assert [one.kind for one in masker().text(f"id {text}.").found] == ["national_id"]


@pytest.mark.parametrize(
    "text", ["943 476 5918", "36 574 261 808", "54362315A", "390.533.447-06", "44051401358", "880320-0017"]
)
def test_a_wrong_checksum_is_none(text: str) -> None:
    assert masker().text(f"row {text}.").found == ()


@pytest.mark.parametrize(
    "text", ["Her BSN is 111222333.", "tax id: 12-3456789", "Steuer-ID 36574261809", "PESEL 44051401358"]
)
def test_after_its_name_a_number_needs_no_checksum(text: str) -> None:
    assert [one.kind for one in masker().text(text).found] == ["national_id"]
