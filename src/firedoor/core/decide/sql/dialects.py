"""The dialects that are understood, and the other names they go by. Knows nothing of what they mean."""

from firedoor.model.errors import SettingsError

DIALECTS = (
    "postgres",
    "mysql",
    "sqlite",
    "tsql",
    "oracle",
    "bigquery",
    "snowflake",
    "clickhouse",
    "redshift",
    "duckdb",
    "mongo",
    "elastic",
    "redis",
)

_ALIASES = {
    "postgresql": "postgres",
    "pg": "postgres",
    "cockroachdb": "postgres",
    "timescaledb": "postgres",
    "mariadb": "mysql",
    "sqlite3": "sqlite",
    "mssql": "tsql",
    "sqlserver": "tsql",
    "sql server": "tsql",
    "plsql": "oracle",
    "mongodb": "mongo",
    "elasticsearch": "elastic",
    "opensearch": "elastic",
    "valkey": "redis",
}


def known_dialect(name: str) -> str | None:
    """Return the canonical name of a dialect, or None if it is not understood."""
    folded = name.strip().lower()
    folded = _ALIASES.get(folded, folded)
    return folded if folded in DIALECTS else None


def dialect_named(name: str) -> str:
    """Return the canonical name of a dialect.

    Raises:
        SettingsError: there is no dialect of that name.
    """
    known = known_dialect(name)
    if known is None:
        hint = f"Known are: {', '.join(DIALECTS)}."
        raise SettingsError("dialect_unknown", f"There is no SQL dialect named {name!r}.", hint)
    return known
