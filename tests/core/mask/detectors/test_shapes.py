import pytest
from hypothesis import given
from hypothesis import strategies as st
from re2._re2 import RE2

from firedoor.core.mask.cannot import CannotMask
from firedoor.core.mask.catalogue import RULES
from firedoor.core.mask.detectors.shapes import Shapes, told
from firedoor.model.errors import SettingsError

RULES_OF_SHAPE = [rule for rule in RULES if rule.is_shape]
PATTERNS = {number: rule.hint or rule.pattern for number, rule in enumerate(RULES_OF_SHAPE, start=100)}
ONE_BY_ONE = {number: RE2(pattern.encode(), RE2.Options()) for number, pattern in PATTERNS.items()}
SHAPES = Shapes(list(PATTERNS.items()))
PIECES = st.one_of(
    st.sampled_from([rule.sample for rule in RULES_OF_SHAPE]),
    st.text("0123456789 -./ABXZ:", max_size=12),
    st.sampled_from(["\n", " ", "ż", "\U0001f600", "x"]),
)


def one_by_one(text: bytes) -> list[int]:
    size = len(text)
    return [
        number
        for number, pattern in ONE_BY_ONE.items()
        if pattern.Match(RE2.Anchor.UNANCHORED, text, 0, size)[0][0] >= 0
    ]


@given(st.lists(PIECES, max_size=8).map("".join))
def test_all_together_match_what_they_match_one_by_one(text: str) -> None:
    assert sorted(SHAPES.hits(text.encode())) == one_by_one(text.encode())


def test_a_long_text_is_read_to_its_end() -> None:
    samples = "".join(f"{'7 1-' * 20_000}\n{rule.sample}\n" for rule in RULES_OF_SHAPE)
    assert sorted(SHAPES.hits(samples.encode())) == list(PATTERNS)


def test_of_a_text_that_was_not_read_to_its_end_nothing_is_said() -> None:
    assert told([2, 0], [7, 8]) == [7]
    for found in ([], [0], [0, 1]):
        with pytest.raises(CannotMask):
            told(found, [7, 8])


def test_a_pattern_that_cannot_be_compiled_is_refused_at_start() -> None:
    for pattern in ("(", r"(?:\d{900}){900}"):
        with pytest.raises(SettingsError) as caught:
            Shapes([(0, r"\d"), (1, pattern)])
        assert caught.value.code == "mask_pattern"
