import pytest

from firedoor.operations.durations import duration_us, instant_us, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", 90_000_000),
        ("15m", 900_000_000),
        ("1h", 3_600_000_000),
        ("7d", 604_800_000_000),
        ("2w", 1_209_600_000_000),
        ("0s", 0),
        ("", None),
        ("1", None),
        ("h", None),
        ("-1h", None),
        ("1.5h", None),
        ("1h30m", None),
        ("1h\n", None),
        ("\u0661h", None),  # an Arabic-Indic digit
        ("1000000s", None),
    ],
)
def test_a_span_is_a_whole_number_and_a_unit(text: str, expected: int | None) -> None:
    assert duration_us(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1h", 1_767_225_600_000_000 - 3_600_000_000),
        ("99999w", 0),
        ("1970-01-01", 0),
        ("2026-01-01T00:00:00Z", 1_767_225_600_000_000),
        ("2026-01-01T01:00:00.000001+01:00", 1_767_225_600_000_001),
        ("2026-01-01T00:00", 1_767_225_600_000_000),
        ("yesterday", None),
        ("2026-13-01", None),
    ],
)
def test_an_instant_is_a_date_a_time_or_a_span_back(text: str, expected: int | None) -> None:
    assert instant_us(text, 1_767_225_600_000_000) == expected


def test_an_instant_that_was_written_reads_as_itself() -> None:
    assert written(1_767_225_600_042_000) == "2026-01-01T00:00:00.042Z"
    assert instant_us(written(1_767_225_600_042_000), 0) == 1_767_225_600_042_000
