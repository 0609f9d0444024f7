"""Ends an exchange that was cut short: its path writes how it ended, and its client gets the last word.

Whatever had become durable stays so: another end never follows. An answer that was recorded and not yet on
its way when a lock came is withheld all the same, and the record says that too. Never decides who is cut.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from firedoor.core.commands import (
    Answer,
    Append,
    Cancelled,
    Command,
    Deliver,
    EndStream,
    EndWith,
    Notice,
    Path,
)
from firedoor.core.record.entries import event_entry, refused_entry
from firedoor.core.reply.answer import RECORD_UNAVAILABLE, TERMINATED, refused
from firedoor.core.reply.terminated import last_word
from firedoor.engine.failing import tell_failure
from firedoor.engine.running import Running
from firedoor.model.entry import LATER, Entry
from firedoor.model.errors import FiredoorError
from firedoor.model.json import Json
from firedoor.model.reply import Refusal, Reply, StreamEvent
from firedoor.ports.recorder import Recorder

log = logging.getLogger("firedoor.engine")

DRAINING = Notice(
    TERMINATED, "draining", "The gateway is shutting down. The call may or may not have been executed."
)


@dataclass(slots=True, kw_only=True)
class Unwinding:
    """How this engine ends what was cut short."""

    recorder: Recorder
    carry_out: Callable[[Command[Any], Running], Awaitable[Any]]
    stamped: Callable[[Entry], Entry]
    """The same entry at the instant that it is written."""

    def take(self, running: Running, notice: Notice) -> Entry | None:
        """Take over an exchange whose stream is open and silent: what is to be durable before its last word.

        None: it moves, and its task is to be told. From here on the task stands still until it is.
        """
        is_silent = running.is_waiting and running.is_streaming and not running.is_recorded
        if running.ending is None or running.is_cancelled or not is_silent:
            return None
        if running.is_spared or running.is_unrecorded:
            return None  # its end may be in no record: that is not for the others to wait for
        running.notice, running.is_cancelled, running.is_taken = notice, True, True
        # Its path is left where it stands: to be thrown out of it takes longer than the end itself.
        running.path = running.ending(notice)
        command = next(running.path)
        if not isinstance(command, Append):
            running.rest = command
            return None
        running.asked = command
        return self.stamped(command.entry)

    def speak(self, running: Running, sequence: int) -> None:
        """The end of what was taken is durable: say the last word. What would have to wait is left."""
        asked = running.asked
        if not isinstance(asked, Append):
            return
        running.note(asked.entry, sequence)
        try:
            running.rest = running.path.send(sequence)
        except StopIteration:
            running.rest = None
        if isinstance(running.rest, EndWith):
            body = running.rest.reply.body
            running.is_said = running.client.end_at_once(StreamEvent(payload=body) if body else None)
            running.is_streaming = not running.is_said

    async def unwind(self, running: Running) -> None:
        """Let the path write how it ended, and let go of the upstream."""
        path = running.path
        if running.answer is not None:
            running.answer.abandon()
        try:
            command = self._rest(running) if running.is_taken else self._next_of_cut(path, running)
            while command is not None:
                command = path.send(await self.carry_out(await self._withheld(command, running), running))
        except (Cancelled, StopIteration):
            pass
        except FiredoorError as failure:
            log.error("a call that was cut short is not recorded: %s", failure.code)  # noqa: TRY400 - no traceback
            if running.notice is not None:
                await tell_failure(running, 503, RECORD_UNAVAILABLE, failure.message)
                return
        if running.is_streaming:
            await self.carry_out(EndStream(), running)
        elif running.notice is not None and not running.has_begun:
            await self._refuse(running, running.notice)

    def _rest(self, running: Running) -> Command[Any] | None:
        """What is left of an end that was taken.

        What follows the last word frees all that the call had: that takes longer than to say it.
        """
        if running.failure is not None:
            raise running.failure
        return running.path.send(None) if running.is_said else running.rest

    def _next_of_cut(self, path: Path, running: Running) -> Command[Any] | None:
        """What a path that is cancelled asks next.

        An entry that became durable meanwhile is no longer to be undone: the path learns of it. If it was
        the end of the call, the path goes on to its own end; another end must never follow.
        """
        command = None if running.late is None else path.send(running.late)
        if not running.is_recorded:
            return path.throw(Cancelled(running.notice))
        if command is None and isinstance(running.asked, Answer | Deliver) and running.notice is not None:
            # It waited at a door: nothing of it has left.
            return running.asked
        return command

    async def _withheld(self, command: Command[Any], running: Running) -> Command[Any]:
        """The last word in place of an answer that was recorded before a lock, and not delivered."""
        notice, message, live = running.notice, running.message, running.live
        is_answer = isinstance(command, Answer | Deliver)
        if not is_answer or notice is None or notice is DRAINING or not running.is_recorded or running.is_cut:
            return command
        if message is None or live is None or running.intent is None:
            return command
        body = last_word(message, notice.code, notice.reason, notice.text)
        if not body:
            return command
        await self.carry_out(
            Append(event_entry(live.session, running.intent, _withholding(notice), LATER, body)), running
        )
        running.is_cut = True
        return (
            Deliver(StreamEvent(payload=body))
            if running.is_streaming
            else Answer(Reply(status=200, body=body))
        )

    async def _refuse(self, running: Running, notice: Notice) -> None:
        """Answer what had not become a call when it was cut short."""
        message = running.message
        refusal = Refusal(
            status=503 if notice is DRAINING else 200,
            code=notice.code,
            reason=notice.reason,
            text=notice.text,
            id=message.id if message is not None else None,
        )
        try:
            if not running.is_recorded:
                entry = refused_entry(self.recorder.control, running.arrival, refusal, b"")
                await self.carry_out(Append(entry), running)
        except FiredoorError as failure:
            log.error("a refusal is not recorded: %s", failure.code)  # noqa: TRY400 - no traceback
            await tell_failure(running, 503, RECORD_UNAVAILABLE, failure.message)
            return
        await self.carry_out(Answer(refused(refusal)), running)


def _withholding(notice: Notice) -> dict[str, Json]:
    return {"what": "withheld", "code": notice.reason}
