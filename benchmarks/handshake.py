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


def _open(door: Door, count: int) -> list[str]:
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=_TIMEOUT_S)
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


def sessions(door: Door, count: int = 1) -> list[str]:
    """Open that many sessions; a door of the stateless era has one, without a name."""
    if door.is_modern:
        return [""]
    workers = min(count, _AT_ONCE)
    shares = [count // workers + (worker < count % workers) for worker in range(workers)]
    with ThreadPoolExecutor(workers) as pool:
        return [session for share in pool.map(lambda n: _open(door, n), shares) for session in share]
