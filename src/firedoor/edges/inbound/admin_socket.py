"""The socket in the data folder: the same machine's operators speak to a running gateway through it.

Needs no network, no token and no database: whoever may open the file is the gateway's own operating-system
user or root, and the kernel says who it is. One JSON object a line, one line back. Decides nothing.
"""

import asyncio
import contextlib
import json
import os
import pwd
import socket
import struct
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from firedoor.model.errors import FiredoorError
from firedoor.model.json import JsonObject

NAME = "admin.sock"
LINE = 4 << 20
"""Bytes of a question at most: a policy fits. Stops a runaway program from filling the memory."""
_PATH = 100
"""Bytes of an address that every system takes; longer ones go through the folder's descriptor."""
_PEER = struct.Struct("3i")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who speaks, as the kernel says."""

    name: str
    """Of the operating system."""
    uid: int


class _Question(msgspec.Struct):
    do: str
    arguments: dict[str, Any] = msgspec.field(name="with", default_factory=dict[str, Any])
    until_s: float | None = None
    """By the clock of the machine that nobody sets: after this, whoever asked was told that it has failed."""


Verb = Callable[[Operator, JsonObject], Awaitable[JsonObject]]
"""What can be asked: arguments → answer. Raises `FiredoorError` for what cannot be done."""


class AdminSocket:
    """Listens in a folder, and answers with what it was given to answer with."""

    def __init__(
        self, folder: Path, verbs: Mapping[str, Verb], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._verbs = verbs
        self._clock = clock
        self._listening: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen. What a dead process left there is taken away: the journal's lock says that it is dead."""
        with contextlib.suppress(FileNotFoundError):
            (self._folder / NAME).unlink()
        with address_in(self._folder) as address:
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            old = os.umask(0o177)
            try:
                listener.bind(address)
            finally:
                os.umask(old)
        listener.setblocking(False)
        self._listening = await asyncio.start_unix_server(self._serve, sock=listener, limit=LINE)

    async def close(self) -> None:
        """Stop listening."""
        if self._listening is not None:
            self._listening.close()
            with contextlib.suppress(FileNotFoundError):
                (self._folder / NAME).unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            operator = _operator(writer.get_extra_info("socket"))
            while line := await reader.readline():
                answer = await self._answer(operator, line)
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (OSError, ValueError):
            pass  # it went away, or its line had no end
        finally:
            writer.close()

    async def _answer(self, operator: Operator, line: bytes) -> JsonObject:
        try:
            question = msgspec.json.decode(line, type=_Question)
        except msgspec.MsgspecError:
            return {"error": {"code": "question_unreadable", "message": "Send {do, with}.", "hint": ""}}
        found = self._verbs.get(question.do)
        if found is None:
            text = f"This gateway does not know {question.do!r}."
            return {"error": {"code": "verb_unknown", "message": text, "hint": "Is it an older version?"}}
        if question.until_s is not None and self._clock() > question.until_s:
            text = "The question was read too late: whoever asked has gone. Nothing was done."
            return {"error": {"code": "question_late", "message": text, "hint": "Ask again."}}
        try:
            return {"answer": await found(operator, question.arguments)}
        except FiredoorError as fault:
            return {
                "error": {
                    "code": fault.code,
                    "message": fault.message,
                    "hint": fault.hint,
                    "class": type(fault).__name__,
                }
            }


@contextlib.contextmanager
def address_in(folder: Path) -> Generator[str]:
    """The address of the socket in a folder. Linux limits it to 107 bytes: a longer path goes another way."""
    path = str(folder / NAME)
    if len(os.fsencode(path)) <= _PATH:
        yield path
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{handle}/{NAME}"
    finally:
        os.close(handle)


def _operator(connection: socket.socket) -> Operator:
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    uid = _PEER.unpack(raw)[1]
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = f"uid {uid}"
    return Operator(name=name, uid=uid)
