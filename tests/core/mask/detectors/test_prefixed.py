import pytest

from firedoor.core.mask.detectors.prefixed import PREFIXED
from tests.helpers.masks import AROUND, is_all_that_is_masked, masker


@pytest.mark.parametrize("rule", PREFIXED, ids=lambda rule: rule.name)
@pytest.mark.parametrize("around", AROUND)
def test_a_token_is_found_wherever_it_stands_and_nothing_around_it_is_changed(rule, around: str) -> None:
    assert is_all_that_is_masked(rule.sample, around)


@pytest.mark.parametrize(
    "text",
    [
        "lip_synchronisationofeverything, ion_implantationchamberofaveryveryverylongname",
        "tss_transactionsubsystemstatus, unkey_everythingthatwaskeyed, pina_coladawithmuchice",
        "vcr_recorded, rpa_robot, csa_2024, cog_services, napi_value, ck_id, sgp_time, ess_total",
        "the BSA and the AIK_CI_ mark; packagist_org; apk_user_id=42",
    ],
)
def test_names_in_code_that_begin_like_a_mark_are_no_token(text: str) -> None:
    assert masker("on").text(text).text == text
