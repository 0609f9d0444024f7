"""Turns what a database driver raises into our own words, without any value that was in a statement."""

import logging
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from firedoor.model.errors import RecordError, SettingsError

log = logging.getLogger("firedoor.store")

AGAIN_S = 1.0
"""How long the same fault is not said again. Stops callers without a token from filling the log."""


class Seldom:
    """Says each text to the log at most once in so many seconds: anybody may ask with a token of nobody."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._last: tuple[str, float] | None = None

    def __call__(self, text: str) -> None:
        """Say it, unless it was just said."""
        now_s = self._now_s()
        if self._last is None or self._last[0] != text or now_s - self._last[1] >= AGAIN_S:
            self._last = (text, now_s)
            log.warning("%s", text)


_tell = Seldom()


def first_line(fault: BaseException) -> str:
    """Say what happened, in one line. SQLAlchemy's own text would add the statement and its values."""
    cause = fault.orig if isinstance(fault, DBAPIError) and fault.orig is not None else fault
    return (str(cause).splitlines() or [type(cause).__name__])[0]


@contextmanager
def explained() -> Generator[None]:
    """Around every use of the database that a person waits for.

    Raises:
        SettingsError: the database could not do it.
    """
    try:
        yield
    except SQLAlchemyError as fault:
        raise SettingsError(
            "database_unavailable",
            f"The database did not do it: {first_line(fault)}",
            "Check `database:` in the settings, and that the database runs and may be written.",
        ) from fault


@contextmanager
def or_refused(unable: str) -> Generator[None]:
    """Around every use of the database that a call waits for. `unable` says what could not be done.

    Raises:
        RecordError: the database could not do it.
    """
    try:
        yield
    except SQLAlchemyError as fault:
        raise unavailable(unable, fault) from fault


def unavailable(unable: str, fault: BaseException) -> RecordError:
    """Why a call cannot be decided now. Who asks must deny, and tell the caller no more than that.

    What the driver says names the database's address: that is for the log, and said once in a while.
    """
    _tell(f"{unable}: {first_line(fault)}")
    return RecordError("store_unavailable", f"{unable} at the moment.", "The log says why.")
