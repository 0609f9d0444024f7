"""The options that every command takes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Parameter

SettingsFile: TypeAlias = Annotated[
    Path | None,
    Parameter(
        name=["-c", "--settings"],
        help="The settings file; else FIREDOOR_CONFIG, else ./firedoor.yaml.",
    ),
]

AsJson: TypeAlias = Annotated[bool, Parameter(name="--json", negative="", help="One JSON object a line.")]

Identities: TypeAlias = Annotated[
    list[Path] | None,
    Parameter(
        name="--identity", negative="", help="A file with an identity of age. May be given several times."
    ),
]


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """Options of what can also be printed for programs."""

    as_json: AsJson = False
    settings: SettingsFile = None


PLAINLY = Printing()
