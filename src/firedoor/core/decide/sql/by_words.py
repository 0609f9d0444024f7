"""Statements that are known by their first words: SHOW, DESCRIBE, PRAGMA, EXPLAIN, and all that destroys.

For what the parsers have no tree for. Reads are an allow-list of whole forms; the rest is named as well as
its first words allow. Takes lexemes without comments, and never sees a second statement as a read.
"""

from dataclasses import dataclass
from itertools import pairwise

from firedoor.core.decide.sql.by_sqlglot import names_a_file
from firedoor.core.decide.sql.lexical import Kind, Lexeme
from firedoor.core.decide.sql.reading import CHANGES_MORE, Reading
from firedoor.core.decide.sql.words import words

Lexemes = tuple[Lexeme, ...]

_DESTROYS = words("""
    DROP TRUNCATE ALTER CREATE GRANT REVOKE DENY RENAME REINDEX VACUUM CLUSTER LOCK COPY LOAD CALL EXEC
    EXECUTE DO KILL SHUTDOWN BACKUP RESTORE SET RESET ATTACH DETACH FLUSH PURGE INSTALL UNINSTALL REASSIGN
    SECURITY COMMENT IMPORT EXPORT SYSTEM OPTIMIZE REPAIR HANDLER BEGIN DECLARE PREPARE DEALLOCATE UNDROP
    PUT REMOVE RM REFRESH NOTIFY LISTEN UNLISTEN CHECKPOINT DISCARD REPLICATE START STOP CHANGE BINLOG
    DBCC RECONFIGURE BULK USE EXCHANGE MOVE CLONE UNLOAD AUDIT NOAUDIT FLASHBACK ASSOCIATE UNSET SUSPEND
    RESUME DUMP WAITFOR DISABLE ENABLE COMMIT ROLLBACK SAVEPOINT RELEASE ANALYZE ANALYSE DELETE UPDATE
    MERGE
""")
_SHOWS = frozenset({"mysql", "postgres", "redshift", "snowflake", "clickhouse", "duckdb"})
_DESCRIBES = frozenset({"mysql", "snowflake", "clickhouse", "duckdb", "oracle", "redshift"})
_EXISTS = frozenset({"clickhouse"})
_MOST_NAMES = 3
_VERBS = words("""
    SELECT DROP TRUNCATE ALTER CREATE DELETE UPDATE INSERT REPLACE MERGE GRANT REVOKE LOAD INSTALL CALL
    EXEC EXECUTE DETACH ATTACH COPY REMOVE PUT UNDROP RENAME KILL
""")
"""Words that start another statement, and stand in no SHOW or DESCRIBE but right behind SHOW."""
_SHOW_MARKS = frozenset({".", ",", "=", "<", ">", "%", ";", "*", "@", "(", ")"})
_IN_PARENTHESES = frozenset({"COUNT", "CURRENT_USER", "IN", "LIKE", "AND", "OR", "WHERE"})
_PRAGMAS = words("""
    table_info table_xinfo table_list index_list index_info index_xinfo foreign_key_list foreign_key_check
    integrity_check quick_check database_list collation_list compile_options function_list module_list
    pragma_list stats
""")
"""Pragmas of SQLite that only read, with or without an argument."""
_PRAGMAS_BARE = words("""
    application_id auto_vacuum busy_timeout cache_size cache_spill data_version encoding foreign_keys
    freelist_count journal_mode journal_size_limit locking_mode max_page_count mmap_size page_count page_size
    query_only read_uncommitted recursive_triggers schema_version secure_delete synchronous temp_store
    threads user_version wal_autocheckpoint
""")
"""Pragmas that read without an argument and write with one."""
_DUCKDB_PRAGMAS = words(
    "table_info show_tables database_list database_size version storage_info show functions"
)
_PROCEDURES = words("""
    sp_help sp_helptext sp_helpindex sp_helpconstraint sp_helpdb sp_helpfile sp_helpuser sp_helprole
    sp_helprolemember sp_helpstats sp_helptrigger sp_columns sp_tables sp_databases sp_pkeys sp_fkeys
    sp_statistics sp_stored_procedures sp_sproc_columns sp_who sp_who2 sp_lock sp_spaceused sp_depends
    sp_server_info sp_special_columns sp_table_privileges sp_column_privileges sp_monitor
""")
"""System procedures of SQL Server that only read. `sp_` is looked up in the system's own first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """EXPLAIN of another statement."""

    at: int
    """Where the statement starts in the text."""
    runs: bool
    """Whether it is also run (ANALYZE)."""


def kind_of(found: Lexemes) -> str:
    """Name a statement by its first words: `drop table`, `select`."""
    named = [lexeme.word.lower() for lexeme in found[:2] if lexeme.word]
    if named and named[0] in {"create", "alter", "drop", "show", "explain", "rename"}:
        return " ".join(named)
    return named[0] if named else "nothing"


def read_by_words(found: Lexemes, dialect: str, reading: Reading) -> bool:
    """Read a statement by its words. False if this is not one of those that are read this way."""
    first = found[0].word if found else ""
    if _only_reads(found, first, dialect):
        return True
    if first in {"SHOW", "DESCRIBE", "DESC", "PRAGMA", "EXISTS", "LIST", "LS"} or (
        first == "EXPLAIN" and dialect == "mysql"
    ):
        kind = "PRAGMA" if first == "PRAGMA" else first
        reading.unknown(f"This form of {kind} is not one of those known only to read.")
        return True
    return False


def name_what_destroys(found: Lexemes, reading: Reading) -> None:
    """Say of a text that no parser understood at least what its first word says."""
    first = found[0].word if found else ""
    if first in _DESTROYS:
        reading.destroys(f"{first}{CHANGES_MORE}runs what cannot be seen here.")


def _only_reads(found: Lexemes, first: str, dialect: str) -> bool:
    rest = found[1:-1] if found and found[-1].text == ";" else found[1:]
    if first in {"LIST", "LS"} and dialect == "snowflake":
        return _is_a_stage(rest)
    if first == "SHOW" and dialect in _SHOWS:
        return _is_plain(rest) and not _names_a_file(rest, dialect)
    if first in {"DESCRIBE", "DESC", "EXISTS"} and dialect in (_EXISTS if first == "EXISTS" else _DESCRIBES):
        return _is_one_object(_without_signature(rest, dialect)) and not _names_a_file(rest, dialect)
    if first == "EXPLAIN" and dialect == "mysql":
        return _is_one_object(rest)
    if first == "PRAGMA":
        return _is_reading_pragma(rest, dialect)
    return dialect == "tsql" and _is_reading_procedure(found)


def _is_a_stage(rest: Lexemes) -> bool:
    """`@stage/path`, `@~`, `@%table PATTERN = '…'`: shows the names of files."""
    marks = frozenset("@~%/.-=")
    return (
        bool(rest)
        and rest[0].text.startswith("@")
        and all(
            lexeme.text in marks or lexeme.kind in {Kind.WORD, Kind.QUOTED, Kind.STRING, Kind.NUMBER}
            for lexeme in rest
        )
        and not any(lexeme.word in _VERBS for lexeme in rest)
    )


def _names_a_file(rest: Lexemes, dialect: str) -> bool:
    """DuckDB describes a file by its name: `DESCRIBE 'x.csv'`, `DESCRIBE x.csv`."""
    if dialect != "duckdb":
        return False
    parts = [lexeme.name for lexeme in rest if lexeme.name]
    return any(lexeme.kind is Kind.STRING for lexeme in rest) or (bool(parts) and names_a_file(*parts))


def _is_name(lexeme: Lexeme) -> bool:
    return lexeme.kind in {Kind.WORD, Kind.QUOTED, Kind.STRING}


def _without_signature(rest: Lexemes, dialect: str) -> Lexemes:
    """Snowflake names a function with the types of its arguments: `FUNCTION f(number, text)`."""
    starts = [place for place, lexeme in enumerate(rest) if lexeme.text == "("]
    if dialect != "snowflake" or not starts or rest[0].word not in {"FUNCTION", "PROCEDURE"}:
        return rest
    types = rest[starts[0] + 1 : -1]
    is_closed = rest[-1].text == ")" and all(part.kind is Kind.WORD or part.text == "," for part in types)
    return rest[: starts[0]] if is_closed else rest


def _is_one_object(rest: Lexemes) -> bool:
    """`t`, `a.b.t`, `TABLE t`, `EXTENDED TABLE t`, `t column`: three names in a row at most."""
    if not rest or not all(_is_name(lexeme) or lexeme.text == "." for lexeme in rest):
        return False
    apart = [
        lexeme for place, lexeme in enumerate(rest) if place and lexeme.text != "." != rest[place - 1].text
    ]
    return len(apart) <= _MOST_NAMES - 1 and not any(lexeme.word in _VERBS for lexeme in rest)


def _is_plain(rest: Lexemes) -> bool:
    """Words, names and strings, and brackets behind IN or nothing: no function can hide in it."""
    for place, lexeme in enumerate(rest):
        if lexeme.word == "INTO" or (lexeme.kind is Kind.MARK and lexeme.text not in _SHOW_MARKS):
            return False
        before = rest[place - 1] if place else None
        is_call = lexeme.text == "(" and before is not None and before.kind in {Kind.WORD, Kind.QUOTED}
        if is_call and before is not None and before.word not in _IN_PARENTHESES:
            return False
    return bool(rest) and not any(lexeme.word in _VERBS for lexeme in rest[1:])


def _is_reading_pragma(rest: Lexemes, dialect: str) -> bool:
    plain = rest[2:] if rest[1:2] and rest[1].text == "." else rest
    if not plain:
        return False
    name, arguments = plain[0].name, plain[1:]
    is_call = not arguments or (
        arguments[0].text == "("
        and arguments[-1].text == ")"
        and all(_is_name(a) or a.kind is Kind.NUMBER or a.text == "." for a in arguments[1:-1])
    )
    if dialect == "duckdb":
        return name in _DUCKDB_PRAGMAS and is_call
    is_known = name in _PRAGMAS or (name in _PRAGMAS_BARE and not arguments)
    if dialect != "sqlite" or not is_known:
        return False
    return is_call or (arguments[0].text == "=" and all(_is_name(value) for value in arguments[1:]))


def _is_reading_procedure(found: Lexemes) -> bool:
    plain = found[1:] if found[0].word in {"EXEC", "EXECUTE"} else found
    while plain[1:] and plain[1].text == "." and plain[0].name in {"sys", "dbo", "master"}:
        plain = plain[2:]
    if not plain or plain[0].name not in _PROCEDURES:
        return False
    rest = plain[1:-1] if plain[-1].text == ";" else plain[1:]
    if any(_is_name(one) and _is_name(other) for one, other in pairwise(rest)):
        return False  # arguments stand apart by commas; anything else may be the next statement
    return all(
        _is_name(item) or item.kind is Kind.NUMBER or item.text in {",", "=", "."} for item in rest
    ) and not any(
        item.name.startswith(("@updateusage", "@loginame")) or item.name.startswith("sp_") for item in rest
    )


_MODIFIERS = words("""
    VERBOSE EXTENDED PARTITIONS QUERY PLAN FOR AST SYNTAX PIPELINE ESTIMATE TREE LOGICAL USING TEXT
    TABULAR JSON
