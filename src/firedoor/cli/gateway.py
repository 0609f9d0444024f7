"""Commands that run something: serve, connect, demo."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from firedoor.cli.settings_option import SettingsFile


def serve(*, settings: SettingsFile = None) -> int | None:
    """Run the gateway until it is told to stop."""
    from firedoor.app.inspect import find_settings
    from firedoor.app.serve import serve as run
    from firedoor.app.settings.file import load

    return run(load(find_settings(settings)))


def connect(
    upstream: str,
    /,
    *,
    url: Annotated[
        str | None, Parameter(help="Of the gateway; else as the settings say, else this machine's.")
    ] = None,
    token_file: Annotated[Path | None, Parameter(help="A file with the token; else FIREDOOR_TOKEN.")] = None,
    settings: Annotated[
        Path | None, Parameter(name=["-c", "--settings"], help="The settings file; else FIREDOOR_CONFIG.")
    ] = None,
) -> int:
    """Carry MCP between standard input and output and the gateway, for clients that only launch commands."""
    from firedoor.app.connect.stdio import connect as run
    from firedoor.app.connect.stdio import gateway_url

    return run(upstream, url=url or gateway_url(settings), token_file=token_file)


def demo(*, keep: Annotated[bool, Parameter(negative="", help="Leave the gateway running.")] = False) -> int:
    """See a real client work through the gateway, then see the recording of it."""
    from firedoor.app.demo.play import run

    return run(keep=keep)


GROUP: dict[str, Callable[..., int | None]] = {"serve": serve, "connect": connect, "demo": demo}
