from functools import lru_cache

from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.mask.catalogue import detectors
from firedoor.core.mask.finder import Finder
from firedoor.model.mask import MaskProfile
from tests.corpora.masking import corpus

PIECES = [piece for document in corpus(24, 60) for piece in document.text.split(" ")]


@lru_cache(maxsize=1)
def finder() -> Finder:
    profile = MaskProfile(name="finder")
    return Finder(detectors(profile), frozenset({"ip_address", "mac_address"}))


@given(
    st.lists(
        st.one_of(
            st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
            st.text("ab1@.\uff20\n=: ", max_size=12),
        ),
        max_size=10,
    )
)
def test_of_all_texts_at_once_is_found_what_is_found_of_each(texts: list[str]) -> None:
    known = finder().each(texts)
    for text in texts:
        alone = finder().spans(text)
        spans = known.get(text, [])
        assert spans is None or [(one.start, one.end) for one in spans] == [
            (one.start, one.end) for one in alone
        ]


def test_what_cannot_be_told_together_is_asked_by_itself() -> None:
    assert finder().each(["ada@example.com", "ada\u200b@example.com", "x"]) == {
        "ada@example.com": finder().spans("ada@example.com"),
        "ada\u200b@example.com": None,
    }
    assert finder().each(["\ud800"]) == {"\ud800": None}
    assert finder().each([]) == {}


def test_texts_that_hold_too_much_together_are_asked_one_by_one() -> None:
    mails = [f"a{n}@b.io" for n in range(6000)]
    assert finder().each(mails) == dict.fromkeys(mails)


def test_a_long_text_is_asked_by_itself() -> None:
    long, empty, full = "ada@example.com " + "x " * 600, "y " * 600, "078-05-1121 " * 6_000
    assert finder().each([long, empty, full]) == {long: finder().spans(long), full: None}
