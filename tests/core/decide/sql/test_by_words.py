import pytest

from firedoor.core.decide.sql.by_words import explained, kind_of, name_what_destroys, read_by_words
from firedoor.core.decide.sql.lexical import Lexeme, lexemes, without_comments
from firedoor.core.decide.sql.reading import Reading
from firedoor.model.sql import SqlEffect


def found(text: str, dialect: str) -> tuple[Lexeme, ...]:
    return without_comments(lexemes(text, dialect))


def effect(text: str, dialect: str) -> SqlEffect | None:
    reading = Reading()
    is_read = read_by_words(found(text, dialect), dialect, reading)
    return reading.effect if is_read else None


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("mysql", "SHOW FULL COLUMNS FROM t LIKE 'a%'"),
        ("mysql", "SHOW CREATE TABLE t;"),
        ("mysql", "SHOW VARIABLES WHERE Variable_name IN ('a', 'b')"),
        ("mysql", "DESC a.t"),
        ("snowflake", "DESCRIBE TABLE a.b.t"),
        ("clickhouse", "EXISTS TABLE t"),
        ("sqlite", "PRAGMA main.table_info('t')"),
        ("sqlite", "PRAGMA journal_mode"),
        ("duckdb", "PRAGMA table_info('t')"),
        ("tsql", "EXEC sp_help 'dbo.t'"),
        ("tsql", "sys.sp_who2"),
    ],
)
def test_forms_that_only_read_are_read(dialect: str, text: str) -> None:
    assert effect(text, dialect) is SqlEffect.READ


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("mysql", "SHOW TABLES WHERE sleep(5)"),
        ("mysql", "SHOW TABLES INTO OUTFILE 'x'"),
        ("mysql", "SHOW TABLES WHERE a IN (SELECT 1)"),
        ("mysql", "SHOW TABLES DROP TABLE t"),
        ("snowflake", "SHOW TABLES ->> DROP TABLE t"),
        ("clickhouse", "DESCRIBE TABLE url('x')"),
        ("mysql", "DESCRIBE t LOAD DATA INFILE 'x'"),
        ("sqlite", "PRAGMA journal_mode = DELETE"),
        ("sqlite", "PRAGMA journal_mode(DELETE)"),
        ("sqlite", "PRAGMA"),
        ("sqlite", "PRAGMA writable_schema"),
        ("tsql", "SHOW TABLES"),
        ("duckdb", "PRAGMA enable_profiling"),
    ],
)
def test_other_forms_are_unknown(dialect: str, text: str) -> None:
    assert effect(text, dialect) is SqlEffect.UNKNOWN


@pytest.mark.parametrize(
    "text",
    ["EXEC sp_configure", "EXEC sp_help 'a' sp_who", "EXEC sp_spaceused @updateusage = 'TRUE'", "EXEC @p"],
)
def test_other_procedures_are_not_read_by_their_words(text: str) -> None:
    assert effect(text, "tsql") is None


@pytest.mark.parametrize(
    ("dialect", "text", "inner", "runs"),
    [
        ("postgres", "EXPLAIN SELECT 1", "SELECT 1", False),
        ("postgres", "EXPLAIN (ANALYZE, BUFFERS) DELETE FROM t", "DELETE FROM t", True),
        ("postgres", "EXPLAIN ANALYZE VERBOSE SELECT 1", "SELECT 1", True),
        ("mysql", "EXPLAIN FORMAT=JSON SELECT 1", "SELECT 1", False),
        ("mysql", "DESC SELECT 1", "SELECT 1", False),
        ("sqlite", "EXPLAIN QUERY PLAN SELECT 1", "SELECT 1", False),
        ("oracle", "EXPLAIN PLAN FOR SELECT 1", "SELECT 1", False),
        ("clickhouse", "EXPLAIN indexes = 1 SELECT 1", "SELECT 1", False),
        ("snowflake", "EXPLAIN USING TEXT SELECT 1", "SELECT 1", False),
    ],
)
def test_an_explain_names_its_statement_and_whether_it_runs(
    dialect: str, text: str, inner: str, runs: bool
) -> None:
    it = explained(found(text, dialect), dialect)
    assert it is not None
    assert text[it.at :] == inner
    assert it.runs is runs


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("mysql", "DESC orders"),
        ("mysql", "EXPLAIN orders"),
        ("tsql", "EXPLAIN SELECT 1"),
        ("postgres", "EXPLAIN ("),
        ("mysql", "EXPLAIN sneaky() SELECT 1"),
        ("mysql", "SELECT 1"),
    ],
)
def test_what_explains_no_statement_is_no_explain(dialect: str, text: str) -> None:
    assert explained(found(text, dialect), dialect) is None


def test_a_statement_is_named_by_its_first_words() -> None:
    assert kind_of(found("DROP TABLE t", "mysql")) == "drop table"
    assert kind_of(found("SELECT a FROM t", "mysql")) == "select"
    assert kind_of(()) == "nothing"


def test_what_no_parser_understood_is_at_least_named() -> None:
    reading = Reading()
    name_what_destroys(found("SHUTDOWN NOW", "mysql"), reading)
    assert reading.effect is SqlEffect.DESTRUCTIVE
    other = Reading()
    name_what_destroys(found("SELECT 1", "mysql"), other)
    assert other.effect is SqlEffect.READ
