import pytest

from firedoor.operations.search_record import QueryFault, search_record
from firedoor.ports.index import CallFilter, Field
from tests.operations.kept import AskedIndex

NOW = 1_767_225_600_000_000
HOUR = 3_600_000_000


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", CallFilter()),
        ("   ", CallFilter()),
        ('"" refund', CallFilter(words=("refund",))),
        ("principal:ci", CallFilter(fields=((Field.PRINCIPAL, "ci"),))),
        ("Upstream:crm*", CallFilter(fields=((Field.UPSTREAM, "crm*"),))),
        ("tool:query", CallFilter(fields=((Field.METHOD, "tools/call"), (Field.NAME, "query")))),
        ("verdict:deny", CallFilter(fields=((Field.VERDICT, "deny"),))),
        ("since:1h until:2026-01-01", CallFilter(since_us=NOW - HOUR, until_us=NOW)),
        ('"file:///etc/passwd"', CallFilter(words=("file:///etc/passwd",))),
        ('name:"a b" c', CallFilter(fields=((Field.NAME, "a b"),), words=("c",))),
        ("name:file:///a", CallFilter(fields=((Field.NAME, "file:///a"),))),
    ],
)
def test_a_query_asks_what_it_says(query: str, asked: CallFilter) -> None:
    index = AskedIndex()
    assert search_record(index, query, now_us=NOW) == ()
    assert index.asked == [asked]


def test_a_query_has_a_limit() -> None:
    index = AskedIndex()
    search_record(index, "x", now_us=NOW, limit=7)
    assert index.asked == [CallFilter(words=("x",), limit=7)]


@pytest.mark.parametrize(
    ("query", "message", "hint"),
    [
        ("princpal:ci", "princpal", "Did you mean principal:ci?"),
        ("file:///etc", "file:", '"file:///etc"'),
        ("verdict:denied", "'denied'", "allow, hold, deny"),
        ("since:yesterday", "since:yesterday", "1h"),
        ('name:""', "name", "Quotes"),
        ('a"b', 'a"b', "Quotes"),
        ('"open', "open", "Quotes"),
        ("x" * 1_001, "1000 characters", ""),
    ],
)
def test_a_query_that_cannot_be_asked_is_a_value_that_says_what_to_do(
    query: str, message: str, hint: str
) -> None:
    index = AskedIndex()
    fault = search_record(index, query, now_us=NOW)
    assert isinstance(fault, QueryFault)
    assert message in fault.message
    assert hint in fault.hint
    assert index.asked == []
