"""Measure the SQL guard alone: statements as agents send them, new and repeated, and the worst known ones.

    .venv/bin/python benchmarks/sql_guard.py

Times are of CPU in this process. The worst ones say what `SHORT` of `edges.understanding.readers` may cost
the loop, and what a reading process may take before its deadline.
"""

import statistics
import time
from collections.abc import Callable

from firedoor.core.decide.sql.understand import KEPT, understand_sql
from firedoor.edges.understanding.readers import SHORT

TYPICAL = {
    "a key": "SELECT id, email FROM users WHERE id = {n}",
    "a join": "SELECT u.id, count(*) FROM users u JOIN orders o ON o.user_id = u.id WHERE o.ts > now() - "
    "interval '1 day' AND u.id > {n} GROUP BY u.id ORDER BY 2 DESC LIMIT 20",
    "windows": "WITH r AS (SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY ts DESC) rn FROM ev "
    "WHERE data->>'k' = 'v{n}') SELECT date_trunc('hour', ts) h, count(*) FILTER (WHERE rn = 1) FROM r "
    "GROUP BY 1",
    "a refusal": "DELETE FROM users WHERE id > {n}",
}
WORST: dict[str, Callable[[int], str]] = {
    "list": lambda size: "SELECT * FROM t WHERE id IN (" + "1," * ((size - 33) // 2) + "1)",
    "or": lambda size: "SELECT 1 WHERE " + "a=1 OR " * ((size - 20) // 7) + "a=1",
    "union": lambda size: "SELECT 1 " + "UNION SELECT 1 " * ((size - 9) // 15),
    "queries": lambda size: ("SELECT * FROM " + "(SELECT * FROM " * 30 + "t" + ") x" * 30)[:size],
    "cases": lambda size: (
        "SELECT " + "CASE WHEN a THEN " * ((size - 8) // 21) + "1" + " END" * ((size - 8) // 21)
    ),
    "brackets": lambda size: ("SELECT " + ("(" * 31 + "1" + ")" * 31 + "+") * (size // 64) + "1")[:size],
}
DIALECTS = ("postgres", "mysql", "sqlite", "tsql", "oracle", "bigquery", "snowflake", "clickhouse")


def spent(text: str, dialect: str) -> float:
    before = time.process_time()
    understand_sql(text, dialect)
    return (time.process_time() - before) * 1e6


def main() -> None:
    for dialect in DIALECTS:
        understand_sql("SELECT 1", dialect)
    print("new statements, us of CPU: median of 200")
    for name, text in TYPICAL.items():
        times = {
            dialect: statistics.median(spent(text.replace("{n}", str(n)), dialect) for n in range(200))
            for dialect in ("postgres", "mysql")
        }
        print(f"  {name:10}", "  ".join(f"{dialect} {us:6.0f}" for dialect, us in times.items()))
    text = TYPICAL["a join"]
    understand_sql(text, "postgres")
    repeated = statistics.median(spent(text, "postgres") for _ in range(2000))
    print(f"repeated   {repeated:6.1f}")
    for size in (SHORT, 8_000, 60_000):
        KEPT.forget()
        found = max(
            (spent(make(size), dialect) / 1e3, name, dialect)
            for name, make in WORST.items()
            for dialect in DIALECTS
        )
        print(f"worst known of {size:6} characters: {found[0]:6.1f} ms ({found[1]}, {found[2]})")


if __name__ == "__main__":
    main()
