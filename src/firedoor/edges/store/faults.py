"""Turns what a database driver raises into our own words, without any value that was in a statement."""

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from firedoor.model.errors import RecordError, SettingsError


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
    """Why a call cannot be decided now. Who asks must deny."""
    return RecordError("store_unavailable", f"{unable}: {first_line(fault)}")
