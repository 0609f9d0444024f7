import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.decide.sql.dialects import DIALECTS
from firedoor.core.decide.sql.understand import KEPT, understand_sql
from firedoor.model.sql import SqlEffect
from tests.core.decide.sql.cases import NO_SQL, Case, cases, disguises

GIVEN = cases("sql_cases.jsonl")
OWN = cases("sql_own.jsonl")
ATTACK = cases("sql_attack.jsonl")
"""Written by somebody who had not seen the guard. Its page has the figures of the first run."""
THIRD = cases("sql_third.jsonl")
"""By a third hand: one half before the guard was read, the other against what was read."""
FOURTH = cases("sql_fourth.jsonl")
FIFTH = cases("sql_fifth.jsonl")
"""In many dialects, written before the guard was read: what analysts ask, and what was not tried before."""
SIXTH = cases("sql_sixth.jsonl")
"""Written before the guard was read, without what the five before it hold."""
REFUSED_OF_THE_SIXTH = {"h020", "h022", "h023", "h059", "h060", "h080", "h100", "h116", "h188"}
"""JSON_TABLE and its kin, operators that one parser alone takes, `USING <`, EXPLAIN FOR CONNECTION."""
RIGHT = {
    "allow": {SqlEffect.READ},
    "write": {SqlEffect.WRITE},
    "block": {SqlEffect.DESTRUCTIVE, SqlEffect.UNKNOWN},
}


def wrong(judged: list[Case]) -> list[tuple[str, str, str, str]]:
    found = [(case, understand_sql(case.sql, case.dialect)) for case in judged]
    return [
        (case.id, case.sql, case.expect, facts.effect.value)
        for case, facts in found
        if facts.effect not in RIGHT[case.expect]
    ]


@pytest.mark.promise("DEC-2")
@pytest.mark.parametrize("corpus", [GIVEN, OWN, ATTACK, THIRD], ids=["given", "own", "attack", "third"])
def test_nothing_that_changes_passes_as_a_read_and_at_most_one_read_in_a_hundred_is_refused(
    corpus: list[Case], capsys: pytest.CaptureFixture[str]
) -> None:
    effects = {case.id: understand_sql(case.sql, case.dialect).effect for case in corpus}
    harmless = [case for case in corpus if case.expect == "allow"]
    harmful = [case for case in corpus if case.expect != "allow"]
    passed = [case for case in harmful if effects[case.id] is SqlEffect.READ]
    refused = [case for case in harmless if effects[case.id] is not SqlEffect.READ]
    with capsys.disabled():
        print(  # noqa: T201
            f"\nSQL: {len(passed)} of {len(harmful)} that change passed as a read; "
            f"{len(refused)} of {len(harmless)} reads refused"
        )
    assert passed == []
    assert len(refused) <= len(harmless) / 100


@pytest.mark.parametrize("corpus", [GIVEN, OWN, ATTACK, THIRD], ids=["given", "own", "attack", "third"])
def test_every_case_of_the_corpora_gets_its_label(corpus: list[Case]) -> None:
    assert wrong(corpus) == []


@pytest.mark.promise("DEC-2")
def test_no_disguise_passes_as_a_read(capsys: pytest.CaptureFixture[str]) -> None:
    made = list(disguises(GIVEN + OWN + ATTACK, seed=4711))
    effects = Counter()
    passed = []
    for case in made:
        facts = understand_sql(case.sql, case.dialect)
        effects[facts.effect.value] += 1
        if facts.effect is SqlEffect.READ:
            passed.append((case.id, case.dialect, case.tag, case.sql))
    with capsys.disabled():
        print(f"\nSQL: {len(passed)} of {len(made)} disguises passed as a read ({dict(effects)})")  # noqa: T201
    assert len(made) >= 5_000
    assert passed == []


def test_every_large_dialect_has_forty_cases_of_ours_and_more() -> None:
    counted = Counter(case.dialect for case in OWN)
    for dialect in ("postgres", "mysql", "sqlite", "tsql", "oracle", "snowflake", "clickhouse", "bigquery"):
        assert counted[dialect] >= 40, dialect


def test_a_statement_of_one_dialect_passes_in_no_other_by_a_comment_that_runs() -> None:
    for dialect in DIALECTS:
        assert understand_sql("SELECT 1 /*! ; DROP TABLE users */", dialect).effect is not SqlEffect.READ


@given(text=st.text(max_size=200), dialect=st.sampled_from([*DIALECTS, "klingon"]))
def test_it_never_raises_and_always_gives_a_reason(text: str, dialect: str) -> None:
    facts = understand_sql(text, dialect)
    assert facts.reasons
    assert all(reason.isascii() and "\n" not in reason for reason in facts.reasons)


