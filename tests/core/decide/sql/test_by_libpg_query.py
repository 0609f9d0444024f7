import pytest

from firedoor.core.decide.sql.by_libpg_query import read
from firedoor.model.sql import SqlEffect


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("SELECT lower(a) FROM t", SqlEffect.READ),
        ("SHOW work_mem", SqlEffect.READ),
        ('SELECT U&"pg\\005fterminate_backend"(1)', SqlEffect.UNKNOWN),
        ('SELECT "LOWER"(a)', SqlEffect.UNKNOWN),
        ("SELECT public.lower(a)", SqlEffect.UNKNOWN),
        ("SELECT nextval('s')", SqlEffect.WRITE),
        ("SELECT mine.nextval('s')", SqlEffect.UNKNOWN),
        ("SELECT * FROM t FOR UPDATE", SqlEffect.WRITE),
        ("SELECT * INTO x FROM t", SqlEffect.DESTRUCTIVE),
        ("DELETE FROM t", SqlEffect.DESTRUCTIVE),
        ("DELETE FROM t WHERE id = 1", SqlEffect.WRITE),
        ("WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d", SqlEffect.DESTRUCTIVE),
        ("EXPLAIN DELETE FROM t", SqlEffect.READ),
        ("EXPLAIN (ANALYZE) DELETE FROM t", SqlEffect.DESTRUCTIVE),
        ("EXPLAIN ANALYSE SELECT 1", SqlEffect.READ),
        ("EXPLAIN SELECT wipe()", SqlEffect.UNKNOWN),
        ("EXPLAIN EXECUTE p", SqlEffect.DESTRUCTIVE),
        ("DROP TABLE t", SqlEffect.DESTRUCTIVE),
        ("DO $$ BEGIN END $$", SqlEffect.DESTRUCTIVE),
        ("SELECT 1; SELECT 2", SqlEffect.UNKNOWN),
        ("SELEKT", SqlEffect.UNKNOWN),
        ("", SqlEffect.UNKNOWN),
        ("SELECT " + "||".join(["a"] * 500), SqlEffect.UNKNOWN),
    ],
)
def test_a_text_gets_its_effect(text: str, effect: SqlEffect) -> None:
    assert read(text).effect is effect


def test_names_are_gathered() -> None:
    reading = read("SELECT pg_catalog.lower(a) FROM S.t JOIN u USING (id)")
    assert reading.tables == {"s.t", "u"}
    assert reading.functions == {"pg_catalog.lower"}
    assert reading.statements == ["select"]
    assert read("CREATE TABLE t (a int)").statements == ["create"]
