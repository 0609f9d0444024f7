"""Reads a token out of a file or standard input. Never says what else was in there."""

import os
import sys
from pathlib import Path

from firedoor.model.errors import ClientError

_LONGEST = 4096
"""Bytes that are read: a token is shorter by far, and a device has no end."""


def token_in(file: Path) -> str:
    """The token in a file, or in standard input for `-`; else what it has in it, if it is text.

    Raises:
        ClientError: it cannot be read, or is no text.
    """
    try:
        descriptor = sys.stdin.fileno() if str(file) == "-" else os.open(file, os.O_RDONLY)
        with open(descriptor, "rb", closefd=str(file) != "-") as stream:
            return stream.read(_LONGEST).decode("ascii").strip()
    except OSError as fault:
        message = f"The token file {file} cannot be read: {fault.strerror}."
        raise ClientError("token_unreadable", message) from None
    except UnicodeDecodeError:
        raise ClientError("token_unreadable", f"The token file {file} is not text.") from None


def own_token_in(file: Path) -> str:
    """The token of this gateway in a file: what no gateway has made can be locked, and locks nobody.

    Raises:
        ClientError: there is none in it, or something else beside it.
    """
    from firedoor.operations.create_token import is_token

    token = token_in(file)
    if not is_token(token):
        hint = "It begins with fd_, and nothing else is in the file. Else lock its grant: --grant ID."
        raise ClientError("token_unusable", f"There is no token of a gateway in {file}.", hint)
    return token
