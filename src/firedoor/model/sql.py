"""What was understood of a text of SQL, or of a database's command in JSON. How: `core.decide.sql`."""

from dataclasses import dataclass
from enum import StrEnum


class SqlEffect(StrEnum):
    """What a text would do, as far as it can be seen without running it."""

    READ = "read"
    """Every part of it is known, and none of them changes anything."""
    WRITE = "write"
    """It changes rows within a bound, locks rows, or takes the next number of a sequence."""
    DESTRUCTIVE = "destructive"
    """It changes rows without a bound; or structure, rights, settings, files or other machines."""
    UNKNOWN = "unknown"
    """It was not understood, in part or as a whole. Never a read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlFacts:
    """The facts of one text. Names are as written, folded to lower case where the dialect does so."""

    effect: SqlEffect
    dialect: str
    """The canonical name of the dialect it was read as."""
    reasons: tuple[str, ...]
    """For people and models: what was understood and what would be allowed, in one sentence each."""
    statements: tuple[str, ...] = ()
    """The kind of each statement, in order: `select`, `create table`. Several are never a read."""
    tables: tuple[str, ...] = ()
    """Every table, collection, index or key that is named, with its schema if that is written; sorted."""
    columns: tuple[str, ...] = ()
    """Every column that is named, without its table; sorted. `*` for all."""
    functions: tuple[str, ...] = ()
    """Every function that is called, in lower case; sorted."""
    is_bounded: bool = False
    """Whether every change of rows has a condition that compares a column with a fixed value.

    False where nothing is changed.
    """
