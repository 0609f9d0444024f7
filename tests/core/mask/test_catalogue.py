from functools import cache

import pytest

from firedoor.core.mask.catalogue import RULES, detectors
from firedoor.core.mask.masker import Masker
from firedoor.model.errors import SettingsError
from firedoor.model.mask import Action, CustomDetector, Kind, MaskProfile
from tests.helpers.masks import TOKENS, masker

NETWORK = ("ip_address", "mac_address")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_detector_finds_its_own_sample_as_its_kind(rule) -> None:
    known = _everything() if rule.kind in NETWORK else masker()
    assert known.text(rule.sample).found, rule.name


@cache
def _everything() -> Masker:
    kinds = {kind.value: Action.OFF for kind in Kind}
    return Masker(MaskProfile(name="all", actions=kinds | dict.fromkeys(NETWORK, Action.TOKEN)), TOKENS)


def test_names_of_rules_are_their_own() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))


def test_what_a_profile_turns_off_is_not_compiled() -> None:
    kinds = {kind.value: Action.OFF for kind in Kind if kind is not Kind.IBAN}
    assert [rule.kind for rule in detectors(MaskProfile(name="x", actions=kinds)).rules] == ["iban"]


@pytest.mark.promise("MASK-4")
@pytest.mark.parametrize("pattern", ["(", r"(?=a)b", r"(a)\1", r"(?<!x)a"])
def test_a_pattern_that_could_backtrack_is_refused_at_start(pattern: str) -> None:
    own = CustomDetector(kind="own", pattern=pattern, sample="ab")
    with pytest.raises(SettingsError) as caught:
        detectors(MaskProfile(name="x", custom=(own,)))
    assert caught.value.code == "mask_pattern"


def test_a_detector_that_is_silent_on_its_sample_is_refused_at_start() -> None:
    own = CustomDetector(kind="own", pattern="abc", sample="abd")
    with pytest.raises(SettingsError) as caught:
        detectors(MaskProfile(name="x", custom=(own,)))
    assert caught.value.code == "mask_detector_silent"
