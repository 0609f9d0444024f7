"""The option that every command takes."""

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
