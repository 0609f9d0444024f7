import pytest
import sqlglot
from sqlglot import exp

from firedoor.core.decide.sql.bounds import is_bounded

BOUNDED = """
id = 5
5 = id
id IN (1, 2)
id = 5 AND anything > 0
(id = 5)
id = 5 OR id = 6
lower(email) = 'a@b.c'
data->>'id' = '5'
id BETWEEN 1 AND 100
ts BETWEEN '2026-01-01' AND '2026-02-01'
ts < '2026-01-01'
ts < now() - interval '1 day'
ts >= DATE '2026-01-01'
name LIKE 'ab%'
id = ANY(ARRAY[1, 2])
id = :id
order_id IN (SELECT id FROM orders WHERE email = 'a')
""".strip().splitlines()
UNBOUNDED = """
true
1 = 1
'a' = 'a'
id = id
a = b
id > 0
id >= -1
id <> 5
id IS NOT NULL
id IS NULL
NOT id = 5
id = 5 OR 1 = 1
id = 5 OR name LIKE '%'
id NOT IN (1)
name LIKE '%a'
name LIKE '%'
name LIKE '_%'
name >= ''
ts < '9999-12-31'
ts > '0001-01-01'
id BETWEEN 0 AND 99999999999
active = true
id IN (SELECT id FROM users)
id IN (SELECT 1)
id = (SELECT id)
EXISTS (SELECT 1)
coalesce(true, id = 5)
CASE WHEN true THEN true END
id = NULL
random() < 2
CAST(id AS boolean) = 'true'
""".strip().splitlines()


def bounded(sql: str, dialect: str = "postgres") -> bool:
    tree = sqlglot.parse_one(sql, read=dialect)
    assert isinstance(tree, exp.Update | exp.Delete)
    return is_bounded(tree)


@pytest.mark.parametrize("condition", BOUNDED)
def test_a_comparison_of_a_column_with_fixed_values_bounds(condition: str) -> None:
    assert bounded(" ".join(("DELETE FROM users WHERE", condition)))
    assert bounded(" ".join(("UPDATE users SET a = 1 WHERE", condition)))


@pytest.mark.parametrize("condition", UNBOUNDED)
def test_what_can_hold_for_every_row_does_not(condition: str) -> None:
    assert not bounded(" ".join(("DELETE FROM users WHERE", condition)))
    assert not bounded(" ".join(("UPDATE users SET a = 1 WHERE", condition)))


def test_no_condition_does_not() -> None:
    assert not bounded("DELETE FROM users")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("DELETE FROM users u USING audit a WHERE a.id = 5", False),
        ("DELETE FROM users u USING audit a WHERE u.id = a.user_id AND a.id = 5", True),
        ("DELETE FROM users u USING audit a WHERE u.id = 5", True),
        ("UPDATE users SET a = 1 FROM audit b WHERE id = 5", False),
        ("UPDATE users u SET a = 1 FROM audit b WHERE u.id = b.id AND b.k = 7", True),
    ],
)
def test_with_several_tables_the_bound_has_to_reach_the_changed_one(sql: str, expected: bool) -> None:
    assert bounded(sql) is expected


def test_a_deep_condition_is_given_up() -> None:
    deep = " AND ".join(["b > 1"] * 200)
    assert not bounded(" ".join(("DELETE FROM users WHERE id = 5 AND", deep)))
