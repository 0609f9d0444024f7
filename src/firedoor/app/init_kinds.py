"""Which MCP servers of a client's file speak SQL, by the names of their packages. Pure; asks no registry.

A guess: what it says is written into the settings, where a person sees it. It never says that one does not.
"""

import re

from firedoor.app.client_files import Found

_DIALECTS = {
    "postgres": "postgres", "postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql",
    "sqlite": "sqlite", "mssql": "tsql", "sqlserver": "tsql", "snowflake": "snowflake",
    "bigquery": "bigquery", "clickhouse": "clickhouse",
}  # fmt: skip
"""By a word in the name of a package: forks and wrappers keep it."""
_OF_MCP = {"mcp", "modelcontextprotocol"}
_PACKAGE = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9._/-]*")
_VERSION = re.compile(r"(?<=.)(?:@|==|:|\[).*", re.DOTALL)
_IN_WORDS = (("sql_server", "sqlserver"), ("sql-server", "sqlserver"))


def dialect_of(upstream: Found) -> tuple[str, str] | None:
    """The dialect that a server's tools carry, and the package that says so; None if none does."""
    for word in (upstream.command or "", *upstream.args):
        package = _VERSION.sub("", word)
        if _PACKAGE.fullmatch(package) and (dialect := _dialect(package)) is not None:
            return dialect, package
    return None


def _dialect(package: str) -> str | None:
    name = package.lower()
    for written, one_word in _IN_WORDS:
        name = name.replace(written, one_word)
    words = set(re.split(r"[^a-z0-9]+", name))
    found = {_DIALECTS[word] for word in words & _DIALECTS.keys()}
    return found.pop() if words & _OF_MCP and len(found) == 1 else None
