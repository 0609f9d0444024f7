"""What is kept of a reason and of a case, and what is refused."""

import pytest

from firedoor.model.errors import ClientError
from firedoor.operations.lock_words import CASE, REASON, case_of, reason_of


@pytest.mark.parametrize("reason", ["r" * REASON, "gestohlen: Zoë 🧯\ufe0f", "two\nlines\tand a tab"])
def test_a_reason_is_kept_as_it_was_written(reason: str) -> None:
    assert reason_of(f" {reason}\n") == reason


@pytest.mark.parametrize("reason", ["", " \n", "\u200b \u200b", "a\0b", "r" * (REASON + 1)])
def test_a_reason_that_tells_nothing_or_too_much_is_refused(reason: str) -> None:
    with pytest.raises(ClientError, match="1 to 1000 characters") as refused:
        reason_of(reason)
    assert refused.value.code == "lock_reason"


@pytest.mark.parametrize("case", ["c" * CASE, "INC-4711", "Fall Zoë 7 / élan"])
def test_a_case_is_kept_as_it_was_written(case: str) -> None:
    assert case_of(f" {case} ") == case


def test_a_lock_needs_no_case() -> None:
    assert case_of(None) is None


@pytest.mark.parametrize(
    "case", ["", " ", "a\0b", "a\nb", "a\x1b[2Jb", "a\u202eb", "a\u200bb", "a\u2028b", "c" * (CASE + 1)]
)
def test_a_case_is_one_line_that_is_seen(case: str) -> None:
    with pytest.raises(ClientError, match="1 to 200 characters") as refused:
        case_of(case)
    assert refused.value.code == "lock_case"


@pytest.mark.parametrize("text", ["\udcff bad", "bad \ud800"])
def test_what_is_no_text_is_told_by_its_name(text: str) -> None:
    with pytest.raises(ClientError, match="The reason is not text") as refused:
        reason_of(text)
    assert (refused.value.code, "UTF-8" in refused.value.hint) == ("lock_reason", True)
    with pytest.raises(ClientError, match="The case is not text") as refused:
        case_of(text)
    assert refused.value.code == "lock_case"
