"""Calls that are under way on a bench, and the locks that end them."""

import asyncio
import json

from firedoor.model.lock import Lock, LockId, LockMode, Target

PROGRESS = b'{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}'


def lock(
    target: Target = Target.PRINCIPAL, value: str = "dana", mode: LockMode = LockMode.STOP, **changes
) -> Lock:
    given = {"id": LockId("l_1"), "targets": ((target, value),), "mode": mode, "reason": "Stolen."}
    return Lock(**{**given, "by": "sam", "created_at_us": 1, **changes})


def pending() -> "asyncio.Future[object]":
    return asyncio.get_running_loop().create_future()


def text_of(body: bytes) -> str:
    return json.loads(body)["result"]["content"][0]["text"]
