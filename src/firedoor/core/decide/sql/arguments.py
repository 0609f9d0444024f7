"""Which arguments of a tool call carry a statement. Only finds them; what they mean: `understand`.

Names are compared without regard to case, `_`, `-` and spaces, at any depth.
A string below such a name counts as well (`{"queries": ["…", "…"]}`, `{"query": {"text": "…"}}`).
"""

import re
from collections.abc import Iterator

from firedoor.core.decide.encoded import decoded
from firedoor.core.decide.sql.words import words
from firedoor.model.json import Json, JsonObject

Path = tuple[str, ...]

_CARRIES = words("""
    query queries sql sqls sqlquery sqlqueries sqltext sqlstring sqlstatement sqlstatements sqlcommand
    sqlscript statement statements stmt stmts q command commands cmd script rawsql rawquery querytext
    querystring querystatement querysql expression execute exec text batch batches request pipeline
    aggregate aggregation filter dsl body preparedstatement procedure explain
""")
"""Names under which servers of databases take a statement."""

_IGNORED = re.compile(r"[_\-\s.]+")

_MAY_BE_A_STATEMENT = re.compile(r"\s|[;({\[]|/\*|--", re.ASCII)
"""A bare word can be a table's name, an id, a date. No dialect does harm with one, but for those below."""
_BARE_STATEMENTS = words("""
    shutdown commit rollback abort begin checkpoint vacuum analyze reindex discard flushall flushdb
""")
_SAYS_SQL = re.compile(
    r"(?i)(?:^|[;=?&(]|\*/)\W*(?:select|with|insert|update|delete|merge|replace|truncate|drop|alter|create"
    r"|grant|revoke|call|exec|execute|do|copy|load|set|reset|begin|declare|prepare|lock|vacuum|reindex"
    r"|cluster|attach|detach|pragma|kill|shutdown|flush\w*|rename|show|explain|describe|values|table)\b"
)
"""What was decoded is a statement if it begins like one: cursors and ids are texts too, once decoded."""


def statements_in(arguments: JsonObject) -> tuple[tuple[Path, str], ...]:
    """Return every string under a name that carries statements, with its path, in order."""
    return tuple(_below(arguments, (), is_carried=False))


def possible_statements_in(arguments: JsonObject) -> tuple[tuple[Path, str], ...]:
    """Return every string that could be a statement, whatever its name.

    For upstreams whose settings say `kind: sql`: a name that we do not know must not be a way around.
    A single word without brackets, blanks or comments is left out unless it is a statement by itself.
    """
    carried = statements_in(arguments)
    known = {path for path, _ in carried}
    others = (
        (path, text)
        for path, text in _below(arguments, (), is_carried=True)
        if path not in known and _may_be_a_statement(text)
    )
    hidden = (
        (path, inner)
        for path, text in _below(arguments, (), is_carried=True)
        for inner in decoded(text)
        if _SAYS_SQL.search(inner) is not None
    )
    return (*carried, *others, *hidden)


def _may_be_a_statement(text: str) -> bool:
    return (
        not text.isascii()
        or _MAY_BE_A_STATEMENT.search(text) is not None
        or text.strip().lower() in _BARE_STATEMENTS
    )


def _below(root: Json, at: Path, *, is_carried: bool) -> Iterator[tuple[Path, str]]:
    """Walk without recursion: nesting is the client's choice."""
    left: list[tuple[Path, Json, bool]] = [(at, root, is_carried)]
    while left:
        path, value, carried = left.pop()
        if isinstance(value, str):
            if carried:
                yield path, value
        elif isinstance(value, dict):
            members = [
                ((*path, name), child, carried or _IGNORED.sub("", name).lower() in _CARRIES)
                for name, child in value.items()
            ]
            left.extend(reversed(members))
        elif isinstance(value, list):
            items = [((*path, str(place)), child, carried) for place, child in enumerate(value)]
            left.extend(reversed(items))
