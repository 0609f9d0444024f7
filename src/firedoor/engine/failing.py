"""The last words of an exchange that the gateway itself could not carry out. Never decides that it failed."""

import logging

from firedoor.core.record.entries import Told, outcome_entry, refused_entry
from firedoor.core.reply.answer import INTERNAL_ERROR, RECORD_UNAVAILABLE, TERMINATED, error
from firedoor.engine.running import Running
from firedoor.model.errors import IntegrityError, RecordError
from firedoor.model.reply import Refusal, Reply, StreamEvent
from firedoor.ports.recorder import Recorder

log = logging.getLogger("firedoor.engine")


UNFORESEEN = Refusal(status=500, code=INTERNAL_ERROR, reason="internal_error", text="")
BLIND = Refusal(status=503, code=TERMINATED, reason="locks_unreadable", text="")


async def refuse(recorder: Recorder, running: Running, failure: RecordError | IntegrityError) -> None:
    """Say why an exchange does not go on: nothing is recorded, or nobody knows who is locked out."""
    if isinstance(failure, RecordError):
        return await tell_failure(running, 503, RECORD_UNAVAILABLE, failure.message)
    if not failure.code.startswith("locks_"):
        log.error("exchange failed", exc_info=failure)
        await record_failure(recorder, running)
        return await tell_failure(running, 500, INTERNAL_ERROR, "The gateway could not carry this out.")
    executed = "Not executed." if running.intent is None else "The call may or may not have been executed."
    await record_failure(recorder, running, BLIND)
    text = f"The gateway cannot read its locks, and lets nothing pass. {executed}"
    return await tell_failure(running, BLIND.status, BLIND.code, text)


async def record_failure(recorder: Recorder, running: Running, how: Refusal = UNFORESEEN) -> None:
    """Record that the gateway itself failed. If that fails too, the client is told all the same."""
    at_us = running.arrival.at_us
    if running.is_recorded:
        return
    if running.live is not None and running.intent is not None:
        told = Told(status=how.status, result="failed", code=how.reason)
        entry = outcome_entry(running.live.session, running.intent, told, at_us, b"")
    else:
        entry = refused_entry(recorder.control, running.arrival, how, b"")
    try:
        await recorder.append(entry)
    except RecordError as failure:
        log.error("failure not recorded: %s", failure.code)  # noqa: TRY400 - the failure itself is logged


async def tell_failure(running: Running, status: int, code: int, text: str) -> None:
    """Answer the request, whatever was sent of an answer before."""
    identifier = running.message.id if running.message is not None else None
    body = error(identifier, code, text)
    if not running.has_begun:
        running.has_begun = True
        await running.client.reply(Reply(status=status, body=body))
    elif running.is_streaming:
        running.is_streaming = False
        if identifier is not None:  # a stream that answers nothing has nobody to tell
            await running.client.deliver(StreamEvent(payload=body))
        await running.client.end_stream()
