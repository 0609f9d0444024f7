"""Text → facts: the one door of this package. Pure; never raises, and what it cannot read is unknown.

A text is refused or read in this order: sizes and characters (`prescan`), its lexemes by our own rules
(`lexical`), what is known by its first words (`by_words`), the trees of the parsers. The worst counts.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from firedoor.core.decide.sql import by_libpg_query, by_sqlglot, by_words, kept_secrets, prescan
from firedoor.core.decide.sql.commands import COMMANDS
from firedoor.core.decide.sql.dialects import known_dialect
from firedoor.core.decide.sql.kept import Kept
from firedoor.core.decide.sql.lexical import Kind, Lexeme, lexemes, without_comments
from firedoor.core.decide.sql.reading import SEVERAL, Reading
from firedoor.model.sql import SqlEffect, SqlFacts

_SHOWN_UPRIGHT = re.compile(r"\\G\s*\Z")
"""The client of MySQL ends a statement with it and shows columns as lines; a server answers with an error."""
_WRITTEN_ALIKE = {"<<=": "<< ", ">>=": ">> ", "||/": "  -", "|/": " -"}
_ALIKE = re.compile(r"<<=|>>=|\|\|/|\|/")
_GEOMETRY = frozenset({"BOX", "CIRCLE", "LSEG", "PATH", "POLYGON", "LINE"})
KEPT = Kept(16 * 1024 * 1024)
"""An agent that polls repeats its statements. What is kept is a function of text and dialect alone."""


def understand_sql(text: str, dialect: str) -> SqlFacts:
    """Return what was understood of one text in one dialect."""
    facts = KEPT.of(text, dialect)
    if facts is None:
        facts = _understood(text, dialect)
        KEPT.keep(text, dialect, facts)
    return facts


def _understood(text: str, dialect: str) -> SqlFacts:
    known = known_dialect(dialect)
    reading = Reading()
    if known is None:
        reading.unknown("The dialect that the settings name is not one that is understood.")
        return reading.facts(dialect)
    refused = prescan.of_text(text)
    if refused is not None:
        reading.unknown(refused)
        return reading.facts(known)
    command = COMMANDS.get(known)
    if command is not None:
        command(text, reading)
    else:
        _read(text, known, reading)
    return reading.facts(known)


def _read(text: str, dialect: str, reading: Reading) -> None:
    if dialect == "mysql":
        text = _SHOWN_UPRIGHT.sub("", text)
    every = lexemes(text, dialect)
    found = without_comments(every)
    refused = prescan.of_lexemes(every, dialect)
    if refused is not None:
        reading.unknown(refused)
        reading.statements.append(by_words.kind_of(found))
        by_words.name_what_destroys(found, reading)
        return
    if not found:
        reading.unknown("It holds no statement.")
        return
    if prescan.several(found):
        reading.unknown(SEVERAL)
    elif (hidden := prescan.hidden_statement(found, dialect)) is not None:
        reading.unknown(f"{hidden} starts a statement of its own here; one at a time can be read.")
    reading.join(_read_statement(text, found, dialect, only_plans=False))
    for other in _other_readings(text, every) if dialect == "mysql" else ():
        reading.join(other)
    kept_secrets.hold(found, dialect, reading)
    if reading.effect is SqlEffect.UNKNOWN:
        by_words.name_what_destroys(found, reading)


def _read_statement(text: str, found: tuple[Lexeme, ...], dialect: str, *, only_plans: bool) -> Reading:
    reading = Reading(only_plans=only_plans)
    explained = by_words.explained(found, dialect)
    if dialect == "postgres" and not only_plans:
        reading.join(by_libpg_query.read(text))
        text = _as_postgres_is_parsed(text, found)
        if found[0].word == "SHOW" and reading.effect is SqlEffect.READ:
            return reading
    if explained is not None:
        reading.statements.append("explain")
        inner = text[explained.at :]
        rest = tuple(lexeme for lexeme in found if lexeme.at >= explained.at)
        if by_words.explained(rest, dialect) is not None:
            reading.unknown("It explains an EXPLAIN.")
        else:
            reading.join(by_sqlglot.read(inner, dialect, only_plans=not explained.runs))
        return reading
    if dialect != "postgres" and by_words.read_by_words(found, dialect, reading):
        reading.statements.append(by_words.kind_of(found))
        return reading
    if found[0].word == "REPLACE":  # MySQL and SQLite: an INSERT that may take the place of one row
        text = f"INSERT{text[found[0].at + len('REPLACE') :]}"
    if dialect == "sqlite":
        text = _as_sqlite_is_parsed(text, found)
    reading.join(by_sqlglot.read(text, dialect, only_plans=only_plans))
    return reading


def _as_postgres_is_parsed(text: str, found: tuple[Lexeme, ...]) -> str:
    r"""Write what only PostgreSQL's own grammar takes as something alike, of the same length.

    That grammar has read the text as it is, and held each operator, type and function to its list: `<<=`,
    `|/ 25`, `box '(1,1)'`, `U&'\0041'`. The second parser sees the rest as it is.
    """
    signs = list(text)
    for before, lexeme in pairwise(found):
        if lexeme.kind is Kind.STRING and before.word in _GEOMETRY:
            signs[before.at : before.at + len(before.text)] = " " * len(before.text)
    for lexeme in found:
        if lexeme.kind is Kind.STRING and lexeme.text[:2].upper() == "U&":
            signs[lexeme.at : lexeme.at + len("U&")] = "  "
        alike = _ALIKE.match(text, lexeme.at) if lexeme.kind is Kind.MARK else None
        if alike is not None:
            signs[lexeme.at : alike.end()] = _WRITTEN_ALIKE[alike[0]]
    return "".join(signs)


def _as_sqlite_is_parsed(text: str, found: tuple[Lexeme, ...]) -> str:
    """Write `?1` as `?`, and `UPDATE OR IGNORE` as `UPDATE`: SQLite takes both, its parser here only one."""
    for before, number in reversed(tuple(pairwise(found))):
        if before.text == "?" and number.kind is Kind.NUMBER and number.at == before.at + 1:
            text = text[: number.at] + text[number.at + len(number.text) :]
    if [lexeme.word for lexeme in found[:2]] == ["UPDATE", "OR"] and len(found) > len(
        ("UPDATE", "OR", "IGNORE")
    ):
        text = f"{text[: found[1].at]}{text[found[3].at :]}"
    return text


def _other_readings(text: str, every: tuple[Lexeme, ...]) -> Iterator[Reading]:
    """Read as a MySQL whose mode is NO_BACKSLASH_ESCAPES or ANSI_QUOTES: strings end elsewhere.

    With a backslash doubled, it stands for itself. A text that is broken in such a mode does nothing there.
    """
    escaped = [lexeme for lexeme in every if lexeme.kind is Kind.STRING and "\\" in lexeme.text]
    if not escaped:
        return
    variants = {text.replace("\\", "\\\\")}
    if any(lexeme.text.startswith('"') for lexeme in escaped):
        variants.add(_doubled(text, escaped))
    for variant in sorted(variants):
        again = lexemes(variant, "mysql")
        reading = Reading()
        found = without_comments(again)
        if not prescan.several(found) and any(_is_no_sql(lexeme) for lexeme in again):
            continue
        if prescan.of_lexemes(again, "mysql") is not None or prescan.several(found):
            reading.unknown("Without backslash escapes, as some servers run, it is something else.")
        reading.join(_read_statement(variant, found, "mysql", only_plans=False))
        yield reading


def _is_no_sql(lexeme: Lexeme) -> bool:
    """Whether a server stops at it with an error; but what stands before a semicolon has run by then."""
    return lexeme.kind is Kind.BROKEN or (lexeme.kind is Kind.MARK and lexeme.text == "\\")


def _doubled(text: str, escaped: list[Lexeme]) -> str:
    """Double the backslashes between double quotes alone."""
    for lexeme in reversed(escaped):
        if lexeme.text.startswith('"'):
            end = lexeme.at + len(lexeme.text)
            text = text[: lexeme.at] + lexeme.text.replace("\\", "\\\\") + text[end:]
    return text
