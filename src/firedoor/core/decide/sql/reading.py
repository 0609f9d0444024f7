"""What one reader found in one text, gathered while it walks; and how two readings become one."""

from dataclasses import dataclass, field

from firedoor.model.sql import SqlEffect, SqlFacts

_WORSE_LATER = (SqlEffect.READ, SqlEffect.WRITE, SqlEffect.UNKNOWN, SqlEffect.DESTRUCTIVE)
"""Unknown is worse than a write: a write is at least understood. What is known to destroy says more."""
SEVERAL = "It holds several statements; one at a time can be read."
NOT_TAKEN = "PostgreSQL's grammar does not take it; a statement without syntax errors can be read."
CHANGES_MORE = " changes more than bounded rows, or "
_REASONS = 6
"""More sentences than these help nobody."""
_NAMES = 200
"""Names that are kept of each kind: a fact is no place for a statement's ten thousand literals."""


def worse(one: SqlEffect, other: SqlEffect) -> SqlEffect:
    """Return the worse of two effects."""
    return max(one, other, key=_WORSE_LATER.index)


@dataclass(slots=True, kw_only=True)
class Reading:
    """Grows while a text is read. It starts harmless, and no step makes it better."""

    effect: SqlEffect = SqlEffect.READ
    reasons: dict[str, SqlEffect] = field(default_factory=dict[str, SqlEffect])
    statements: list[str] = field(default_factory=list[str])
    tables: set[str] = field(default_factory=set[str])
    columns: set[str] = field(default_factory=set[str])
    functions: set[str] = field(default_factory=set[str])
    changes: int = 0
    """How many parts change rows."""
    unbounded: int = 0
    """How many of them have no bound."""
    only_plans: bool = False
    """The text is explained and not run: a change of rows in it changes nothing."""

    def add(self, effect: SqlEffect, reason: str) -> None:
        """Note an effect and its reason."""
        if self.only_plans and effect is SqlEffect.WRITE:
            return
        self.effect = worse(self.effect, effect)
        self.reasons[reason] = worse(effect, self.reasons.get(reason, SqlEffect.READ))

    def unknown(self, reason: str) -> None:
        """Note what was not understood."""
        self.add(SqlEffect.UNKNOWN, reason)

    def destroys(self, reason: str) -> None:
        """Note what changes more than bounded rows."""
        self.add(SqlEffect.DESTRUCTIVE, reason)

    def changes_rows(self, kind: str, *, is_bounded: bool) -> None:
        """Note a change of rows."""
        if self.only_plans:
            return
        self.changes += 1
        if is_bounded:
            self.add(SqlEffect.WRITE, f"{kind} changes rows; a person has to allow it.")
            return
        self.unbounded += 1
        self.destroys(
            f"{kind} has no condition that bounds which rows it changes; "
            "one that compares a column with a fixed value would be a bounded write."
        )

    def join(self, other: "Reading") -> None:
        """Take the worse of each: another reading of the same text."""
        self.effect = worse(self.effect, other.effect)
        for reason, effect in other.reasons.items():
            self.reasons[reason] = worse(effect, self.reasons.get(reason, SqlEffect.READ))
        self.statements = self.statements or other.statements
        self.tables |= other.tables
        self.columns |= other.columns
        self.functions |= other.functions
        self.changes = max(self.changes, other.changes)
        self.unbounded = max(self.unbounded, other.unbounded)

    def facts(self, dialect: str) -> SqlFacts:
        """Return what was found, the worst reasons first."""
        ordered = sorted(self.reasons, key=lambda reason: -_WORSE_LATER.index(self.reasons[reason]))
        reasons = _each_once(ordered) or ("It only reads: every statement, clause and function is known.",)
        return SqlFacts(
            effect=self.effect,
            dialect=dialect,
            reasons=reasons,
            statements=tuple(self.statements[:_NAMES]),
            tables=tuple(sorted(self.tables)[:_NAMES]),
            columns=tuple(sorted(self.columns)[:_NAMES]),
            functions=tuple(sorted(self.functions)[:_NAMES]),
            is_bounded=self.changes > 0 and self.unbounded == 0,
        )


def unparsed(dialect: str) -> str:
    """Say that the second parser did not take it."""
    return f"It could not be parsed as {dialect}; one statement in plain {dialect} can be read."


def _each_once(reasons: list[str]) -> tuple[str, ...]:
    """The first ones, without what another says as well: two parsers read one text, and see it alike."""
    what_changes = {
        what for what, is_more, _ in (each.partition(CHANGES_MORE) for each in reasons) if is_more
    }
    kept: dict[str, None] = {}
    said = set[str]()
    for reason in reasons:
        what, is_more, _ = reason.partition(CHANGES_MORE)
        is_said = reason == unparsed("postgres") and NOT_TAKEN in kept
        if is_more:
            is_said = what in said or any(other.startswith(f"{what} ") for other in what_changes)
            said.add(what)
        if not is_said:
            kept[reason] = None
        if len(kept) == _REASONS:
            break
    return tuple(kept)


def shown(text: str) -> str:
    """Show a name of the text inside a reason: short, on one line, without tricks."""
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text[:60])
