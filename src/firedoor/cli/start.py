"""Commands for the first day: init, doctor."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from firedoor.cli.settings_option import SettingsFile


def init(
    *,
    source: Annotated[
        list[Path] | None,
        Parameter(
            name="--from",
            negative="",
            consume_multiple=True,
            help="Settings of MCP clients to import upstreams from.",
        ),
    ] = None,
    settings: SettingsFile = None,
) -> int:
    """Write firedoor.yaml. Nothing in the settings of clients is changed."""
    from firedoor.app.init import initialise

    for line in initialise(settings or Path("firedoor.yaml"), source or []):
        print(line)
    return 0


def doctor(*, settings: SettingsFile = None) -> int:
    """Check settings, store, keys and upstreams; one line a check."""
    from firedoor.app.doctor import examine
    from firedoor.app.inspect import find_settings

    is_well = True
    for check in examine(find_settings(settings)):
        print(check.line)
        is_well = is_well and check.is_well
    return 0 if is_well else 1


GROUP: dict[str, Callable[..., int | None]] = {"init": init, "doctor": doctor}
