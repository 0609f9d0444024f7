"""What is refused before any parser sees it: sizes, characters, comments that run, nesting. Linear.

Each rule names the attack that it stops. Nothing here says that a text is harmless.
"""

import re
import unicodedata
from functools import lru_cache

from firedoor.core.decide.sql.lexical import Kind, Lexeme
from firedoor.core.decide.sql.words import words

LARGEST_BYTES = 64 * 1024
"""libpg_query takes 18 s for 100 KB of nested comments; nobody writes a longer statement in an incident."""
DEEPEST = 32
"""Brackets inside brackets: both parsers recurse, and each level costs sqlglot several frames."""
MOST_LEXEMES = 8_000
"""sqlglot takes 20 to 100 us for each lexeme."""
_MOST_CASES = 200
"""CASE and INTERVAL nest without brackets. `a[1][1]…`, which costs sqlglot the square of its length, may be
as long as brackets may be deep.
"""

_MOST_OPEN_JOINS = 6
"""Joins without ON or USING: sqlglot reads what is behind each of them twice, so 40 of them never end."""

READ_ONCE = words("""
    ALL AND ANY AS BETWEEN BY CASE DISTINCT ELSE EXISTS FROM GROUP HAVING IN LIKE NOT ON OR OVER SELECT SOME
    THEN USING VALUES WHEN WHERE
    ABS AVG CAST CEIL COALESCE CONCAT CONCAT_WS COUNT DATE_TRUNC DECODE EXTRACT FLOOR GREATEST IFNULL IIF
    INITCAP INSTR ISNULL LEAST LEFT LENGTH LOWER LPAD LTRIM MAX MD5 MIN MOD NULLIF NVL NVL2 POSITION
    REGEXP_REPLACE REPLACE REVERSE RIGHT ROUND RPAD RTRIM SPLIT_PART SUBSTR SUBSTRING SUM TO_CHAR TO_DATE TRIM
    TRUNC UPPER
""")
"""Behind these a bracket is read once, in every dialect. Behind any other word, and as `[`, it may be read
first in one way, then in another: each level doubles the work on what is inside, as each name of a type does
(`INT(INT(…`, `STRUCT(STRUCT(…`), and some functions of Snowflake.
"""
READ_MORE = {"BINARY": 2, "DIV0": 2, "DIV0NULL": 2}
"""How often the work doubles where it is more than once: three readings, or copies of what is divided by."""
_MOST_READINGS = 8_000
_READINGS_OF_ONE = 8
"""Words and marks, each counted as often as it may be read: that many, and as many again for each. sqlglot
takes 1 us for one, and at 24 levels of `STRUCT(` minutes."""

_MOST_BARE_IFS = 4
"""IF without a bracket: what is behind it is tried as a condition first (`IN BETWEEN IF`, repeated)."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""libpg_query ends at NUL; `\\v` and others are blanks to some servers and letters to others."""
_DECEIVES = re.compile(
    "[\\u200b-\\u200f\\u2028\\u2029\\u202a-\\u202e\\u2060-\\u2069\\ufeff\\U000e0000-\\U000e007f]"
)
"""Invisible, or turns the direction: what a person approves is not what runs."""
_RUNS = re.compile(r"/\*[mM]?!")
"""MySQL and MariaDB run what stands in such a comment."""
_TSQL_STATEMENTS = words("""
    ALTER BACKUP BEGIN BREAK BULK CHECKPOINT CLOSE COMMIT CONTINUE CREATE DBCC DEALLOCATE DECLARE DELETE DENY
    DROP DUMP EXEC EXECUTE GOTO GRANT IF INSERT KILL LOAD MERGE OPEN PRINT RAISERROR READTEXT RECONFIGURE
    RESTORE RETURN REVERT REVOKE ROLLBACK SAVE SET SETUSER SHUTDOWN TRUNCATE UPDATE UPDATETEXT USE WAITFOR
    WHILE WRITETEXT INTO
""")
"""SQL Server needs nothing between statements: `SELECT 1 SHUTDOWN` is two, and to a parser one alias."""
_QUERIES = words("SELECT VALUES TABLE SHOW DESC DESCRIBE PRAGMA")
_OBJECTS = words(
    "TABLE DATABASE SCHEMA VIEW INDEX USER ROLE FUNCTION PROCEDURE TRIGGER SEQUENCE TEMPORARY IF OR"
)
_STARTS = {
    "DELETE": words("FROM"),
    "INSERT": words("INTO IGNORE OVERWRITE"),
    "MERGE": words("INTO"),
    "REPLACE": words("INTO"),
    "DROP": _OBJECTS,
    "ALTER": _OBJECTS | words("SYSTEM SESSION"),
    "CREATE": _OBJECTS,
    "TRUNCATE": words("TABLE"),
}
_BEFORE_A_NAME = words("SELECT AS DISTINCT ALL AND OR NOT BY WHEN THEN ELSE CASE ON WHERE HAVING SHOW")
_LEADING = words("INSERT UPDATE DELETE MERGE EXEC EXECUTE")


