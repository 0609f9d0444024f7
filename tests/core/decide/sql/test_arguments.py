import pytest

from firedoor.core.decide.sql.arguments import possible_statements_in, statements_in

DROP = "DROP TABLE users"


@pytest.mark.parametrize("name", ["query", "SQL", "sql_query", "sqlQuery", "q", "Statement", "raw-sql"])
def test_a_string_under_a_name_for_statements_is_found(name: str) -> None:
    assert statements_in({name: DROP, "limit": 5, "note": "no"}) == (((name,), DROP),)


def test_strings_below_such_a_name_are_found_with_their_path() -> None:
    found = statements_in({"options": {"queries": ["SELECT 1", {"x": DROP}]}})
    assert found == (
        (("options", "queries", "0"), "SELECT 1"),
        (("options", "queries", "1", "x"), DROP),
    )


@pytest.mark.parametrize(
    "text",
    [
        DROP,
        "drop/**/table/**/t",
        "SHUTDOWN",
        " x ",
        "wipe()",
        "\uff24\uff32\uff2f\uff30",
        '{"drop":"a"}',
        "flushall",
    ],
)
def test_a_string_that_could_be_a_statement_is_found_under_any_name(text: str) -> None:
    assert possible_statements_in({"flavour": {"deep": [text]}}) == ((("flavour", "deep", "0"), text),)


def test_a_single_word_is_no_statement() -> None:
    assert possible_statements_in({"table": "users", "id": "4711", "day": "2026-01-01"}) == ()


def test_a_string_is_found_once() -> None:
    assert len(possible_statements_in({"query": DROP, "other": "SELECT 2"})) == 2


def test_deep_nesting_is_walked_without_recursion() -> None:
    nested: dict[str, object] = {"query": DROP}
    for _ in range(5000):
        nested = {"a": nested}
    assert len(statements_in(nested)) == 1  # type: ignore[arg-type]
