"""Servers of known databases are seen by their packages, and nothing else is taken for one."""

from pathlib import Path

import pytest

from firedoor.app.client_files import Found
from firedoor.app.init_kinds import dialect_of


def found(line: str) -> Found:
    command, *args = line.split()
    return Found(name="x", source=Path("mcp.json"), command=command, args=tuple(args))


@pytest.mark.parametrize(
    ("line", "dialect", "package"),
    [
        ("npx -y @modelcontextprotocol/server-postgres postgresql://h/d", "postgres",
         "@modelcontextprotocol/server-postgres"),
        ("npx -y @modelcontextprotocol/server-postgres@0.6.2", "postgres",
         "@modelcontextprotocol/server-postgres"),
        ("uvx postgres-mcp --access-mode=restricted", "postgres", "postgres-mcp"),
        ("docker run -i --rm mcp/postgres:latest", "postgres", "mcp/postgres"),
        ("uvx mcp-server-sqlite --db-path crm.db", "sqlite", "mcp-server-sqlite"),
        ("uvx mcp-server-sqlite==2025.4.25", "sqlite", "mcp-server-sqlite"),
        ("uv --directory /srv/mysql run mysql_mcp_server", "mysql", "mysql_mcp_server"),
        ("npx @benborla29/mcp-server-mysql", "mysql", "@benborla29/mcp-server-mysql"),
        ("uvx mariadb-mcp", "mysql", "mariadb-mcp"),
        ("uvx mssql-mcp", "tsql", "mssql-mcp"),
        ("uvx microsoft_sql_server_mcp", "tsql", "microsoft_sql_server_mcp"),
        ("uvx mcp_snowflake_server", "snowflake", "mcp_snowflake_server"),
        ("npx -y @ergut/mcp-bigquery-server --project-id p", "bigquery", "@ergut/mcp-bigquery-server"),
        ("uvx --with chdb mcp-clickhouse[all]", "clickhouse", "mcp-clickhouse"),
        ("mcp-clickhouse", "clickhouse", "mcp-clickhouse"),
    ],
)  # fmt: skip
def test_a_server_of_a_known_database_is_seen_by_its_package(line: str, dialect: str, package: str) -> None:
    assert dialect_of(found(line)) == (dialect, package)


@pytest.mark.parametrize(
    "line",
    [
        "npx -y @modelcontextprotocol/server-filesystem /var/lib/mysql",
        "python server.py postgres",
        "/srv/mcp/postgres/run.sh",
        "uvx files-mcp postgresql://host/db",
        "uvx mcp-nosqlite",
        "uvx mcp-postgres-to-mysql",
        "uvx postgres-exporter",
    ],
)
def test_what_only_sounds_like_one_is_left(line: str) -> None:
    assert dialect_of(found(line)) is None


def test_a_server_behind_an_address_says_nothing_of_its_package() -> None:
    assert dialect_of(Found(name="mcp-postgres", source=Path("m"), url="https://h/mcp-postgres")) is None