def of_text(text: str) -> str | None:
    """Return why a text is not read at all, or None."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return "It holds half of a character (a lone surrogate)."
    if size > LARGEST_BYTES:
        return f"It is longer than {LARGEST_BYTES // 1024} KB; a shorter statement can be read."
    found = _CONTROL.search(text.replace("\r\n", "\n"))
    if found is not None:
        return f"It holds a control character (U+{ord(found.group()):04X}); blanks and line ends are enough."
    if not text.isascii() and _DECEIVES.search(text) is not None:
        return "It holds invisible characters or ones that turn the direction of text."
    if _RUNS.search(text) is not None:
        return "It holds a comment that MySQL runs (/*! */); write it without."
    return None


def of_lexemes(found: tuple[Lexeme, ...], dialect: str) -> str | None:
    """Return why the lexemes of a text are not read, or None."""
    if len(found) > MOST_LEXEMES:
        return f"It has more than {MOST_LEXEMES} words and marks."
    for lexeme in found:
        reason = _of_one(lexeme, dialect)
        if reason is not None:
            return reason
    joins = _open_joins(found)
    if joins > _MOST_OPEN_JOINS:
        return f"It has more than {_MOST_OPEN_JOINS} joins without ON or USING."
    return _of_nesting(found, joins)


def _open_joins(found: tuple[Lexeme, ...]) -> int:
    """Joins behind which neither ON nor USING stands before the next one, at the same depth of brackets."""
    count = 0
    open_at = [False]
    before = ""
    for lexeme in found:
        if lexeme.text == "(":
            open_at.append(False)
        elif lexeme.text == ")" and len(open_at) > 1:
            count += open_at.pop()
        elif lexeme.word in {"ON", "USING"}:
            open_at[-1] = False
        elif lexeme.word in {"JOIN", "STRAIGHT_JOIN"} and before not in {"CROSS", "ARRAY"}:
            count += open_at[-1]
            open_at[-1] = True
        before = lexeme.word
    return count + sum(open_at)


def _of_one(lexeme: Lexeme, dialect: str) -> str | None:
    if lexeme.kind is Kind.BROKEN:
        return "A string, a quoted name or a comment does not end."
    if lexeme.kind is Kind.COMMENT:
        return _of_comment(lexeme.text, dialect)
    if lexeme.kind is Kind.MARK and lexeme.text == "\\":
        return "It holds a backslash outside of strings, which clients read as a command of their own."
    if lexeme.kind in {Kind.WORD, Kind.MARK} and not lexeme.text.isascii():
        return _of_letters(lexeme.text)
    return None


def _of_comment(text: str, dialect: str) -> str | None:
    if not text.startswith("/*"):
        return None
    if "/*" in text[2:] or text.startswith("/*/"):
        return "It holds a comment inside a comment, which databases end in different places."
    if text.startswith("/*+") and "SET_VAR" in text.upper():
        return "A hint sets a variable of the server (SET_VAR)."
    return None


@lru_cache(maxsize=4096)
def _of_letters(text: str) -> str | None:
    """Letters that a server or a driver may turn into others: full width, ligatures, the Kelvin sign."""
    for letter in text:
        if letter.isascii():
            continue
        cased = [other for other in (letter.lower(), letter.upper()) if len(other) == 1]
        folded = unicodedata.normalize("NFKC", letter) + "".join(cased)
        if (
            letter == "\u0130"
            or any(c.isascii() for c in folded)
            or unicodedata.category(letter)[0] not in "LMN"
        ):
            return (
                f"It holds U+{ord(letter):04X} outside of strings, which is easily taken for something else."
            )
    return None


def _of_nesting(found: tuple[Lexeme, ...], joins: int) -> str | None:
    run = longest = nested = chained = bare_ifs = 0
    before = ""
    for lexeme in found:
        bare_ifs += before.upper() == "IF" and lexeme.text != "("
        is_sign = lexeme.text in {"-", "+", "~", "!"} or lexeme.word in {"NOT", "PRIOR"}
        run = run + 1 if is_sign else 0
        longest = max(longest, run)
        nested += lexeme.word in {"CASE", "INTERVAL"}
        chained += lexeme.text == "[" and before == "]"
        before = lexeme.text
    if max(longest, chained) > DEEPEST or nested > _MOST_CASES or bare_ifs > _MOST_BARE_IFS:
        return f"It is nested deeper than {DEEPEST} levels."
    return _of_brackets(found, joins + bare_ifs)


def _of_brackets(found: tuple[Lexeme, ...], doubled: int) -> str | None:
    """Brackets that are too deep, or that nothing closes: parsers forgive some of those, servers do not.

    `doubled`: how often the work on all of it is doubled already.
    """
    doubles: list[int] = []
    before: Lexeme | None = None
    left = _MOST_READINGS + _READINGS_OF_ONE * len(found)
    for lexeme in found:
        left -= 1 << (doubled + sum(doubles))
        if lexeme.text in {"(", "[", "{"}:
            doubles.append(_doubles(lexeme, before))
            if len(doubles) > DEEPEST:
                return f"It is nested deeper than {DEEPEST} levels."
        elif lexeme.text in {")", "]", "}"}:
            if not doubles:
                return "A bracket is closed that was not opened."
            doubles.pop()
        if left < 0:
            return (
                "It nests brackets, or joins without ON, so deep that reading them takes too long; nest less."
            )
        before = lexeme
    return "A bracket is not closed." if doubles else None


def _doubles(bracket: Lexeme, before: Lexeme | None) -> int:
    """How often a bracket doubles the work on what is inside of it."""
    if bracket.text == "[":
        return 1 + (before is not None and before.kind is Kind.WORD)
    if before is None or before.word in READ_ONCE:
        return 0
    if before.kind is Kind.MARK and before.text not in {")", "]", "}"}:
        return 0
    return READ_MORE.get(before.word, 1)


def several(found: tuple[Lexeme, ...]) -> bool:
    """Whether anything stands behind a semicolon. Comments are already left out."""
    seen = False
    for lexeme in found:
        if lexeme.text == ";" and lexeme.kind is Kind.MARK:
            seen = True
        elif seen:
            return True
    return False


def hidden_statement(found: tuple[Lexeme, ...], dialect: str) -> str | None:
    """Return a word that starts another statement where the dialect needs no semicolon before it, or None."""
    if dialect != "tsql":
        return _taken_for_an_alias(found)
    is_with = bool(found) and found[0].word == "WITH"
    for place, lexeme in enumerate(found):
        if lexeme.word not in _TSQL_STATEMENTS or (place == 0 and lexeme.word in _LEADING):
            continue
        before = found[place - 1] if place else None
        if is_with and before is not None and before.text == ")" and lexeme.word in _LEADING:
            continue
        if not _belongs(found, place):
            return lexeme.word
    return None


def _taken_for_an_alias(found: tuple[Lexeme, ...]) -> str | None:
    """`SELECT 1 DELETE FROM t`: to some parsers an alias, to some servers an error."""
    if not found or found[0].word not in _QUERIES:
        return None
    for before, verb, after in zip(found, found[1:], found[2:], strict=False):
        stands_alone = before.kind is not Kind.MARK or before.text in {")", "]"}
        if stands_alone and before.word not in _BEFORE_A_NAME and after.word in _STARTS.get(verb.word, ()):
            return verb.word
    return None


def _belongs(found: tuple[Lexeme, ...], place: int) -> bool:
    """Words that also stand inside of other statements."""
    word = found[place].word
    before = found[place - 1].word if place else ""
    following = found[place + 1].text if place + 1 < len(found) else ""
    if word in {"UPDATE", "DELETE", "INSERT"}:
        return before == "THEN" or (word == "UPDATE" and following == "(")
    if word == "SET":
        return any(earlier.word == "UPDATE" for earlier in found[:place])
    return (word == "INTO" and before in {"INSERT", "MERGE"}) or (
        word == "USE" and place > 0 and found[place - 1].text == "("
    )
