"""Searches the record by what people remember: who, what, when, with which verdict and end.

    principal:ci tool:query verdict:deny upstream:crm method:tools/call since:1h until:2026-11-23T10:00 refund

A word with a known name before its colon is about that field; `*` and `?` stand for anything. Any other
word stands somewhere in a name. Quotes keep a word whole: `"file:///etc/passwd"`. All words must hold.
It looks through the index, which has no arguments and no results.
"""

import difflib
import re
from dataclasses import dataclass

from firedoor.operations.durations import instant_us
from firedoor.ports.index import CallFilter, CallRow, Field, Index

LONGEST = 1_000
"""Characters of a query. Databases limit the length of a pattern; nobody types more."""
WORD = re.compile(r'(?:([A-Za-z_]+):)?(?:"([^"]*)"|([^\s"]+))(?=\s|$)|(\S+)')
VERDICTS = ("allow", "hold", "deny")
NAMES = (*(field.value for field in Field), "tool", "since", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryFault:
    """Why a query cannot be asked."""

    message: str
    hint: str = ""


def search_record(
    index: Index, query: str, *, now_us: int, limit: int = 100
) -> tuple[CallRow, ...] | QueryFault:
    """Find calls, the newest first, or say what is wrong with the query.

    Raises:
        SettingsError: the index cannot be read.
    """
    wanted = understood(query, now_us=now_us, limit=limit)
    return wanted if isinstance(wanted, QueryFault) else index.calls(wanted)


def understood(query: str, *, now_us: int, limit: int) -> CallFilter | QueryFault:
    """Read a query."""
    if len(query) > LONGEST:
        return QueryFault(message=f"The query has more than {LONGEST} characters.")
    fields: list[tuple[Field, str]] = []
    words: list[str] = []
    times: dict[str, int] = {}
    for match in WORD.finditer(query):
        key, quoted, bare, broken = match.groups()
        value = quoted if quoted is not None else bare
        if broken is not None or (not value and key is not None):
            return QueryFault(
                message=f"{match[0]!r} is no word of a query.", hint='Quotes stand around a word: "a b".'
            )
        if key is None:
            words += [value] if value else []
        elif (fault := _asked(key.lower(), value, now_us, fields, times)) is not None:
            return fault
    return CallFilter(
        fields=tuple(fields),
        words=tuple(words),
        since_us=times.get("since"),
        until_us=times.get("until"),
        limit=limit,
    )


def _asked(
    key: str, value: str, now_us: int, fields: list[tuple[Field, str]], times: dict[str, int]
) -> QueryFault | None:
    """Add one `key:value` to what is asked, or say what is wrong with it."""
    if key in {"since", "until"}:
        if (instant := instant_us(value, now_us)) is None:
            return QueryFault(
                message=f"{key}:{value} is no time.", hint="Write 90s, 15m, 1h, 7d, or 2026-11-23T10:00Z."
            )
        times[key] = instant
    elif key == "tool":
        fields += [(Field.METHOD, "tools/call"), (Field.NAME, value)]
    elif key not in NAMES:
        near = difflib.get_close_matches(key, NAMES, n=1)
        meant = f"Did you mean {near[0]}:{value}? " if near else ""
        return QueryFault(
            message=f"{key}: is nothing to search by.",
            hint=f'{meant}A word with a colon needs quotes: "{key}:{value}".',
        )
    elif key == Field.VERDICT and value not in VERDICTS:
        return QueryFault(
            message=f"There is no verdict {value!r}.", hint=f"Verdicts are {', '.join(VERDICTS)}."
        )
    else:
        fields.append((Field(key), value))
    return None