PIECES = [
    "SELECT",
    "FROM",
    "t",
    "WHERE",
    "a",
    "=",
    "1",
    "(",
    ")",
    ",",
    ";",
    "'",
    '"',
    "`",
    "[",
    "]",
    "/*",
    "*/",
    "--",
    "DROP",
    "TABLE",
    "UPDATE",
    "SET",
    "DELETE",
    "INTO",
    "OUTFILE",
    "WITH",
    "AS",
    "EXPLAIN",
    "ANALYZE",
    "$$",
    "E'",
    "q'[",
    "\\",
    "#",
    "//",
    "'x'",
    "*",
    "UNION",
    "CASE",
    "WHEN",
    "THEN",
    "END",
    "sleep(",
    "pg_sleep(1)",
    "EXEC",
    "@x",
    ":=",
    "OR",
    "NOT",
    "::",
    "->>",
]


@given(
    pieces=st.lists(st.sampled_from([*PIECES, "\n"]), max_size=25),
    dialect=st.sampled_from([d for d in DIALECTS if d not in NO_SQL]),
)
def test_pieces_of_sql_in_any_order_never_raise_and_never_read_two_statements(
    pieces: list[str], dialect: str
) -> None:
    facts = understand_sql(" ".join(pieces), dialect)
    assert facts.reasons
    if facts.effect is SqlEffect.READ:
        assert len(facts.statements) <= 1 or facts.statements[0] == "explain" or dialect == "postgres"


def test_an_unknown_dialect_is_unknown() -> None:
    facts = understand_sql("SELECT 1", "klingon")
    assert facts.effect is SqlEffect.UNKNOWN
    assert facts.dialect == "klingon"


def test_facts_name_what_is_touched() -> None:
    facts = understand_sql(
        "WITH recent AS (SELECT * FROM shop.Orders WHERE ts > now()) "
        "SELECT lower(u.email), count(*) FROM users u JOIN recent USING (id) GROUP BY 1",
        "postgres",
    )
    assert facts.effect is SqlEffect.READ
    assert set(facts.tables) >= {"shop.orders", "users"}
    assert {"email", "ts", "*"} <= set(facts.columns)
    assert {"lower", "count", "now"} <= set(facts.functions)
    assert facts.statements[0] == "select"


@pytest.mark.parametrize(
    ("sql", "is_bounded"),
    [("DELETE FROM users WHERE id = 1", True), ("DELETE FROM users", False), ("SELECT 1", False)],
)
def test_facts_say_whether_a_change_is_bounded(sql: str, is_bounded: bool) -> None:
    assert understand_sql(sql, "postgres").is_bounded is is_bounded


@pytest.mark.parametrize(
    ("dialect", "sql", "part"),
    [
        ("postgres", "SELECT wipe()", "calls wipe, which is not on the list of functions of postgres"),
        ("postgres", "DELETE FROM users", "no condition that bounds"),
        ("postgres", "SELECT 1; SELECT 2", "one at a time can be read"),
        ("mysql", "SELECT /*! 1 */", "comment that MySQL runs"),
        ("postgres", "SELECT * FROM t FOR UPDATE", "without it, it could be a read"),
        ("mysql", "SELEKT 1", "one statement in plain mysql can be read"),
        ("sqlite", "PRAGMA writable_schema = ON", "PRAGMA is not one of those known only to read"),
        ("redis", '["KEYS", "*"]', "SCAN can be read"),
    ],
)
def test_a_reason_says_what_was_understood_and_what_would_be_allowed(
    dialect: str, sql: str, part: str
) -> None:
    assert part in " ".join(understand_sql(sql, dialect).reasons)


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "sqlite", "tsql", "bigquery"])
def test_each_thing_that_is_wrong_is_said_in_one_sentence(dialect: str) -> None:
    several = understand_sql("DROP TABLE a; SELECT 1", dialect)
    assert [reason.split()[0] for reason in several.reasons] == ["DROP", "It"]
    assert len(understand_sql("garbage ,,", dialect).reasons) == 1


def test_the_same_text_gets_the_same_facts_and_is_kept() -> None:
    KEPT.forget()
    first = understand_sql("SELECT a FROM t", "postgres")
    assert understand_sql("SELECT a FROM t", "postgres") is first
    KEPT.forget()
    assert understand_sql("SELECT a FROM t", "postgres") == first


@pytest.mark.parametrize(
    "sql",
    [
        r"SELECT '\'; DROP TABLE t; -- '",
        r'SELECT "\"; DROP TABLE t; -- "',
        r"SELECT 'a\\'; DROP TABLE t; -- '",
    ],
)
def test_mysql_is_read_with_and_without_backslash_escapes(sql: str) -> None:
    assert understand_sql(sql, "mysql").effect is not SqlEffect.READ


@pytest.mark.parametrize(
    "sql", [r"SELECT 'it\'s'", r"SELECT 'a\nb', 'x\'y'", r"SELECT * FROM t WHERE a LIKE '50\%'"]
)
def test_an_ordinary_escape_of_mysql_is_read(sql: str) -> None:
    assert understand_sql(sql, "mysql").effect is SqlEffect.READ


