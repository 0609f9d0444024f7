"""Secrets, by a pack of rules that is installed with `firedoor[secrets]`. Runs in the worker.

Only what finds is used. The pack could also ask vendors whether a secret is valid, and revoke it: that would
send it away, and is never called.
"""

import re
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution

from firedoor.model.second_look import Sighting

PACKAGE = "kingfisher-secret-scanner"
_SAMPLE_VALUE = (
    "glpat-" + "uDDbZSzVpopOVrHX3t2O"
)  # in two pieces: it is no token of anybody, and looks like one
SAMPLE = f"deployed with {_SAMPLE_VALUE} by the pipeline"
SEEN = (("secret", _SAMPLE_VALUE),)
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,63}")


def is_installed() -> bool:
    """Whether the extra is there."""
    try:
        distribution(PACKAGE)
    except PackageNotFoundError:
        return False
    return True


def finder() -> Callable[[str, str], Sequence[Sighting]]:
    """Load the rules; what it gives back finds secrets in a text.

    Raises:
        ImportError: it is not installed.
    """
    pack = import_module("kingfisher_sdk")
    scanner = pack.Scanner(pack.Rules(cache=False))

    def find(text: str, field: str) -> Sequence[Sighting]:
        # Many rules ask for a name before the value.
        before = f"{field} = " if _FIELD.fullmatch(field) is not None else ""
        content = (before + text).encode()
        found: list[Sighting] = []
        for each in scanner.scan(content):
            place = each.location
            value = b"" if each.is_base64_encoded else each.secret.encode()
            start, end = within(content, (place["start_offset"], place["end_offset"]), value)
            start, end = start - len(before), end - len(before)
            if each.visible and end > 0:
                found.append(
                    Sighting(
                        kind="secret",
                        start=max(0, start),
                        end=end,
                        confidence=each.confidence,
                        rule=each.rule_id,
                    )
                )
        return found

    return find


def within(content: bytes, place: tuple[int, int], value: bytes) -> tuple[int, int]:
    """Where a value stands in what a rule matched, in code points; all of that if it is not to be seen."""
    start, end = place
    at = content.find(value, start, end) if value else -1
    if at >= 0:
        start, end = at, at + len(value)
    return _points(content, start), _points(content, end)


def _points(content: bytes, offset: int) -> int:
    return len(content[:offset].decode("utf-8", "ignore"))
