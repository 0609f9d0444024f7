import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.decide.sql.dialects import DIALECTS
from firedoor.core.decide.sql.lexical import Kind, Lexeme, lexemes, without_comments

SQL = [dialect for dialect in DIALECTS if dialect not in {"mongo", "elastic", "redis"}]


@pytest.mark.parametrize(
    ("dialect", "text", "expected"),
    [
        ("postgres", "'a''b'", ["'a''b'"]),
        ("postgres", r"'a\' x", ["'a\\'", "x"]),
        ("postgres", r"E'a\' x'", [r"E'a\' x'"]),
        ("postgres", "$a$ ' $b$ $a$ x", ["$a$ ' $b$ $a$", "x"]),
        ("postgres", 'U&"d\\0061"', ['U&"d\\0061"']),
        ("mysql", r"'a\' x'", [r"'a\' x'"]),
        ("mysql", "1--1", ["1", "-", "-", "1"]),
        ("mysql", "1-- 1", ["1", "-- 1"]),
        ("mysql", "1 # x", ["1", "# x"]),
        ("mysql", "a#'\n1", ["a", "#'", "1"]),
        ("mysql", "@#'\n1", ["@", "#'", "1"]),
        ("mysql", "--\u00a0x\n1", ["-", "-", "\u00a0", "x", "1"]),
        ("mysql", "`a``b`", ["`a``b`"]),
        ("tsql", "a#b", ["a#b"]),
        ("clickhouse", "a# b\nc", ["a", "# b", "c"]),
        ("bigquery", "a#b\nc", ["a", "#b", "c"]),
        ("sqlite", "[a]]", ["[a]", "]"]),
        ("tsql", "[a]] b]", ["[a]] b]"]),
        ("tsql", "#t @x @@y", ["#t", "@x", "@@y"]),
        ("oracle", "q'[it's]' x", ["q'[it's]'", "x"]),
        ("oracle", "Q'!a'b!' x", ["Q'!a'b!'", "x"]),
        ("oracle", "v$session", ["v$session"]),
        ("bigquery", '"""a "b" c""" x', ['"""a "b" c"""', "x"]),
        ("bigquery", r"r'\d' `p.d.t`", [r"r'\d'", "`p.d.t`"]),
        ("snowflake", "$$ ' $$ x // c", ["$$ ' $$", "x", "// c"]),
        ("clickhouse", r"`a\`b` 1.5e3", [r"`a\`b`", "1.5e3"]),
    ],
)
def test_each_dialect_ends_strings_names_and_comments_in_its_own_way(
    dialect: str, text: str, expected: list[str]
) -> None:
    assert [lexeme.text for lexeme in lexemes(text, dialect)] == expected


@pytest.mark.parametrize(
    ("dialect", "text"),
    [("postgres", "SELECT 'x"), ("postgres", "SELECT /* x"), ("postgres", "SELECT $a$ x"), ("mysql", r"'a\'"),
     ("sqlite", "[a"), ("oracle", "q'[a]"), ("bigquery", '"a')],
)  # fmt: skip
def test_what_does_not_end_is_the_last_lexeme_and_broken(dialect: str, text: str) -> None:
    assert lexemes(text, dialect)[-1].kind is Kind.BROKEN


@pytest.mark.parametrize("dialect", SQL)
@given(text=st.text(alphabet="abE'\"`[]$/*-#\\;() \nqQ(x1.é", max_size=60))
def test_lexemes_are_pieces_of_the_text_in_order_and_only_blanks_are_left_out(
    dialect: str, text: str
) -> None:
    at = 0
    found = lexemes(text, dialect)
    for lexeme in found:
        assert text[at : lexeme.at].strip(" \t\r\n\f\v") == ""
        assert text[lexeme.at : lexeme.at + len(lexeme.text)] == lexeme.text
        at = lexeme.at + len(lexeme.text)
    if not found or found[-1].kind is not Kind.BROKEN:
        assert text[at:].strip() == ""


def test_comments_can_be_left_out() -> None:
    found = without_comments(lexemes("SELECT /* a */ 1 -- b", "postgres"))
    assert [lexeme.text for lexeme in found] == ["SELECT", "1"]


def test_a_name_is_what_stands_between_the_quotes() -> None:
    assert Lexeme(Kind.QUOTED, '"A""b"').name == 'a"b'
    assert Lexeme(Kind.WORD, "Users").name == "users"
    assert Lexeme(Kind.STRING, "'x'").name == ""
    assert Lexeme(Kind.QUOTED, '"x"').word == ""
