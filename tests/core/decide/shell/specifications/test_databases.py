import pytest

from firedoor.core.decide.shell.understand import understand_shell


@pytest.mark.parametrize(
    "command",
    [
        "psql -c 'select 1'",
        "psql -l",
        "psql -c '\\d+ orders' shop",
        "psql 'postgres://ro@db/shop?sslmode=require' -c 'select 1'",
        "mysql -e 'SHOW TABLES' shop",
        "mysql -e 'select 1\\G'",
        "sqlite3 -readonly x.db 'select 1'",
        "sqlite3 x.db .tables",
        "redis-cli -h x get a",
        "redis-cli slowlog get 10",
        "redis-cli config get maxmemory",
        "redis-cli --scan --pattern 'a*'",
        "pg_isready -h x",
        "mysqladmin status",
    ],
)
def test_a_database_client_that_reads_is_allowed(command: str) -> None:
    facts = understand_shell(command)
    assert facts.allowed, facts.reasons


@pytest.mark.parametrize(
    "command",
    [
        "psql",
        "psql -c 'drop table x'",
        "psql -c 'select 1' -c 'drop table x'",
        "psql -c '\\! id'",
        "psql -c 'select 1 \\g x'",
        'psql -c "$x"',
        "psql -f x",
        "psql -c 'select 1' 'service=x passfile=y'",
        "psql -c 'select 1' \"$x\"",
        "mysql",
        "mysql -e 'drop table x'",
        "mysql -e '\\! id'",
        'mysql -e "$x"',
        "sqlite3 x.db",
        "sqlite3 x.db '.shell id'",
        "sqlite3 x.db 'drop table x'",
        "sqlite3 x.db 'select 1\n.shell id'",
        "sqlite3 -cmd '.shell id' x.db 'select 1'",
        "redis-cli",
        "redis-cli flushall",
        "redis-cli config set a b",
        "redis-cli config get '*'",
        "redis-cli config get requirepass",
        "redis-cli $x",
        "redis-cli client kill x",
        "mysqladmin shutdown",
        "mysqladmin",
    ],
)
def test_a_database_client_that_does_more_is_not(command: str) -> None:
    assert not understand_shell(command).allowed


def test_a_statement_that_could_keep_a_parser_busy_is_not_read() -> None:
    unit = "IN BETWEEN IF POSITION "
    facts = understand_shell(f'psql -c "SELECT 1 WHERE {unit * 100}"')
    assert not facts.allowed
    assert any("up to 300 characters" in reason for reason in facts.reasons)


@pytest.mark.parametrize(
    "command",
    [
        "psql -P pager=off -P footer -c 'select 1'",
        "psql --pset=expanded=auto -c 'select 1'",
        "psql --pset format=csv -P border=2 -l",
    ],
)
def test_psql_prints_as_it_is_told(command: str) -> None:
    assert understand_shell(command).allowed, understand_shell(command).reasons


@pytest.mark.parametrize(
    "command",
    [
        "psql -P pager=on -c 'select 1'",
        "psql -P pager -c 'select 1'",
        "psql -P \"$x\" -c 'select 1'",
        "psql --pset=\"$x\" -c 'select 1'",
        "psql -P pager_min_lines=1 -l",
    ],
)
def test_psql_takes_no_pager_and_nothing_else_by_its_settings(command: str) -> None:
    assert not understand_shell(command).allowed
