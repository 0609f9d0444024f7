import pytest

from firedoor.core.decide.sql.understand import understand_sql
from firedoor.model.sql import SqlEffect


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("SELECT * FROM pg_subscription", "postgres"),
        ("TABLE pg_subscription", "postgres"),
        ("SELECT s FROM pg_subscription s", "postgres"),
        ("SELECT to_json(s) FROM pg_catalog.pg_subscription s", "postgres"),
        ("SELECT s.a FROM pg_subscription s(a, b, c, d, e)", "postgres"),
        ('SELECT count(*) FROM "pg_authid"', "postgres"),
        ("SELECT option_value FROM information_schema.user_mapping_options", "postgres"),
        ("SELECT srvoptions FROM pg_foreign_server", "postgres"),
        ("SELECT options FROM pg_hba_file_rules", "postgres"),
        ("SELECT * FROM vault.decrypted_secrets", "postgres"),
        ("SHOW primary_conninfo", "postgres"),
        ("SELECT current_setting(E'primary_conninfo', true)", "postgres"),
        ("SELECT setting FROM pg_settings WHERE name = 'primary_conninfo'", "postgres"),
        ("SELECT * FROM pg_shadow", "redshift"),
        ("SELECT * FROM mysql.user", "mysql"),
        ("SELECT u.* FROM `mysql`.`user` u", "mysql"),
        ("TABLE mysql.user", "mysql"),
        ("SELECT user, authentication_string FROM mysql.user", "mysql"),
        ("SELECT x.a FROM (SELECT * FROM mysql.user) AS x(a, b)", "mysql"),
        ("SHOW CREATE USER root", "mysql"),
        ("SELECT Priv FROM mysql.global_priv", "mysql"),
        ("SELECT name, password_hash FROM sys.sql_logins", "tsql"),
        ("SELECT * FROM master.sys.sql_logins", "tsql"),
        ("SELECT name FROM master..syslogins", "tsql"),
        ("SELECT [LOGINPROPERTY]('sa', 'Password' + 'Hash')", "tsql"),
        ("SELECT name, spare4 FROM sys.user$", "oracle"),
        ("SELECT * FROM dba_users", "oracle"),
        ("SELECT dbms_metadata.get_ddl('USER', 'X') FROM dual", "oracle"),
        ("SELECT dbms_metadata.get_ddl('US' || 'ER', 'X') FROM dual WHERE 'TABLE' = 'TABLE'", "oracle"),
        ("SELECT * FROM system.named_collections", "clickhouse"),
        ("SHOW CREATE USER x", "clickhouse"),
    ],
)
def test_what_shows_where_a_server_keeps_credentials_is_no_read(text: str, dialect: str) -> None:
    assert understand_sql(text, dialect).effect is not SqlEffect.READ


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("SELECT subname, pid, received_lsn FROM pg_stat_subscription", "postgres"),
        ("SELECT rolname, rolsuper FROM pg_roles", "postgres"),
        ("SELECT name, setting FROM pg_settings WHERE name = 'max_connections'", "postgres"),
        ("SELECT user, host, plugin FROM mysql.user WHERE account_locked = 'Y'", "mysql"),
        ("SELECT count(*) FROM mysql.user", "mysql"),
        ("SELECT * FROM shop.user", "mysql"),
        ("SHOW CREATE TABLE user", "mysql"),
        ("SELECT name, is_disabled FROM sys.sql_logins", "tsql"),
        ("SELECT username, account_status FROM dba_users", "oracle"),
        ("SELECT dbms_metadata.get_ddl('TABLE', 'ORDERS') FROM dual", "oracle"),
        ("SELECT name, storage FROM system.users", "clickhouse"),
    ],
)
def test_what_else_is_kept_beside_them_can_be_read(text: str, dialect: str) -> None:
    assert understand_sql(text, dialect).effect is SqlEffect.READ
