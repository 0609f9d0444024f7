"""What people write about a lock: why it is made or lifted, and for which case. Never says what it locks."""

from firedoor.core.reply.spelling import is_seen
from firedoor.model.errors import ClientError

REASON = 1000
"""Characters of a reason at most."""
CASE = 200
"""Characters of the name of a case at most."""


def reason_of(text: str) -> str:
    """The reason as it is kept.

    Raises:
        ClientError: it cannot be kept, or tells a reader nothing.
    """
    reason = text.strip()
    _check_text("lock_reason", "reason", reason)
    is_said = any(is_seen(sign) for sign in reason if sign != " ")
    if not is_said or "\0" in reason or len(reason) > REASON:
        hint = "Whoever is locked out, and whoever asks later, reads it."
        raise ClientError("lock_reason", f"Give a reason of 1 to {REASON} characters.", hint)
    return reason


def case_of(text: str | None) -> str | None:
    """The name of a case as it is kept: one line, all of which is seen.

    Raises:
        ClientError: it is no such name.
    """
    if text is None:
        return None
    case = text.strip()
    _check_text("lock_case", "case", case)
    if not case or len(case) > CASE or not all(map(is_seen, case)):
        hint = "Write it on one line, without signs that cannot be seen; or give none."
        raise ClientError("lock_case", f"A case has a name of 1 to {CASE} characters.", hint)
    return case


def _check_text(code: str, what: str, text: str) -> None:
    """Refuse halves of characters: arguments of a command that are no UTF-8 arrive as such."""
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        hint = "Write it again in UTF-8, or without accents. Nothing was done."
        raise ClientError(code, f"The {what} is not text: it holds bytes that are no UTF-8.", hint)
