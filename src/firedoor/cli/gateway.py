"""Commands that run something: serve, demo."""

from collections.abc import Callable
from typing import Annotated

from cyclopts import Parameter

from firedoor.cli.settings_option import SettingsFile


def serve(*, settings: SettingsFile = None) -> int | None:
    """Run the gateway until it is told to stop."""
    from firedoor.app.inspect import find_settings
    from firedoor.app.serve import serve as run
    from firedoor.app.settings import load

    return run(load(find_settings(settings)))


def demo(*, keep: Annotated[bool, Parameter(negative="", help="Leave the gateway running.")] = False) -> int:
    """See a real client work through the gateway, then see the recording of it."""
    from firedoor.app.demo import run

    return run(keep=keep)


GROUP: dict[str, Callable[..., int | None]] = {"serve": serve, "demo": demo}
