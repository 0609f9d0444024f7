import pytest

from firedoor.core.mask.detectors.vendors import VENDORS
from tests.helpers.masks import AROUND, is_all_that_is_masked, masker


@pytest.mark.parametrize("rule", VENDORS, ids=lambda rule: rule.name)
@pytest.mark.parametrize("around", AROUND)
def test_a_token_is_found_wherever_it_stands_and_nothing_around_it_is_changed(rule, around: str) -> None:
    assert is_all_that_is_masked(rule.sample, around)


@pytest.mark.parametrize(
    "text",
    [
        "commit 3f2a91c0b7d4e5f60718293a4b5c6d7e8f901234",
        "re_index_2024 finished, r8_cache warm, gsk_ prefix, sl.version",
        "pod tskey-operator-7d9f6c5b4d-x7k2p is ready",
        "sdk-01234567 installed, cio run, EAAS certificate, dp.pt.br locale",
        "https://acme.example.com/webhookb2/health",
        "splunk forwarder started; requirepass is not set",
    ],
)
def test_words_that_look_like_a_mark_are_no_token(text: str) -> None:
    assert masker("on").text(text).text == text
