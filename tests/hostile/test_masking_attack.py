"""Texts of somebody who had not seen the detectors: nearly all is found, and hardly anything by mistake."""

import sys

from tests.corpora.masking_attack import attack, operational_attack
from tests.corpora.measure import scores
from tests.helpers.masks import masker

CREDENTIALS = {
    "cloud_key",
    "vendor_token",
    "jwt",
    "private_key",
    "connection_string",
    "password",
    "secret",
}


def test_of_an_attackers_texts_next_to_nothing_is_missed(capsys) -> None:
    by_kind = scores(masker(), attack())
    labelled = sum(score.labelled for score in by_kind.values())
    missed = [one for score in by_kind.values() for one in score.missed]
    lost = [one for kind in CREDENTIALS for one in by_kind[kind].missed]
    of_credentials = sum(by_kind[kind].labelled for kind in CREDENTIALS)
    with capsys.disabled():
        sys.stdout.write(f"\nmask, attack: {len(missed)} of {labelled} values missed\n")
    assert labelled >= 320
    assert len(missed) <= labelled / 50, missed
    assert len(lost) <= of_credentials / 100, lost


def test_of_an_attackers_texts_little_is_found_by_mistake() -> None:
    wrong = [one for score in scores(masker(), attack()).values() for one in score.wrong]
    assert len(wrong) <= 3, wrong


def test_in_an_attackers_text_of_operations_hardly_anything_is_found() -> None:
    text = operational_attack(5, 100 * 1024)
    found = [f"{one.kind}: {text[one.start - 30 : one.end]!r}" for one in masker().text(text).found]
    assert len(found) <= 0.1 * 100, found[:10]
