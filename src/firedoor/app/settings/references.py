"""`${env:NAME}` and `${secret:NAME}` in settings. Never shows what a reference stands for."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

# `$${` is the way to write `${` where no reference is meant.
_REFERENCE = re.compile(r"\$\$\{|\$\{([^}]*)\}?")
_NAME = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]{0,127})|secret:([A-Za-z0-9][A-Za-z0-9._-]{0,63})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The name of a value that is kept elsewhere."""

    source: Literal["env", "secret"]
    name: str


Resolve: TypeAlias = Callable[[Reference, Path], str | None]
"""Finds the value of a reference, given the data directory; None if there is none."""


class BadReferenceError(ValueError):
    """A reference that cannot be used. Its message may be shown; `hint` says what to do."""

    def __init__(self, what: str, hint: str) -> None:
        """Keep what is wrong and what to do."""
        super().__init__(what)
        self.hint = hint


def has_reference(text: str) -> bool:
    """Whether `fill` would change or refuse the text."""
    return _REFERENCE.search(text) is not None


def fill(text: str, find: Callable[[Reference], str | None]) -> str:
    """Put the value of each reference in its place.

    Raises:
        BadReferenceError: a reference is malformed, or stands for nothing.
    """

    def replace(match: re.Match[str]) -> str:
        if match[0] == "$${":
            return "${"
        named = _NAME.fullmatch(match[1]) if match[0].endswith("}") else None
        if named is None:
            hint = "Write ${env:NAME} or ${secret:NAME}; $${ stands for ${ itself."
            raise BadReferenceError("not a reference that Firedoor knows", hint)
        reference = (
            Reference(source="env", name=named[1])
            if named[1] is not None
            else Reference(source="secret", name=named[2])
        )
        value = find(reference)
        if value is None:
            raise BadReferenceError(*_missing(reference))
        return value

    return _REFERENCE.sub(replace, text)


def _missing(reference: Reference) -> tuple[str, str]:
    if reference.source == "env":
        return (
            f"the environment variable {reference.name} is not set",
            "Set it for the process that runs Firedoor.",
        )
    return (
        f'the key store has no secret "{reference.name}"',
        f"Keep it: firedoor secret set {reference.name}. Else use ${{env:NAME}}.",
    )


def from_environment_and_keys(reference: Reference, data_dir: Path) -> str | None:
    """Find a value in the environment, or in the key store of the data directory.

    Raises:
        IntegrityError: the key store was changed, or belongs to another identity.
    """
    if reference.source == "env":
        return os.environ.get(reference.name)
    if not (data_dir / "secrets").is_dir():
        return None  # asking must not make a key store
    # age costs a tenth of a second to load: only who keeps secrets pays.
    from firedoor.edges.keys.secrets import SecretStore

    return SecretStore(data_dir).get(reference.name)
