"""Servers of known databases and of shells are seen by their names, and nothing else is taken for one."""

from pathlib import Path

import pytest

from firedoor.app.client_files import Found
from firedoor.app.init_kinds import Known, kind_of


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
        ("npx -y @f4ww4z/mcp-mysql-server", "mysql", "@f4ww4z/mcp-mysql-server"),
        ("/srv/node_modules/.bin/mcp-server-postgres", "postgres", "mcp-server-postgres"),
        ("./node_modules/.bin/mcp-server-postgres", "postgres", "mcp-server-postgres"),
        ("/srv/.venv/bin/mcp-server-sqlite --db-path crm.db", "sqlite", "mcp-server-sqlite"),
        ("~/.local/bin/mcp-server-sqlite", "sqlite", "mcp-server-sqlite"),
        ("env LANG=C /srv/.venv/bin/mcp-server-sqlite", "sqlite", "mcp-server-sqlite"),
        ("node /opt/servers/server-postgres/dist/index.js", "postgres", "server-postgres"),
        ("node /opt/node_modules/@modelcontextprotocol/server-postgres/dist/index.js", "postgres",
         "server-postgres"),
        ("node ./dist/mcp-mysql.mjs", "mysql", "mcp-mysql.mjs"),
        ("/usr/bin/python3 /srv/sql_server_mcp.py", "tsql", "sql_server_mcp.py"),
        ("uv --directory /srv/mcp-server-sqlite run server.py", "sqlite", "mcp-server-sqlite"),
        ("/srv/mcp/postgres/run.sh", "postgres", "mcp/postgres"),
    ],
)  # fmt: skip
def test_a_server_of_a_known_database_is_seen_by_its_package(line: str, dialect: str, package: str) -> None:
    assert kind_of(found(line)) == Known(kind="sql", dialect=dialect, because=package)


@pytest.mark.parametrize(
    ("line", "dialect"),
    [
        ("uvx files-mcp postgresql://dana:hunter2@host/db", "postgres"),
        ("/srv/notes --dsn=postgres://dana:hunter2@host/db", "postgres"),
        ("uvx notes mysql+pymysql://dana:hunter2@host/db", "mysql"),
    ],
)
def test_who_is_given_a_database_is_taken_to_speak_its_sql_and_the_address_is_not_repeated(
    line: str, dialect: str
) -> None:
    known = kind_of(found(line))
    assert known is not None
    assert known.settings == ("kind: sql", f"dialect: {dialect}")
    assert "hunter2" not in known.because


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("uvx mcp-shell-server", "mcp-shell-server"),
        ("npx -y @wonderwhy-er/desktop-commander@latest", "@wonderwhy-er/desktop-commander"),
        ("node /srv/DesktopCommanderMCP/dist/index.js", "DesktopCommanderMCP"),
        ("/srv/.venv/bin/cli-mcp-server", "cli-mcp-server"),
        ("npx mcp-server-commands", "mcp-server-commands"),
        ("docker run -i --rm mcp/ssh", "mcp/ssh"),
    ],
)
def test_a_server_that_runs_commands_is_seen_by_its_name(line: str, name: str) -> None:
    known = kind_of(found(line))
    assert known == Known(kind="shell", because=name)
    assert known.settings == ("kind: shell",)


@pytest.mark.parametrize(
    "line",
    [
        "npx -y @modelcontextprotocol/server-filesystem /var/lib/mysql",
        "python server.py postgres",
        "/srv/postgres/run.sh",
        "uvx files-mcp https://host/postgres",
        "uvx shellcheck-mcp",
        "/bin/bash /srv/start.sh",
        "npx mcp-server-filesystem /srv/mcp-postgres",
        "uvx mcp-nosqlite",
        "uvx mcp-postgres-to-mysql",
        "uvx postgres-exporter",
    ],
)
def test_what_only_sounds_like_one_is_left(line: str) -> None:
    assert kind_of(found(line)) is None


def test_a_server_behind_an_address_says_nothing_of_its_package() -> None:
    assert kind_of(Found(name="mcp-postgres", source=Path("m"), url="https://h/mcp-postgres")) is None
