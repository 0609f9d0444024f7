"""The page about masking says what was measured."""

import pytest

from firedoor.model.mask import CREDENTIALS, OPERATIONAL, Kind
from tests.corpora.masking import corpus
from tests.corpora.messages import FOUND
from tests.helpers.masking_page import PAGE, page


@pytest.mark.takes_seconds
def test_the_page_says_what_is_measured() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "`make fix` writes it"


def test_every_kind_that_is_on_has_a_column() -> None:
    assert set(FOUND) == set(Kind) - OPERATIONAL


def test_the_corpus_has_as_many_sorts_as_the_page_promises() -> None:
    labels = {(label.kind, label.sort) for document in corpus(11, 300) for label in document.labels}
    secret = {sort for kind, sort in labels if kind in CREDENTIALS}
    assert len(secret) >= 9
    assert len({sort for _, sort in labels} - secret) >= 17
