"""Texts of people who had not read a detector: nearly every value is masked, and little else."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from firedoor.model.mask import CREDENTIALS
from tests.corpora.masking_hands import mark
from tests.helpers.masks import masker


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What is asked for, as shares of the values, and how many findings may be wrong."""

    of_all: float
    of_credentials: float
    of_a_kind: float
    told: float
    wrong: int


THIRD = Demand(of_all=0.95, of_credentials=0.97, of_a_kind=0, told=0, wrong=0)
"""Few values of most kinds, and labels that are coarser than kinds."""
FOURTH = Demand(of_all=0.98, of_credentials=0.985, of_a_kind=0.9, told=0.99, wrong=1)
FIFTH = Demand(of_all=0.96, of_credentials=0.96, of_a_kind=0.9, told=0.99, wrong=3)
SIXTH = Demand(of_all=0.94, of_credentials=0.98, of_a_kind=0.65, told=0.98, wrong=4)


@pytest.mark.parametrize(
    ("hand", "demand"), [("third", THIRD), ("fourth", FOURTH), ("fifth", FIFTH), ("sixth", SIXTH)]
)
def test_of_a_hands_texts_nearly_every_value_is_masked_and_as_what_it_is(
    hand: str, demand: Demand, record_property: Callable[[str, object], None]
) -> None:
    found = mark(masker(), hand)
    total, masked = found.labelled.total(), found.masked.total()
    record_property(
        "figure", f"masking, {hand} hand: {masked} of {total} values, {len(found.wrong)} wrong findings"
    )
    assert masked >= demand.of_all * total, found.missed
    assert found.share(frozenset(map(str, CREDENTIALS))) >= demand.of_credentials, found.missed
    for kind in found.labelled:
        assert found.share(frozenset({kind})) >= demand.of_a_kind, found.missed
    assert found.told >= demand.told * masked
    assert len(found.wrong) <= demand.wrong, found.wrong
