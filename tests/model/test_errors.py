"""What cannot go on says who must act, and what to do."""

import pytest

from firedoor.model.errors import (
    ClientError,
    FiredoorError,
    IntegrityError,
    RecordError,
    SettingsError,
    UpstreamError,
)


@pytest.mark.parametrize("kind", [ClientError, UpstreamError, RecordError, SettingsError, IntegrityError])
def test_an_exception_carries_its_code_and_what_to_do(kind: type[FiredoorError]) -> None:
    failure = kind("disk_full", "The disk is full.", "Make room.")
    assert (failure.code, failure.message, failure.hint) == ("disk_full", "The disk is full.", "Make room.")
    assert str(failure) == "The disk is full.\n  Make room."
    assert str(kind("disk_full", "The disk is full.")) == "The disk is full."
