import pytest
import sqlglot
from sqlglot import Dialect
from sqlglot.errors import SqlglotError

from firedoor.core.decide.sql import prescan
from firedoor.core.decide.sql.commands import COMMANDS
from firedoor.core.decide.sql.dialects import DIALECTS
from firedoor.core.decide.sql.lexical import lexemes, without_comments
from firedoor.core.decide.sql.understand import understand_sql
from firedoor.model.sql import SqlEffect


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("SELECT 1\x00; DROP TABLE t", "control character (U+0000)"),
        ("SELECT\x0b1", "control character"),
        ("SELECT 1\rDROP TABLE t", "control character (U+000D)"),
        ("SELECT 1 \u202e", "turn the direction"),
        ("SELECT\u200b 1", "invisible"),
        ("\ufeffSELECT 1", "invisible"),
        ("SELECT 1 /*! x */", "comment that MySQL runs"),
        ("SELECT 1 /*M!100100 x */", "comment that MySQL runs"),
        ("SELECT '\ud800'", "half of a character"),
        ("x" * (prescan.LARGEST_BYTES + 1), "longer than 64 KB"),
        ("é" * (prescan.LARGEST_BYTES // 2 + 1), "longer than 64 KB"),
    ],
)
def test_a_text_is_refused_with_its_reason(text: str, part: str) -> None:
    assert part in (prescan.of_text(text) or "")


@pytest.mark.parametrize(
    "text", ["SELECT 1\r\n\tFROM t", "SELECT 'größer, 你好'", "x" * prescan.LARGEST_BYTES]
)
def test_an_ordinary_text_is_not(text: str) -> None:
    assert prescan.of_text(text) is None


@pytest.mark.parametrize(
    ("dialect", "text", "part"),
    [
        ("postgres", "SELECT 'x", "does not end"),
        ("postgres", "SELECT 1 /* a /* b */ */", "comment inside a comment"),
        ("mysql", "SELECT 1 /*/*/", "comment inside a comment"),
        ("mysql", "SELECT /*+ SET_VAR(a = 1) */ 1", "SET_VAR"),
        ("postgres", "SELECT 1 \\; DROP TABLE t", "backslash"),
        ("mysql", "SELECT \uff33LEEP(1)", "U+FF33"),
        ("tsql", "SELECT 1 \u212a", "U+212A"),
        ("tsql", "SELECT\u00a01", "U+00A0"),
        ("postgres", "SELECT\u30001", "U+3000"),
        ("mysql", "SELECT 1 \u2028", "U+2028"),
        ("postgres", "SELECT " + "(" * 40 + "1" + ")" * 40, "nested deeper"),
        ("postgres", "SELECT " + "NOT " * 40 + "a", "nested deeper"),
        ("postgres", "SELECT a" + "[1]" * 40, "nested deeper"),
        ("postgres", "SELECT " + "CASE " * 300, "nested deeper"),
        ("postgres", "SELECT " + "STRUCT(" * 12 + "1" + ")" * 12, "takes too long"),
        ("mysql", "SELECT " + "BINARY(" * 7 + "1" + ")" * 7, "takes too long"),
        ("snowflake", "SELECT " + "DIV0NULL(a, " * 7 + "1" + ")" * 7, "takes too long"),
        ("duckdb", "SELECT " + "nobody_knows(" * 12 + "1" + ")" * 12, "takes too long"),
        ("duckdb", "SELECT " + "int(" * 6 + "1" + " JOIN t" * 6 + ")" * 6, "takes too long"),
        ("duckdb", "SELECT " + "f(1)(" * 12 + "1" + ")" * 12, "takes too long"),
        ("bigquery", "SELECT 1 FROM (" + "DATE (" * 24 + "D" + ")" * 25, "takes too long"),
        ("tsql", "SELECT " + "CONVERT(int, " * 12 + "1" + ")" * 12, "takes too long"),
        ("mysql", "SELECT " + "IN BETWEEN IF POSITION " * 8, "nested deeper"),
        ("tsql", "SELECT a FROM t WHERE CONVERT(int, a", "not closed"),
        ("postgres", "SELECT 1)", "not opened"),
        ("postgres", "1 " * 9000, "more than 8000"),
    ],
)
def test_lexemes_are_refused_with_their_reason(dialect: str, text: str, part: str) -> None:
    found = prescan.of_lexemes(lexemes(text, dialect), dialect)
    assert part in (found or "")


PARSED = [name for name in DIALECTS if name not in COMMANDS]


@pytest.mark.parametrize("dialect", PARSED)
@pytest.mark.timeout(20)
def test_behind_words_that_are_said_to_be_read_once_brackets_nest_without_doubling(dialect: str) -> None:
    """If one of them were read twice, 30 levels would never end."""
    for word in sorted(prescan.READ_ONCE):
        text = "SELECT a " + f"{word}(a, " * 30 + "1" + ")" * 30
        assert prescan.of_lexemes(lexemes(text, dialect), dialect) is None, word
        understand_sql(text, dialect)


