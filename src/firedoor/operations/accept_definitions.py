"""Relies on definitions from now on, because a person says so. Recorded before it takes effect."""

from collections.abc import Sequence
from dataclasses import dataclass

from firedoor.model.errors import ClientError
from firedoor.operations.review_definitions import Reviewed, review_definitions
from firedoor.ports.acts import Acts
from firedoor.ports.definitions import Definitions

ACCEPTED = "definitions_accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What was accepted, and what still waits."""

    accepted: tuple[Reviewed, ...]
    left: tuple[Reviewed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person wants to rely on. Instants are unix microseconds."""

    upstream: str
    names: Sequence[str] = ()
    """Each a name, or `name@` and the beginning of a hash; none: all in which nothing is suspicious."""
    by: str
    at_us: int


def accept_definitions(wanted: Wanted, definitions: Definitions, acts: Acts) -> Acceptance:
    """Accept what waits.

    Raises:
        ClientError: nothing of such a name waits.
        SettingsError: the store cannot do it.
        RecordError: the record cannot.
    """
    waiting = [each for each in review_definitions(definitions, wanted.upstream) if each.is_waiting]
    if wanted.names:
        chosen = [each for name in wanted.names for each in _named(name, waiting)]
    else:
        chosen = [each for each in waiting if not each.pin.definition.suspicions]
    found = [each.pin.definition for each in chosen]
    if found:
        about = [
            {
                "kind": each.kind.value,
                "name": each.name[:128],
                "hash": each.hash,
                "suspicions": len(each.suspicions),
            }
            for each in found
        ]
        acts.note(ACCEPTED, {"upstream": wanted.upstream, "definitions": about})
        keys = [(each.kind, each.hash) for each in found]
        definitions.accept(wanted.upstream, keys, wanted.by, wanted.at_us)
    left = tuple(each for each in waiting if each not in chosen)
    return Acceptance(accepted=tuple(dict.fromkeys(chosen)), left=left)


def _named(wanted: str, waiting: Sequence[Reviewed]) -> list[Reviewed]:
    name, _, digest = wanted.partition("@")
    found = [
        each
        for each in waiting
        if each.pin.definition.name == name and each.pin.definition.hash.startswith(digest)
    ]
    if not found:
        text = f"No definition {wanted} waits to be accepted."
        raise ClientError("definition_unknown", text, "`firedoor tools diff` shows those that do.")
    return found
