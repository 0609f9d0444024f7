"""Spans of time and instants as people write them: `90s`, `1h`, `7d`; `2026-11-23`, `2026-11-23T10:00Z`."""

import re
from datetime import UTC, datetime

UNITS_US = {"s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000, "w": 604_800_000_000}
DURATION = re.compile(r"([0-9]{1,5})([smhdw])")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def duration_us(text: str) -> int | None:
    """Read a whole number and one of s, m, h, d, w; None if it is not that."""
    found = DURATION.fullmatch(text)
    return int(found[1]) * UNITS_US[found[2]] if found else None


def instant_us(text: str, now_us: int) -> int | None:
    """Read an ISO 8601 date or time, or a span back from now; unix microseconds. UTC where it says nothing.

    None if it is neither.
    """
    if (span := duration_us(text)) is not None:
        return max(0, now_us - span)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    since = instant - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def written(at_us: int) -> str:
    """Write an instant for people and for `instant_us`: UTC, to the millisecond."""
    seconds, rest = divmod(at_us, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 1_000:03}Z"