@pytest.mark.parametrize("dialect", PARSED)
def test_no_function_of_a_grammar_copies_its_arguments_more_often_than_is_counted(dialect: str) -> None:
    """Some are written out as a condition that holds an argument twice, so that nested they double."""
    for name in sorted(Dialect.get_or_raise(dialect).parser_class.FUNCTIONS):
        sizes = [_nodes("SELECT " + f"{name}(a, " * depth + "1" + ")" * depth, dialect) for depth in (4, 5)]
        counted = 1 << prescan.READ_MORE.get(name, 1)
        assert sizes[1] <= counted * sizes[0] + 8, name


def _nodes(text: str, dialect: str) -> int:
    try:
        tree = sqlglot.parse_one(text, read=dialect)
    except (SqlglotError, RecursionError, ValueError, KeyError, IndexError, AttributeError, TypeError):
        return 0
    return sum(1 for _ in tree.walk())


@pytest.mark.parametrize(
    "text", ["SELECT straße, 名前 FROM größe", "SELECT /*+ INDEX(t) */ 1", "SELECT ((1))"]
)
def test_ordinary_lexemes_are_not(text: str) -> None:
    assert prescan.of_lexemes(lexemes(text, "postgres"), "postgres") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("SELECT 1", False), ("SELECT 1;", False), ("SELECT 1; -- x", False), ("SELECT 1;;", False),
     ("SELECT 1; SELECT 2", True), ("; SELECT 2", True), ("SELECT ';' ", False)],
)  # fmt: skip
def test_something_behind_a_semicolon_is_another_statement(text: str, expected: bool) -> None:
    assert prescan.several(without_comments(lexemes(text, "postgres"))) is expected


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("SELECT 1 SHUTDOWN", "SHUTDOWN"),
        ("SELECT * FROM t KILL 5", "KILL"),
        ("SELECT 1 EXEC x", "EXEC"),
        ("SELECT 1 a SET ROWCOUNT 1", "SET"),
        ("UPDATE t SET a = 1", None),
        ("WITH c AS (SELECT 1) DELETE FROM c", None),
        ("MERGE INTO t USING s ON 1 = 1 WHEN MATCHED THEN UPDATE SET a = 1", None),
        ("SELECT [drop], 'KILL' FROM t OPTION (USE HINT('x'))", None),
    ],
)
def test_sql_server_needs_nothing_between_statements(text: str, word: str | None) -> None:
    assert prescan.hidden_statement(without_comments(lexemes(text, "tsql")), "tsql") == word


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("SELECT 1 DELETE FROM users", "DELETE"),
        ("SELECT a FROM t DROP TABLE users", "DROP"),
        ("SELECT (1) TRUNCATE TABLE users", "TRUNCATE"),
        ("SELECT delete FROM audit", None),
        ("SELECT a, delete FROM audit", None),
        ("SELECT a AS delete FROM audit", None),
        ("SELECT a.delete FROM audit a", None),
        ("SHOW CREATE TABLE t", None),
        ("DELETE FROM users", None),
        ("WITH a AS (SELECT 1) DELETE FROM users", None),
    ],
)
def test_a_statement_that_a_parser_takes_for_an_alias_is_seen(text: str, word: str | None) -> None:
    assert prescan.hidden_statement(without_comments(lexemes(text, "mysql")), "mysql") == word


def test_other_dialects_need_a_semicolon() -> None:
    assert prescan.hidden_statement(lexemes("SELECT 1 SHUTDOWN", "mysql"), "mysql") is None


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "tsql", "bigquery", "snowflake", "oracle"])
@pytest.mark.parametrize(
    "joins", ["JOIN b " * 60, "LEFT JOIN b " * 40, "NATURAL JOIN b " * 30, "JOIN (b JOIN c) " * 25]
)
def test_joins_without_a_condition_do_not_keep_a_parser_busy(dialect: str, joins: str) -> None:
    facts = understand_sql(" ".join(("SELECT * FROM a", joins)), dialect)
    assert facts.effect is SqlEffect.UNKNOWN
    assert any("joins without ON" in reason for reason in facts.reasons)


@pytest.mark.parametrize(("joins", "is_refused"), [(6, False), (7, True)])
def test_six_joins_may_lack_a_condition_and_the_seventh_may_not(joins: int, is_refused: bool) -> None:
    for join in ("JOIN b", "JOIN (b)"):
        text = " ".join(("SELECT * FROM a", *[join] * joins))
        refused = prescan.of_lexemes(lexemes(text, "mysql"), "mysql")
        assert (refused is not None and "joins without ON" in refused) is is_refused, text


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM a " + "JOIN b USING (x) " * 30,
        "SELECT * FROM a " + "CROSS JOIN b " * 30,
        "SELECT * FROM a JOIN b JOIN c ON b.x = c.x ON a.x = b.x",
        "SELECT * FROM a JOIN (SELECT 1 AS x FROM c JOIN d ON c.x = d.x) e ON a.x = e.x",
        "SELECT * FROM a NATURAL JOIN b NATURAL JOIN c",
    ],
)
def test_joins_with_a_condition_are_read(text: str) -> None:
    assert understand_sql(text, "postgres").effect is SqlEffect.READ
