import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.mask.detectors.rule import Rule
from firedoor.core.mask.detectors.scanner import Scanner
from firedoor.core.mask.detectors.together import Together


def rule(pattern: str, kind: str = "k") -> Rule:
    return Rule(name=pattern, kind=kind, pattern=pattern, sample="")


RULES = [
    rule(r"\b\d{3}\b", "number"),
    rule(r"a[^x]{0,6}b", "wide"),  # goes beyond a line break
    rule(r"(?:^|\s)-p(\w+)", "option"),
    rule(r"^\d+$", "whole"),
    rule(r"(?m:^)key:(\S+)(?m:$)", "line"),
    rule(r"ż+\s?(\d+)", "beside"),
    rule(r"sign", "sign"),
]
SIGN = len(RULES) - 1
SCANNER = Scanner(RULES)
PIECES = st.sampled_from(
    ["a", "b", "x", " ", "\n", "123", "7", "-ppw", "key:v", "ż", "\U0001f600", "sign", "'", "-", ":"]
)
TEXTS = st.lists(st.lists(PIECES, max_size=6).map("".join), min_size=1, max_size=8)


@given(TEXTS)
def test_of_texts_together_is_found_what_is_found_of_each(texts: list[str]) -> None:
    together = Together(SCANNER, texts, sign=SIGN)
    for number, text in enumerate(texts):
        alone = {span for span in SCANNER.find(text) if span.kind != "sign"}
        assert set(together.found.get(number, [])) == alone, (texts, number)
        assert "sign" not in text or number in together.signed


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["a", "b 123"], {1: ["number"]}),  # what goes beyond a text is none, and hides nothing
        (["a", "", "b", "a b"], {3: ["wide"]}),
        (["abxa", "b"], {0: ["wide"]}),  # within a text of which more goes beyond: found once
        (["123", "x", "456"], {0: ["number", "whole"], 2: ["number", "whole"]}),
        (["x", "-ppw"], {1: ["option"]}),
        (["ż", "77"], {1: ["whole"]}),
    ],
)
def test_no_match_goes_from_one_text_into_another(texts: list[str], found: dict[int, list[str]]) -> None:
    together = Together(SCANNER, texts, sign=SIGN)
    assert {n: sorted(span.kind for span in spans) for n, spans in together.found.items()} == found


def test_where_nothing_is_nothing_is_said() -> None:
    together = Together(Scanner(RULES[:1]), ["x", "y"], sign=99)
    assert (together.found, together.signed) == ({}, set())


def test_a_sign_says_which_texts_have_it() -> None:
    texts = [f"{'sign' if n % 3 == 0 else 'other'} {n}" for n in range(10)]
    assert Together(SCANNER, texts, sign=SIGN).signed == {0, 3, 6, 9}