""")
_EXPLAINS = {
    "mysql": frozenset({"EXPLAIN", "DESCRIBE", "DESC"}),
    "clickhouse": frozenset({"EXPLAIN"}),
    "sqlite": frozenset({"EXPLAIN"}),
    "oracle": frozenset({"EXPLAIN"}),
    "postgres": frozenset({"EXPLAIN"}),
    "redshift": frozenset({"EXPLAIN"}),
    "snowflake": frozenset({"EXPLAIN"}),
    "duckdb": frozenset({"EXPLAIN"}),
}
_STARTS = words("SELECT WITH INSERT UPDATE DELETE REPLACE MERGE VALUES TABLE FROM ( DECLARE EXECUTE CREATE")


def explained(found: Lexemes, dialect: str) -> Explained | None:
    """Return what an EXPLAIN explains, or None if it is no EXPLAIN of a statement."""
    if not found or found[0].word not in _EXPLAINS.get(dialect, frozenset()):
        return None
    place, runs = 1, False
    if place < len(found) and found[place].text == "(" and dialect in {"postgres", "duckdb"}:
        end = next((at for at in range(place, len(found)) if found[at].text == ")"), None)
        if end is None:
            return None
        runs = any(lexeme.word in {"ANALYZE", "ANALYSE"} for lexeme in found[place:end])
        place = end + 1
    while place < len(found) and not (found[place].word in _STARTS or found[place].text == "("):
        lexeme = found[place]
        runs = runs or lexeme.word in {"ANALYZE", "ANALYSE"}
        if not _is_modifier(found, place):
            return None
        place += 1
    if place >= len(found) or (place == 1 and found[0].word == "DESC" and found[1].kind is Kind.QUOTED):
        return None
    return Explained(at=found[place].at, runs=runs)


def _is_modifier(found: Lexemes, place: int) -> bool:
    """`ANALYZE`, `FORMAT=JSON`, `actions = 1`: words, and pairs of a word and a value."""
    lexeme = found[place]
    if lexeme.word in _MODIFIERS or lexeme.word in {"ANALYZE", "ANALYSE", "FORMAT"}:
        return True
    after = found[place + 1].text if place + 1 < len(found) else ""
    before = found[place - 1].text
    return (after == "=" or lexeme.text in {"=", ","} or before == "=") and lexeme.kind in {
        Kind.WORD,
        Kind.MARK,
        Kind.NUMBER,
        Kind.STRING,
    }
