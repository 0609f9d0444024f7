"""A destructive call in disguises, through the gateway, to a real PostgreSQL behind a real MCP server.

The server is one that people run and that a semicolon gets the better of: it begins a transaction that only
reads, and whoever sends `COMMIT;` first writes as they like. It is shown beside the gateway, too.
"""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from tests.helpers.gateway import Gateway
from tests.helpers.node import package_program
from tests.helpers.postgres import Postgres, running_postgres

pytestmark = pytest.mark.timeout(300)

COUNTED = 'tee "$0" | "$@"'
"""Starts the server with a file beside it that gets every byte that the server gets."""
SCHEMA = """
CREATE TABLE customers (id int PRIMARY KEY, name text);
INSERT INTO customers SELECT n, 'name ' || n FROM generate_series(1, 50) n;
CREATE FUNCTION wipe() RETURNS int LANGUAGE sql AS 'DELETE FROM customers; SELECT 1';
"""
COUNT = "SELECT count(*) AS n FROM customers"
DISGUISES = (
    "DROP TABLE customers",
    "COMMIT; DROP TABLE customers",
    "commit;drop/**/table/**/customers;--",
    "COMMIT; DROP -- only a comment\n TABLE customers",
    "SELECT 1; COMMIT; TRUNCATE customers",
    "END; DELETE FROM customers",
    "ROLLBACK; DELETE FROM customers WHERE true",
    "COMMIT; DELETE FROM customers WHERE id = id",
    "COMMIT; WITH d AS (DELETE FROM customers RETURNING *) SELECT count(*) FROM d",
    "COMMIT; EXPLAIN ANALYZE DELETE FROM customers",
    "COMMIT; DO $$ BEGIN EXECUTE 'DR' || 'OP TABLE customers'; END $$",
    "COMMIT; SELECT wipe()",
    'COMMIT; SELECT U&"w\\0069pe"()',
    "COMMIT AND CHAIN; SELECT * FROM query_to_xml('DELETE FROM customers', true, false, '')",
    "SELECT $a$ ' $b$ $a$; COMMIT; DROP TABLE customers; --'",
    "SELECT 'a\\'; COMMIT; DROP TABLE customers; --'",
    "SELECT E'\\\\'; COMMIT; DROP TABLE customers; --'",
    "/* SELECT 1 */ COMMIT /* ; */ ; /**/ ALTER TABLE customers RENAME TO gone",
    "SET TRANSACTION READ WRITE; UPDATE customers SET name = ''",
    "COMMIT; PREPARE p AS DELETE FROM customers; EXECUTE p",
    "COMMIT; CREATE TABLE copied AS WITH d AS (DELETE FROM customers RETURNING *) SELECT * FROM d",
    "COMMIT;\u00a0DROP TABLE customers",
    "COMMIT; COPY customers FROM PROGRAM 'true'; DELETE FROM customers",
    "COMMIT; MERGE INTO customers c USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


def address_for_node(address: str) -> str:
    """The same database as the server's own library writes a socket."""
    path, _, folder = address.removeprefix("postgresql://postgres@/").partition("?host=")
    return f"postgresql://postgres@{quote(folder, safe='')}/{path}"


def customers(connection: "psycopg.Connection[tuple[object, ...]]") -> object:
    try:
        return connection.execute("SELECT * FROM customers ORDER BY id").fetchall()
    except psycopg.Error:
        return "gone"


class Agent:
    """A client of the handshake era, over plain HTTP."""

    def __init__(self, gateway: Gateway) -> None:
        self._port, self._token = gateway.port, gateway.token
        self._session = ""
        opening = {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "t", "version": "1"},
        }
        self.ask("initialize", opening)
        self.ask("notifications/initialized", None)

    def ask(self, method: str, params: dict | None) -> dict:
        body: dict = {"jsonrpc": "2.0", "method": method}
        if params is not None:
            body |= {"id": 1, "params": params}
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
            **({"Mcp-Session-Id": self._session} if self._session else {}),
        }
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        connection.request("POST", "/mcp/crm", json.dumps(body), headers)
        answer = connection.getresponse()
        self._session = answer.headers.get("Mcp-Session-Id") or self._session
        said = answer.read()
        connection.close()
        lines = [line[6:] for line in said.split(b"\n") if line.startswith(b"data: {")]
        return json.loads(lines[-1] if lines else said or b"{}")

    def query(self, sql: str) -> dict:
        return self.ask("tools/call", {"name": "query", "arguments": {"sql": sql}})["result"]


def asked_of_the_server(got: Path) -> list[tuple[str, str]]:
    """Every message that has come to the server: its method, and the SQL that it carries."""
    messages = [json.loads(line) for line in got.read_bytes().splitlines()]
    return [(m["method"], m.get("params", {}).get("arguments", {}).get("sql", "")) for m in messages]


@pytest.mark.promise("DEC-2", "PATH-2")
def test_a_destructive_call_in_disguise_leaves_the_table_intact_and_sends_nothing(
    postgres: Postgres, tmp_path: Path
) -> None:
    address, got = postgres.fresh(), tmp_path / "got"
    program = package_program("@modelcontextprotocol/server-postgres", "dist/index.js")
    command = [COUNTED, str(got), *program, address_for_node(address)]
    entry = {
        "command": "/bin/sh",
        "args": ["-c", *command],
        "kind": "sql",
        "dialect": "postgres",
        "default": "deny",
    }
    rules = tmp_path / "rules.yaml"
    rules.write_text("include:\n  - {pack: sql-read-only, upstream: crm}\n")
    folder = tmp_path / "gateway"
    folder.mkdir()
    with (
        psycopg.connect(address, autocommit=True) as connection,
        Gateway(folder, {"crm": entry}, policies=[str(rules)]) as gateway,
    ):
        connection.execute(SCHEMA)
        before = customers(connection)
        agent = Agent(gateway)
        assert '"n": "50"' in agent.query(COUNT)["content"][0]["text"]
        for sql in DISGUISES:
            told = agent.query(sql)
            assert told["isError"] is True, sql
            assert "Not executed." in told["content"][0]["text"], sql
            assert customers(connection) == before, sql
        # What is allowed goes on, and once the second is answered, all before it is in the file.
        assert '"n": "50"' in agent.query(COUNT)["content"][0]["text"]
        assert '"two"' in agent.query("SELECT 2 AS two")["content"][0]["text"]
        came = asked_of_the_server(got)
    opening = [("initialize", ""), ("notifications/initialized", ""), ("tools/list", "")]
    assert came[:5] == [*opening, ("tools/call", COUNT), ("tools/call", COUNT)]
    assert came[5:] in ([], [("tools/call", "SELECT 2 AS two")])
    with psycopg.connect(address, autocommit=True) as connection:
        assert customers(connection) == before


def test_the_same_calls_do_harm_where_no_gateway_is_in_the_way(postgres: Postgres, tmp_path: Path) -> None:
    """With rules that allow everything: or the test above shows nothing."""
    address = postgres.fresh()
    program = package_program("@modelcontextprotocol/server-postgres", "dist/index.js")
    entry = {"command": program[0], "args": [*program[1:], address_for_node(address)]}
    with (
        psycopg.connect(address, autocommit=True) as connection,
        Gateway(tmp_path, {"crm": entry}) as gateway,
    ):
        agent = Agent(gateway)
        harmful = 0
        for sql in DISGUISES:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            connection.execute(SCHEMA)
            before = customers(connection)
            agent.ask("tools/call", {"name": "query", "arguments": {"sql": sql}})
            harmful += customers(connection) != before
        assert harmful >= 12, "most of these have to do harm"
