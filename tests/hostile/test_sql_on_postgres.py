"""The SQL guard against a real PostgreSQL: what it refuses does harm, and what it calls a read only reads."""

from collections.abc import Iterator

import psycopg
import pytest

from firedoor.core.decide.sql.understand import understand_sql
from firedoor.model.sql import SqlEffect
from tests.core.decide.sql.cases import cases
from tests.helpers.postgres import Postgres, running_postgres

SCHEMA = """
CREATE TABLE users (id int PRIMARY KEY, email text, name text, region text, tags text[], active bool);
INSERT INTO users SELECT n, n || '@example.com', 'name ' || n, 'eu', '{a,b}', true
    FROM generate_series(1, 5) n;
CREATE TABLE orders (id int, user_id int, total int, ts timestamptz DEFAULT now(), created_at timestamptz,
                     status text, region text, x int);
CREATE TABLE ev (id int, user_id int, ts timestamptz, data jsonb);
CREATE TABLE requests (ts timestamptz, status int, latency_ms float, ms float);
CREATE FUNCTION wipe() RETURNS int LANGUAGE sql AS 'DELETE FROM users; SELECT 1';
CREATE FUNCTION users_wipe(users) RETURNS int LANGUAGE sql AS 'DELETE FROM users; SELECT 1';
CREATE PROCEDURE wipe_all() LANGUAGE sql AS 'DELETE FROM users';
CREATE RULE quietly AS ON UPDATE TO orders DO ALSO DELETE FROM users;
"""
DISGUISED = [
    "DROP TABLE users",
    "dRoP/**/TaBlE/**/users",
    "DROP -- x\n TABLE users",
    "SELECT 1; DROP TABLE users",
    "SELECT 1 /* a /* b */ ; */ ; DROP TABLE users",
    "SELECT $a$ ' $b$ $a$; DROP TABLE users; --'",
    "SELECT 'a\\'; DROP TABLE users; --'",
    "SELECT E'\\\\'; DROP TABLE users; --'",
    'DROP TABLE U&"\\0075sers"',
    'DROP TABLE "users"',
    "TRUNCATE users",
    "DELETE FROM users",
    "DELETE FROM users WHERE id = id",
    "DELETE FROM users WHERE id > 0",
    "DELETE FROM users WHERE id IN (SELECT id FROM users)",
    "DELETE FROM users USING (SELECT 1) s",
    "WITH d AS (DELETE FROM users RETURNING *) SELECT count(*) FROM d",
    "WITH a AS (SELECT 1), d AS (UPDATE users SET email = '' RETURNING id) SELECT * FROM d",
    "EXPLAIN ANALYZE DELETE FROM users",
    "EXPLAIN (ANALYZE, COSTS off) UPDATE users SET email = NULL",
    "DO $$ BEGIN EXECUTE 'DR' || 'OP TABLE users'; END $$",
    "SELECT wipe()",
    'SELECT "wipe"()',
    'SELECT U&"w\\0069pe"()',
    "SELECT U&\"w!0069pe\" UESCAPE '!' ()",
    "SELECT 1 WHERE wipe() = 1",
    "SELECT * FROM wipe() AS x",
    "SELECT (SELECT wipe()) FROM generate_series(1, 1)",
    "SELECT users_wipe(u) FROM users u",
    "SELECT query_to_xml('DELETE FROM users', true, false, '')",
    "SELECT * FROM query_to_xml('SELECT wipe()', true, false, '')",
    "SELECT ts_stat('SELECT to_tsvector(wipe()::text)')",
    "CALL wipe_all()",
    "PREPARE p AS DELETE FROM users; EXECUTE p",
    "CREATE TABLE copied AS WITH d AS (DELETE FROM users RETURNING *) SELECT * FROM d",
    "MERGE INTO users u USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "ALTER TABLE users DROP COLUMN email",
    "ALTER TABLE users RENAME TO gone",
    "INSERT INTO users (id) SELECT 99 WHERE wipe() = 1",
    "BEGIN; DELETE FROM users; COMMIT",
    "COPY users FROM PROGRAM 'echo'; DELETE FROM users",
    "BEGIN READ WRITE; DROP TABLE users; COMMIT",
]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


def contents(connection: "psycopg.Connection[tuple[object, ...]]") -> object:
    try:
        return connection.execute("SELECT * FROM users ORDER BY id").fetchall()
    except psycopg.Error:
        return "gone"


@pytest.mark.promise("DEC-2")
def test_what_does_harm_to_a_real_table_is_never_a_read(postgres: Postgres) -> None:
    address = postgres.fresh()
    harmful = 0
    for text in DISGUISED:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            connection.execute(SCHEMA)
            before = contents(connection)
            try:
                connection.execute(text.encode())
            except psycopg.Error:
                connection.execute("ROLLBACK")
            harmful += contents(connection) != before
        assert understand_sql(text, "postgres").effect in {SqlEffect.DESTRUCTIVE, SqlEffect.UNKNOWN}, text
    assert harmful >= 25, "most of these have to do harm, or the test shows nothing"


def test_what_is_called_a_read_runs_in_a_transaction_that_only_reads(postgres: Postgres) -> None:
    """Errors about tables that are not there are left out; one about writing would show a wrong label."""
    ran = 0
    with psycopg.connect(postgres.fresh(), autocommit=True) as connection:
        connection.execute(SCHEMA)
        for case in cases("sql_own.jsonl", "sql_cases.jsonl"):
            if case.dialect != "postgres" or case.expect != "allow":
                continue
            connection.execute("BEGIN READ ONLY")
            try:
                connection.execute(case.sql.encode()).fetchall()
                ran += 1
            except psycopg.errors.ReadOnlySqlTransaction:
                pytest.fail(f"{case.id} writes: {case.sql}")
            except psycopg.errors.SyntaxError as error:
                pytest.fail(f"{case.id} is no SQL: {case.sql}: {error}")
            except psycopg.Error:
                pass  # its tables are not here
            connection.execute("ROLLBACK")
    assert ran >= 40
