"""Sends small messages over HTTP beside everything else: in order, tried again when it fails.

Nobody waits for it and nothing fails because of it. What cannot be delivered in an hour, or does not fit the
queue, is dropped and logged; nothing that is sent is logged. What is loud has a queue and a thread of
its own: who makes many quiet messages, or one that its receiver chokes on, keeps no loud one back. Redirects
are not followed: the address is the operator's, and a signed message goes nowhere else.
"""

import http.client
import logging
import queue
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

log = logging.getLogger(__name__)

WAITING = 1_000
"""Messages that wait. Stops a receiver that is gone from filling the memory."""
TIMEOUT_S = 10.0
PAUSES_S = (1.0, 5.0, 30.0, 120.0, 600.0, 1800.0)
"""Between the tries of one message."""
_DONE = range(200, 300)
_NO = frozenset(f"HTTP {status}" for status in range(400, 500) if status not in (408, 425, 429))
"""The receiver is there and does not want this message. It may not hold up the next for an hour."""
_TRIES_OF_A_NO = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to one address. Made anew for each try: signatures carry the time."""

    url: str = field(repr=False)
    write: Callable[[], tuple[bytes, dict[str, str]]] = field(repr=False)
    """Body and headers."""
    about: str
    """For the log."""
    is_loud: bool = False
    """It goes its own way: no quiet one is waited for."""


class Sender:
    """What one receiver is sent."""

    def __init__(self, name: str, pauses_s: tuple[float, ...] = PAUSES_S) -> None:
        self._quiet = _Lane(name, pauses_s)
        self._loud = _Lane(f"{name}, loud", pauses_s)

    def send(self, letter: Letter) -> None:
        """Send it soon. Never waits, never raises."""
        (self._loud if letter.is_loud else self._quiet).send(letter)

    def close(self, wait_s: float = 2.0) -> None:
        """Stop, after what can be sent in so many seconds, each way."""
        self._loud.close(wait_s)
        self._quiet.close(wait_s)


class _Lane:
    """One queue and its thread."""

    def __init__(self, name: str, pauses_s: tuple[float, ...]) -> None:
        self._name = name
        self._pauses_s = pauses_s
        self._letters: queue.Queue[Letter | None] = queue.Queue(WAITING)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"notify {name}", daemon=True)
        self._thread.start()

    def send(self, letter: Letter) -> None:
        """Send it soon. Never waits, never raises."""
        try:
            self._letters.put_nowait(letter)
        except queue.Full:
            log.warning("%s: too much waits; %s is dropped", self._name, letter.about)

    def close(self, wait_s: float = 2.0) -> None:
        """Stop, after what can be sent in so many seconds."""
        try:
            self._letters.put(None, timeout=wait_s)
        except queue.Full:
            self._stop.set()
        self._thread.join(wait_s)
        self._stop.set()

    def _work(self) -> None:
        while (letter := self._letters.get()) is not None and not self._stop.is_set():
            self._deliver(letter)

    def _deliver(self, letter: Letter) -> None:
        for number, pause_s in enumerate((*self._pauses_s, None), start=1):
            fault = post(letter)
            if not fault:
                return
            is_refused = fault in _NO and number >= _TRIES_OF_A_NO
            if is_refused or pause_s is None or self._stop.wait(pause_s):
                break
            log.warning("%s: %s is not delivered yet: %s", self._name, letter.about, fault)
        log.error("%s: %s is given up", self._name, letter.about)


def post(letter: Letter) -> str:
    """Try once; why it failed, or nothing."""
    parts = urlsplit(letter.url)
    host, port = parts.hostname or "", parts.port
    path = parts.path or "/"
    if parts.query:
        path += f"?{parts.query}"
    body, headers = letter.write()
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as fault:
        return type(fault).__name__
    finally:
        connection.close()
    return "" if status in _DONE else f"HTTP {status}"
