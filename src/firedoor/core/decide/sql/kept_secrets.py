"""Where databases keep credentials: their own tables and columns, statements and settings that show them.

Reading there changes nothing, and what is read opens the door. Knows the catalogs of the servers; the tables
of an application are not known here.
"""

from itertools import pairwise

from firedoor.core.decide.sql.lexical import Kind, Lexeme
from firedoor.core.decide.sql.reading import Reading
from firedoor.core.decide.sql.words import words

_POSTGRES = words("""
    pg_authid pg_shadow pg_user_mapping pg_user_mappings _pg_user_mappings user_mapping_options
    pg_subscription pg_foreign_server _pg_foreign_servers foreign_server_options pg_hba_file_rules
    pg_file_settings
    pg_dist_authinfo pg_dist_poolinfo vault.secrets vault.decrypted_secrets pgsodium.key
    pgsodium.decrypted_key pgsodium.valid_key
""")
"""A whole row of these can be read without a name of a column: `SELECT s FROM pg_subscription s`, or under
others (`pg_subscription s(a, b, c)`), so no list of columns would do."""
_TABLES = {
    "postgres": _POSTGRES,
    "redshift": _POSTGRES,
    "mysql": words("""
        mysql.global_priv mysql.servers mysql.slave_master_info mysql.password_history
        performance_schema.keyring_keys information_schema.user_attributes
    """),
    "tsql": words("syslogins sysxlgns sysusers sysowners"),
    "oracle": words("user$ link$ user_history$"),
    "clickhouse": words("system.named_collections system.zookeeper"),
}
_COLUMNS = {
    "mysql": {"mysql.user": words("authentication_string password user_attributes")},
    "tsql": {"sql_logins": words("password_hash")},
    "oracle": {
        "dba_users": words("password"),
        "user_db_links": words("password"),
        "dba_db_links": words("password"),
    },
}
"""Tables that may be read where every column is written out, and none is one of these."""
_SHOW_CREATE = {"mysql": words("USER SERVER"), "clickhouse": words("USER")}
"""What `SHOW CREATE` would show a password of, or its hash."""
_SETTINGS = words("primary_conninfo ssl_passphrase_command")
_SHOWS_DEFINITIONS = words("get_ddl get_dependent_ddl get_granted_ddl get_xml get_sxml")
_DEFINITIONS = words("""
    TABLE INDEX VIEW MATERIALIZED_VIEW SEQUENCE SYNONYM PROCEDURE FUNCTION PACKAGE PACKAGE_BODY PACKAGE_SPEC
    TRIGGER TYPE TYPE_BODY TABLESPACE CONSTRAINT REF_CONSTRAINT COMMENT OBJECT_GRANT SYSTEM_GRANT ROLE_GRANT
""")
_BEFORE_EVERY_COLUMN = frozenset({",", ".", "SELECT", "DISTINCT", "ALL"})


def hold(found: tuple[Lexeme, ...], dialect: str, reading: Reading) -> None:
    """Make unknown what reads where a server keeps credentials."""
    if any(_is_among(table, _TABLES.get(dialect, frozenset())) for table in reading.tables):
        reading.unknown(
            "It reads where password hashes or credentials lie, which a list of roles does not need."
        )
    for guarded, secret in _COLUMNS.get(dialect, {}).items():
        is_read = any(_is_among(table, frozenset({guarded})) for table in reading.tables)
        if is_read and (not secret.isdisjoint(reading.columns) or _takes_every_column(found)):
            reading.unknown(
                f"It reads where password hashes lie; write out other columns of {guarded} than those."
            )
    if _asks_for_one(found, dialect):
        reading.unknown("It asks for what holds a password or its hash.")


def _is_among(table: str, guarded: frozenset[str]) -> bool:
    """By its last name, or by its last two."""
    parts = table.lower().split(".")
    return parts[-1] in guarded or ".".join(parts[-2:]) in guarded


def _takes_every_column(found: tuple[Lexeme, ...]) -> bool:
    """`*`, but not of count(*) or a product; `TABLE t` is all of it too."""
    before = ""
    for lexeme in found:
        if lexeme.word == "TABLE" or (lexeme.text == "*" and before in _BEFORE_EVERY_COLUMN):
            return True
        before = lexeme.word or lexeme.text
    return False


def _asks_for_one(found: tuple[Lexeme, ...], dialect: str) -> bool:
    first = [lexeme.word for lexeme in found[:3]]
    if first[:2] == ["SHOW", "CREATE"] and not _SHOW_CREATE.get(dialect, frozenset()).isdisjoint(first[2:]):
        return True
    if dialect in {"postgres", "redshift"}:
        return any(setting in lexeme.text.lower() for lexeme in found for setting in _SETTINGS)
    if dialect == "tsql":
        return any(lexeme.name == "loginproperty" for lexeme in found)
    return dialect == "oracle" and _shows_a_definition(found)


def _shows_a_definition(found: tuple[Lexeme, ...]) -> bool:
    """`get_ddl('USER', …)` shows the hash; the kind of what is shown has to be written out."""
    kinds = [
        after.text.strip("'").upper() if after.kind is Kind.STRING else ""
        for at, (name, bracket) in enumerate(pairwise(found))
        if name.name in _SHOWS_DEFINITIONS and bracket.text == "("
        for after in found[at + 2 : at + 3]
    ]
    return not _DEFINITIONS.issuperset(kinds)
