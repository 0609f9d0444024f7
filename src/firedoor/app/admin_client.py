"""Asks the gateway that runs in a data folder, through its socket. Says when none runs; decides nothing."""

import json
import socket
from pathlib import Path
from typing import cast

from firedoor.edges.inbound.admin_socket import address_in
from firedoor.model import errors
from firedoor.model.errors import FiredoorError, RecordError
from firedoor.model.json import JsonObject

WAIT_S = 30.0
"""How long an answer may take: a lock waits for what it ends."""


def ask_gateway(data_dir: Path, verb: str, arguments: JsonObject) -> JsonObject | None:
    """Ask, and return the answer; None if no gateway runs there.

    Raises:
        FiredoorError: what the gateway said cannot be done.
        RecordError: it runs and does not answer.
    """
    if not data_dir.is_dir():
        return None
    with address_in(data_dir) as address, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(WAIT_S)
        try:
            connection.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        try:
            connection.sendall(json.dumps({"do": verb, "with": arguments}).encode() + b"\n")
            with connection.makefile("rb") as lines:
                said = cast("JsonObject", json.loads(lines.readline()))
        except (OSError, ValueError) as fault:
            raise RecordError(
                "gateway_silent", "The gateway runs and does not answer.", "See its log."
            ) from fault
    _raise_if(said.get("error"))
    answer = said.get("answer")
    return answer if isinstance(answer, dict) else {}


def _raise_if(fault: object) -> None:
    if not isinstance(fault, dict):
        return
    told = cast("dict[str, str]", fault)
    kind = getattr(errors, told.get("class", ""), FiredoorError)
    raise kind(told.get("code", "unknown"), told.get("message", ""), told.get("hint", ""))
