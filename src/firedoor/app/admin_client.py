"""Asks the gateway that runs in a data folder, through its socket. Says when none runs; decides nothing.

A question says how long whoever asks will wait. A gateway that stood still answers none that came too late:
what a person was told has not happened does not happen afterwards.
"""

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

from firedoor.edges.inbound.admin_socket import address_in
from firedoor.model import errors
from firedoor.model.errors import ClientError, FiredoorError, RecordError
from firedoor.model.json import Json, JsonObject

WAIT_S = 30.0
"""How long an answer may take: a lock waits for what it ends."""
SLOW_S = 2.0
"""After this, whoever asks is told that there is no answer yet."""
SILENT = "gateway_silent"
_CHUNK = 1 << 16


def ask_gateway(
    data_dir: Path,
    verb: str,
    arguments: JsonObject,
    *,
    wait_s: float = WAIT_S,
    slow_s: float = SLOW_S,
    if_slow: Callable[[], bool] | None = None,
) -> JsonObject | None:
    """Ask, and return the answer; None if no gateway runs there.

    `if_slow` is called once where there is no answer after `slow_s`, and says whether to wait on. A question
    that has it is one that may be carried out late.

    Raises:
        FiredoorError: what the gateway said cannot be done.
        ClientError: what it is to be asked is not text.
        RecordError: it runs and does not answer.
    """
    if not data_dir.is_dir():
        return None
    _check_text(arguments)
    asked: dict[str, Json] = {"do": verb, "with": arguments}
    if if_slow is None:
        asked["until_s"] = time.monotonic() + wait_s
    with address_in(data_dir) as address, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(wait_s if if_slow is None else slow_s)
        try:
            connection.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except OSError as fault:
            raise _silent("The gateway cannot be asked", fault) from fault
        try:
            connection.sendall(json.dumps(asked).encode() + b"\n")
            said = _line(connection, time.monotonic() + wait_s, if_slow)
            return _answer(cast("JsonObject", json.loads(said)))
        except (OSError, ValueError) as fault:
            raise _silent("The gateway runs and does not answer", fault) from fault


def _check_text(arguments: JsonObject) -> None:
    """Refuse halves of characters: arguments of a command that are no UTF-8 arrive as such."""
    for name, value in arguments.items():
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as fault:
            which = name.removesuffix("s") if isinstance(value, list) else name
            told = f"The {which} is not text: it holds bytes that are no UTF-8."
            hint = "Write it again in UTF-8, or without accents. Nothing was done."
            raise ClientError("text_unreadable", told, hint) from fault


def _silent(what: str, fault: Exception) -> RecordError:
    why = f": {fault.strerror}" if isinstance(fault, OSError) and fault.strerror else ""
    return RecordError(SILENT, f"{what}{why}.", "See its log.")


def _line(connection: socket.socket, until_s: float, if_slow: Callable[[], bool] | None) -> bytes:
    """What it says, to the end of the line, or as far as it came."""
    said = bytearray()
    while not said.endswith(b"\n"):
        try:
            more = connection.recv(_CHUNK)
        except TimeoutError:
            if if_slow is None or not if_slow():
                raise
            if_slow = None
            connection.settimeout(max(until_s - time.monotonic(), 0.001))
            continue
        if not more:
            break
        said += more
    return bytes(said)


def _answer(said: JsonObject) -> JsonObject:
    told: JsonObject = said if isinstance(cast("object", said), dict) else {}
    _raise_if(told.get("error"))
    answer = told.get("answer")
    if not isinstance(answer, dict):
        raise ValueError("no answer")  # noqa: TRY004 - of the other side, as if it were no JSON
    return answer


def _raise_if(fault: object) -> None:
    if not isinstance(fault, dict):
        return
    told = cast("dict[str, str]", fault)
    kind = getattr(errors, told.get("class", ""), FiredoorError)
    raise kind(told.get("code", "unknown"), told.get("message", ""), told.get("hint", ""))
