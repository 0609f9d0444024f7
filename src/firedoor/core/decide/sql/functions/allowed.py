"""Whether a function is on the allow-list of a dialect. By name alone; overloads are not told apart."""

from firedoor.core.decide.sql.functions import others, postgres, warehouses
from firedoor.core.decide.sql.words import words

_LISTS = {
    "postgres": postgres.POSTGRES,
    "redshift": postgres.REDSHIFT,
    "mysql": others.MYSQL,
    "sqlite": others.SQLITE,
    "tsql": others.TSQL,
    "oracle": others.ORACLE,
    "bigquery": warehouses.BIGQUERY,
    "snowflake": warehouses.SNOWFLAKE,
    "clickhouse": frozenset(name.lower() for name in warehouses.CLICKHOUSE),
    "duckdb": warehouses.DUCKDB,
}
_OWN_SCHEMAS = {
    "postgres": frozenset({"pg_catalog", "information_schema"}),
    "redshift": frozenset({"pg_catalog"}),
    "tsql": frozenset({"sys"}),
    "mysql": frozenset({"sys"}),
    "oracle": frozenset({"sys"}),
    "snowflake": frozenset({"information_schema"}),
    "duckdb": frozenset({"pg_catalog", "main"}),
}
_METHODS_OF_XML_AND_GEOMETRY = words("""
    value query exist nodes tostring stastext stdistance stintersects stcontains lat long stx sty
""")
_TAKES_A_NUMBER = frozenset({"nextval", "next_value_for"})
_SYNTAX_OF_POSTGRES = words(
    "all some row json_exists json_query json_value xmlattributes xmlforest xmlpi xmlroot"
)
_DBO = frozenset({"dbo", "guest", "master", "msdb", "model", "tempdb"})


def takes_a_number(name: str) -> bool:
    """Whether a function takes the next number of a sequence: a write that loses nothing."""
    return name in _TAKES_A_NUMBER


def is_allowed(dialect: str, schema: tuple[str, ...], name: str) -> bool:
    """Whether a function, by its name in lower case and what stands before it, is known only to read."""
    if not schema:
        return name in _LISTS[dialect] or _has_known_prefix(dialect, name)
    if dialect == "bigquery" and f"{schema[-1]}.{name}" in _LISTS[dialect]:
        return True
    if dialect == "bigquery" and schema == ("safe",):
        return name in _LISTS[dialect]
    if dialect == "oracle":
        return _is_oracle_package(schema, name)
    if dialect == "tsql" and name in _METHODS_OF_XML_AND_GEOMETRY and schema[-1] not in _DBO:
        return True
    return schema[-1] in _OWN_SCHEMAS.get(dialect, frozenset()) and _is_own(dialect, schema[-1], name)


def is_spelled_by_the_grammar(dialect: str, schema: tuple[str, ...], name: str) -> bool:
    """Whether a word before brackets is syntax: where a second grammar says whether it is a call."""
    return dialect == "postgres" and not schema and name in _SYNTAX_OF_POSTGRES


def _is_oracle_package(schema: tuple[str, ...], name: str) -> bool:
    if schema == ("sys",):
        return name in others.ORACLE
    inner = schema[1:] if schema[0] == "sys" else schema
    return len(inner) == 1 and f"{inner[0]}.{name}" in others.ORACLE_PACKAGES


def _has_known_prefix(dialect: str, name: str) -> bool:
    return dialect in {"postgres", "redshift"} and name.startswith(postgres.PREFIXES)


def _is_own(dialect: str, schema: str, name: str) -> bool:
    if dialect == "tsql":
        return name in others.TSQL or name.startswith("dm_")
    if dialect == "snowflake" and schema == "information_schema":
        return True  # its table functions are views with arguments
    return name in _LISTS[dialect] or _has_known_prefix(dialect, name)
