"""Opens MCP sessions at a door: initialize, initialized, and the id that the door has minted.

It never measures.
"""

import http.client
from concurrent.futures import ThreadPoolExecutor

import messages
from messages import Door

_TIMEOUT_S = 60
_AT_ONCE = 16


class Refused(Exception):
    """The door did not let a session in."""


def _post(
    connection: http.client.HTTPConnection, door: Door, content: bytes, sent: dict[str, str]
) -> str | None:
    connection.request("POST", door.path, content, sent)
    response = connection.getresponse()
    answered = response.read()
    if response.status not in {200, 202}:
        raise Refused(f"HTTP {response.status}: {answered[:200].decode(errors='replace')}")
    return response.getheader("Mcp-Session-Id")


def _open(door: Door, count: int, within_s: float) -> list[str]:
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=within_s)
    minted = []
    try:
        for _ in range(count):
            hello = messages.body(door, "initialize", messages.initialize(), 1)
            session = _post(connection, door, hello, messages.headers(door, "initialize")) or ""
            ready = messages.body(door, "notifications/initialized", {})
            _post(
                connection, door, ready, messages.headers(door, "notifications/initialized", session=session)
            )
            minted.append(session)
    finally:
        connection.close()
    return minted


def sessions(door: Door, count: int = 1, *, within_s: float = _TIMEOUT_S) -> list[str]:
    """Open that many sessions; a door of the stateless era has one, without a name."""
    if door.is_modern:
        return [""]
    workers = min(count, _AT_ONCE)
    shares = [count // workers + (worker < count % workers) for worker in range(workers)]
    with ThreadPoolExecutor(workers) as pool:
        opened = pool.map(lambda n: _open(door, n, within_s), shares)
        return [session for share in opened for session in share]
