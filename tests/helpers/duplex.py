"""Messages over the pipe of a child process."""

import json

from firedoor.edges.outbound.channel import ChannelAnswer


def message(method: str = "", **members: object) -> bytes:
    named = {"method": method} if method else {}
    return json.dumps({"jsonrpc": "2.0", **named, **members}).encode()


def call(key: object, token: object = None) -> bytes:
    meta = {} if token is None else {"_meta": {"progressToken": token}}
    return message("tools/call", id=key, params=meta)


def progress(token: object) -> bytes:
    return message("notifications/progress", params={"progressToken": token, "progress": 1})


async def rest(answer: ChannelAnswer) -> list[bytes]:
    found = []
    while (event := await answer.next()) is not None:
        found.append(event.payload)
    return found
