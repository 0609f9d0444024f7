"""The last words of an exchange that the gateway itself could not carry out. Never decides that it failed."""

import logging

from firedoor.core.record.entries import Told, outcome_entry, refused_entry
from firedoor.core.reply.answer import INTERNAL_ERROR, error
from firedoor.engine.running import Running
from firedoor.model.errors import RecordError
from firedoor.model.reply import Refusal, Reply, StreamEvent
from firedoor.ports.recorder import Recorder

log = logging.getLogger("firedoor.engine")


async def record_failure(recorder: Recorder, running: Running) -> None:
    """Record that the gateway itself failed. If that fails too, the client is told all the same."""
    at_us = running.arrival.at_us
    if running.is_recorded:
        return
    if running.live is not None and running.intent is not None:
        told = Told(status=500, result="failed", code="internal_error")
        entry = outcome_entry(running.live.session, running.intent, told, at_us, b"")
    else:
        refusal = Refusal(status=500, code=INTERNAL_ERROR, reason="internal_error", text="")
        entry = refused_entry(recorder.control, running.arrival, refusal, b"")
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
