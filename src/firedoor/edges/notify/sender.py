"""Sends small messages over HTTP beside everything else: one thread, in order, tried again when it fails.

Nobody waits for it and nothing fails because of it. What cannot be delivered in an hour, or does not fit the
queue, is dropped and logged; nothing that is sent is logged. Redirects are not followed: the address is the
operator's, and a signed message goes nowhere else.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to one address. Made anew for each try: signatures carry the time."""

    url: str = field(repr=False)
    write: Callable[[], tuple[bytes, dict[str, str]]] = field(repr=False)
    """Body and headers."""
    about: str
    """For the log."""


class Sender:
    """One receiver's queue and thread."""

    def __init__(self, name: str, pauses_s: tuple[float, ...] = PAUSES_S) -> None:
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
        for pause_s in (*self._pauses_s, None):
            fault = post(letter)
            if not fault:
                return
            if pause_s is None or self._stop.wait(pause_s):
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
