"""The stdio upstream of the lock benchmark: it keeps what listens open, and says something to some of them.

usage: locks_upstream.py [CORE]
"""

import json
import os
import select
import sys
import time

from answers import answer

TALKED_TO = 10
"""Of all streams, so many hear of a change all the time."""
EVERY_S = 0.05


def _say(message: dict[str, object]) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":")).encode() + b"\n"


def _about(method: str, number: object) -> bytes:
    meta = {"io.modelcontextprotocol/subscriptionId": number}
    return _say({"method": method, "params": {"_meta": meta}})


def main() -> None:
    if len(sys.argv) > 1:
        os.sched_setaffinity(0, {int(sys.argv[1])})
    listening: list[object] = []
    rest, said_at = b"", time.monotonic()
    while True:
        ready, _, _ = select.select([0], [], [], EVERY_S)
        if ready:
            read = os.read(0, 1 << 20)
            if not read:
                return
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                _answer(json.loads(line), listening)
        if time.monotonic() - said_at >= EVERY_S:
            said_at = time.monotonic()
            changes = (_about("notifications/tools/list_changed", n) for n in listening[:TALKED_TO])
            _write(b"".join(changes))


def _answer(message: dict, listening: list[object]) -> None:
    method = message.get("method")
    if method == "subscriptions/listen":
        listening.append(message["id"])
        _write(_about("notifications/subscriptions/acknowledged", message["id"]))
    elif _waits(message):
        token = message["params"]["_meta"]["progressToken"]
        _write(_say({"method": "notifications/progress", "params": {"progressToken": token, "progress": 1}}))
    elif method == "notifications/cancelled":
        return  # `listening` is not searched: it has ten thousand entries, and all of them end.
    else:
        answered = answer(message)
        if answered is not None:
            _write(answered + b"\n")


def _waits(message: dict[str, object]) -> bool:
    """Whether it is a call that is never answered: it is under way until somebody ends it."""
    params = message.get("params")
    arguments = params.get("arguments") if isinstance(params, dict) else None
    return isinstance(arguments, dict) and arguments.get("text") == "wait"


def _write(content: bytes) -> None:
    while content:
        content = content[os.write(1, content) :]


if __name__ == "__main__":
    main()
