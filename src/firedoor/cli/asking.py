"""How commands ask a running gateway as a person with a token: whoever decides, or asks for a permit."""

import os
from pathlib import Path
from typing import Annotated, cast

from cyclopts import Parameter

from firedoor.cli.settings_option import Printing
from firedoor.model.json import JsonObject

TokenFile = Annotated[Path | None, Parameter(help="A file with your token; else FIREDOOR_TOKEN.")]


def ask_desk(
    printing: Printing, verb: str, arguments: JsonObject, token_file: Path | None
) -> JsonObject | None:
    """Ask the running gateway, as whoever the token says. None: none runs."""
    from firedoor.app.admin_client import ask_gateway
    from firedoor.app.inspect import settings_for_people

    settings = settings_for_people(printing.settings)
    told = ask_gateway(settings.data_dir, verb, {**arguments, "token": token_of(token_file)})
    if told is None:
        print("No gateway runs here: nothing waits.")
    return told


def token_of(file: Path | None) -> str:
    """The token of whoever decides."""
    from firedoor.cli.token_file import token_in
    from firedoor.model.errors import ClientError

    token = os.environ.get("FIREDOOR_TOKEN", "") if file is None else token_in(file)
    if not token.strip():
        hint = "firedoor token create --principal NAME --role approver"
        raise ClientError("approver_unknown", "Set FIREDOOR_TOKEN, or give --token-file.", hint)
    return token.strip()


def needed(demand: dict[str, list[str]]) -> str:
    """Whom a demand asks for, in words."""
    of = f" in {' or '.join(demand['groups'])}" if demand["groups"] else ""
    return f"{demand['quorum']} with the role {' or '.join(demand['roles'])}{of}"


def said_of(each: JsonObject) -> str:
    """How many have approved, of how many who are needed."""
    said = cast("list[dict[str, str]]", each["reviews"])
    wanted = sum(demand["quorum"] for demand in cast("list[dict[str, int]]", each["demands"]))
    agreed = sum(1 for one in said if one["decision"] == "approve")
    return f"{agreed} of {wanted}"
