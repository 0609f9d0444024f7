import pytest
import re2

from firedoor.core.mask.catalogue import RULES
from firedoor.core.mask.detectors.beginnings import Beginnings, beginning, beginnings_of
from firedoor.core.mask.detectors.rule import Rule
from firedoor.model.errors import SettingsError
from firedoor.model.mask import OPERATIONAL, Kind
from tests.helpers.masks import CUSTOM, masker

ENABLED = tuple(rule for rule in RULES if rule.kind not in OPERATIONAL)
BEGINNINGS = Beginnings(ENABLED)
WEAK = frozenset({Kind.NAME, Kind.ADDRESS, Kind.EMAIL})
PUBLIC = {
    "pem": "its first line",
    "address_with_password": "all before the password",
    "odbc": "all before the password",
    "dsn_pairs": "all before the password",
    "mailchimp": "32 hexadecimal digits, which digests are too",
    "base64_of_a_credential": "six characters of what comes before the value",
    "discord": "24 letters, which words are too",
    "terraform": "14 letters, which words are too",
    "passport_machine_readable": "ten digits or letters, which numbers of everything are too",
}
"""Rules of which more than eight characters may stand at an end without a wait, and what those are."""


def end_of(text: str) -> str | None:
    at = BEGINNINGS.at_end(text)
    return None if at is None else text[at:]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("paid with 4111 1", "4111 1"),
        ("paid with 4111 1111 1111 111", "4111 1111 1111 111"),
        ("to DE89 3704", "DE89 3704"),
        ("key AKIAA1B2", "AKIAA1B2"),
        ("ghp_aB3dE6gH", "ghp_aB3dE6gH"),
        ("bearer eyJhbGciOi", "eyJhbGciOi"),
        ("from ada@", "ada@"),
        ("from ada@exam", "ada@exam"),
        ("please call 0151 2345", "0151 2345"),
        ("her codice RSSMRA85T", "RSSMRA85T"),
        ("postgres://app:hun", "hun"),
        ("the token: aB3dE6", "aB3dE6"),
        ("the address müller@exa", "müller@exa"),
    ],
)
def test_what_may_become_a_finding_is_seen_from_where_it_starts(text: str, end: str) -> None:
    assert end_of(text) == end


@pytest.mark.parametrize(
    "text",
    [
        "",
        "done in 1234",
        "card 4111",
        "at 2026-11-23",
        "at 10:42:07",
        "from 10.0.0.17",
        "version 1.2.34567",
        "build v41111",
        "http://localhost:8080",
        "http://localhost:8080/health",
        "spoke with Maria",
        "the password is required",
        "commit 3f2a91c",
        "pod checkout-7d9f6c5b4d-x7k2p",
        "5e0c26a51ff9a2d0",
        "5120 files, 4111 1111 1111 1111 and more",
    ],
)
def test_what_everything_begins_with_is_no_beginning(text: str) -> None:
    assert end_of(text) is None


@pytest.mark.promise("MASK-1")
@pytest.mark.parametrize(
    "rule", [rule for rule in ENABLED if rule.kind not in WEAK], ids=lambda rule: rule.name
)
def test_wherever_a_value_is_cut_its_first_part_is_found_or_seen_to_begin(rule: Rule) -> None:
    mask, sample = masker("on"), rule.sample
    found = re2.compile(rule.pattern.encode()).search(sample.encode())
    place = found.span(1) if len(found.groups()) and found.start(1) >= 0 else found.span()
    start, end = (len(sample.encode()[:at].decode()) for at in place)
    unseen = [
        cut
        for cut in range(start + 5, end)
        if mask.begun(sample[:cut]) is None and all(span.end < cut for span in mask.spans(sample[:cut]))
    ]
    assert rule.name in PUBLIC or max(unseen, default=start) - start <= 8, [
        sample[start:cut] for cut in unseen
    ]


def test_a_detector_of_the_operators_own_has_beginnings_too() -> None:
    own = beginnings_of((Rule(name="custom", kind="staff", pattern=CUSTOM[0].pattern, sample="E-123456"),))
    assert own.at_end("by E-123") == 3
    assert own.at_end("by E-") is None


def test_a_pattern_that_cannot_be_read_or_says_too_little_has_none() -> None:
    assert beginning(r"[[:digit:]]{20}") == ""
    assert beginning(r"[a-z]{3}") == ""
    assert beginning(r"(?:a|b)") == ""
    assert Beginnings(()).at_end("4111 1111") is None


def test_a_pattern_whose_beginnings_are_too_many_is_refused_in_the_settings() -> None:
    rule = Rule(name="custom", kind="staff", pattern=r"(?:\pL{30}\d{30}){16}", sample="")
    with pytest.raises(SettingsError, match="The beginnings of a pattern are too many") as refused:
        Beginnings((rule,))
    assert refused.value.code == "mask_pattern"
