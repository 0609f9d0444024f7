import pytest

from firedoor.core.decide.sql.by_sqlglot import read
from firedoor.model.sql import SqlEffect


@pytest.mark.parametrize(
    ("dialect", "text", "effect"),
    [
        ("mysql", "SELECT a FROM t", SqlEffect.READ),
        ("mysql", "SELECT wipe()", SqlEffect.UNKNOWN),
        ("mysql", "SELECT @a := 1", SqlEffect.UNKNOWN),
        ("tsql", "SELECT @a = 1", SqlEffect.UNKNOWN),
        ("tsql", "SELECT * FROM a.b.c.d", SqlEffect.UNKNOWN),
        ("tsql", "SELECT * FROM t WITH (XLOCK)", SqlEffect.WRITE),
        ("tsql", "SELECT * FROM file('/etc/passwd', 'CSV')", SqlEffect.UNKNOWN),
        ("snowflake", "SELECT $1 FROM @stage/x", SqlEffect.UNKNOWN),
        ("snowflake", "SELECT s.nextval", SqlEffect.WRITE),
        ("duckdb", "SELECT * FROM 'x.csv'", SqlEffect.UNKNOWN),
        ("oracle", "SELECT wipe FROM dual", SqlEffect.UNKNOWN),
        ("oracle", "SELECT x FROM (SELECT wipe AS x FROM dual) q", SqlEffect.UNKNOWN),
        ("oracle", "SELECT pkg.wipe FROM t", SqlEffect.UNKNOWN),
        ("oracle", "SELECT t.a FROM t", SqlEffect.READ),
        ("mysql", "SELECT * FROM t LOCK IN SHARE MODE", SqlEffect.WRITE),
        ("tsql", "SELECT * INTO x FROM t", SqlEffect.DESTRUCTIVE),
        ("sqlite", "CREATE TABLE x AS SELECT 1", SqlEffect.DESTRUCTIVE),
        ("sqlite", "INSERT INTO a SELECT wipe()", SqlEffect.UNKNOWN),
        ("bigquery", "MERGE a USING b ON a.id = b.id WHEN MATCHED THEN UPDATE SET x = 1", SqlEffect.WRITE),
        ("bigquery", "MERGE a USING b ON a.id = b.id WHEN MATCHED THEN DELETE", SqlEffect.DESTRUCTIVE),
        ("snowflake", "INSERT OVERWRITE INTO t SELECT 1", SqlEffect.DESTRUCTIVE),
        ("mysql", "SELECT 1; SELECT 2", SqlEffect.UNKNOWN),
        ("mysql", "SELECT FROM WHERE", SqlEffect.UNKNOWN),
        ("mysql", "", SqlEffect.UNKNOWN),
        ("postgres", "SELECT public.abs(1)", SqlEffect.UNKNOWN),
    ],
)
def test_a_text_gets_its_effect(dialect: str, text: str, effect: SqlEffect) -> None:
    assert read(text, dialect).effect is effect


def test_names_are_gathered_and_a_query_with_a_name_is_no_table() -> None:
    reading = read("WITH c AS (SELECT a FROM s.T) SELECT max(b) FROM c", "mysql")
    assert reading.tables == {"s.t"}
    assert reading.columns == {"a", "b"}
    assert reading.functions == {"max"}
    assert reading.statements == ["select"]


def test_a_plan_of_a_change_changes_nothing() -> None:
    assert read("DELETE FROM t", "mysql", only_plans=True).effect is SqlEffect.READ
    assert read("SELECT wipe()", "mysql", only_plans=True).effect is SqlEffect.UNKNOWN
    assert read("DROP TABLE t", "mysql", only_plans=True).effect is SqlEffect.DESTRUCTIVE


def test_a_text_too_deep_for_the_parser_is_unknown() -> None:
    assert read("SELECT " + "(" * 2000 + "1" + ")" * 2000, "mysql").effect is SqlEffect.UNKNOWN