def test_the_corpora_are_json_of_one_shape() -> None:
    for case in GIVEN + OWN:
        assert case.expect in RIGHT
        assert case.dialect in DIALECTS
        assert json.dumps(case.sql)
    assert len({case.id for case in GIVEN + OWN}) == len(GIVEN + OWN)


def test_no_text_of_a_statement_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    KEPT.forget()
    understand_sql("CALL wipe('secret')", "postgres")
    understand_sql("GRANT ALL ON t TO x", "tsql")
    assert caplog.records == []


@pytest.mark.parametrize(
    ("text", "dialect", "effect"),
    [
        ("EXPLAIN EXPLAIN SELECT 1", "clickhouse", SqlEffect.UNKNOWN),
        ("EXPLAIN", "mysql", SqlEffect.UNKNOWN),
        ("DESC 'x'", "mysql", SqlEffect.READ),
        ("DELETE FROM t WHERE id IN UNNEST([1, 2])", "bigquery", SqlEffect.DESTRUCTIVE),
        ("DELETE FROM t WHERE " + "(" * 70 + "id = 1" + ")" * 70, "mysql", SqlEffect.DESTRUCTIVE),
        ("DELETE FROM t WHERE id BETWEEN 1 AND 0x10", "mysql", SqlEffect.DESTRUCTIVE),
        ('{"delete": "x", "deletes": [{"q": 5, "limit": 0}]}', "mongo", SqlEffect.DESTRUCTIVE),
        ('{"delete": "x", "deletes": [{"q": {"$and": [5]}, "limit": 0}]}', "mongo", SqlEffect.DESTRUCTIVE),
        (
            '{"delete": "x", "deletes": [{"q": {"$nor": [{"a": 1}]}, "limit": 0}]}',
            "mongo",
            SqlEffect.DESTRUCTIVE,
        ),
    ],
)
def test_what_bounds_in_a_form_that_nobody_knows_bounds_nothing(
    text: str, dialect: str, effect: SqlEffect
) -> None:
    assert understand_sql(text, dialect).effect is effect


@pytest.mark.promise("DEC-2")
@pytest.mark.parametrize(("cases", "fewest"), [(FOURTH, 600), (FIFTH, 290)], ids=["fourth", "fifth"])
def test_of_a_blind_set_no_change_passes_and_at_most_two_reads_in_a_hundred_are_refused(
    cases: list[Case], fewest: int
) -> None:
    harmless = [case for case in cases if case.expect == "allow"]
    passed = [
        case
        for case in cases
        if case.expect == "block" and understand_sql(case.sql, case.dialect).effect is SqlEffect.READ
    ]
    refused = [
        case.sql for case in harmless if understand_sql(case.sql, case.dialect).effect is not SqlEffect.READ
    ]
    assert passed == []
    assert len(harmless) >= fewest
    assert len(refused) <= len(harmless) / 50, refused


def test_of_the_sixth_set_no_change_passes_and_what_is_refused_of_its_reads_is_known() -> None:
    read = {case.id for case in SIXTH if understand_sql(case.sql, case.dialect).effect is SqlEffect.READ}
    harmless = {case.id for case in SIXTH if case.expect == "allow"}
    assert read <= harmless
    assert len(harmless) >= 180
    assert harmless - read <= REFUSED_OF_THE_SIXTH


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("SELECT LAST_INSERT_ID()", SqlEffect.READ),
        ("SELECT LAST_INSERT_ID(5)", SqlEffect.UNKNOWN),
        ("SELECT a FROM t WHERE id = last_insert_id(id + 1)", SqlEffect.UNKNOWN),
    ],
)
def test_a_function_that_sets_what_it_is_given_reads_only_without(text: str, effect: SqlEffect) -> None:
    assert understand_sql(text, "mysql").effect is effect


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ip <<= '10.0.0.0/8', |/ 25, ||/ 27 FROM t",
        "SELECT box '((0,0),(1,1))' @> point '(0.5,0.5)'",
        "SELECT U&'\\0041' FROM t WHERE 5 <> ALL(scores)",
    ],
)
def test_what_only_the_grammar_of_postgres_takes_is_read_with_it(text: str) -> None:
    assert understand_sql(text, "postgres").effect is SqlEffect.READ


@pytest.mark.parametrize(
    "text",
    [
        """SELECT "all"(1)""",
        "SELECT a <<=| b FROM t",
        "SELECT |/ pg_sleep(1)",
        "SELECT box '((0,0),(1,1))', pg_reload_conf()",
        "SELECT U&'\\0041'; DROP TABLE t",
    ],
)
def test_and_what_stands_beside_it_is_held_to_the_lists_as_before(text: str) -> None:
    assert understand_sql(text, "postgres").effect is not SqlEffect.READ
