"""Text → facts: the one door of this package. Pure; never raises, and what it cannot read is unknown."""

from firedoor.core.decide.sql.dialects import known_dialect
from firedoor.model.sql import SqlEffect, SqlFacts


def understand_sql(text: str, dialect: str) -> SqlFacts:
    """Return what was understood of one text in one dialect."""
    known = known_dialect(dialect)
    if known is None:
        reason = f"The dialect {dialect!r} is not one that is understood."
        return SqlFacts(effect=SqlEffect.UNKNOWN, dialect=dialect, reasons=(reason,))
    reason = "It was not understood."
    return SqlFacts(effect=SqlEffect.UNKNOWN, dialect=known, reasons=(reason,))
