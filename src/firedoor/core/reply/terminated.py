"""What a client is told that a lock holds for, reason included: whoever made the lock wrote it for this."""

from firedoor.core.reply.answer import MARK, TERMINATED, error, listen_complete, tool_error
from firedoor.core.reply.sentence import sentence
from firedoor.model.era import Era
from firedoor.model.json import Json, JsonObject
from firedoor.model.lock import Lock, LockMode, Target
from firedoor.model.message import Message, MessageKind
from firedoor.model.reply import Refusal

LOCKED = "locked"
"""The reason of whatever a lock ended."""
_FORBIDDEN = 403
_NOT_FOUND = 404
_UNAUTHENTICATED = -32600
"""Beside HTTP 401: the status is what clients act on."""
_CHALLENGE = 'Bearer realm="firedoor", error="invalid_token", error_description="terminated"'


def locked_out(lock: Lock) -> Refusal:
    """The refusal of a credential that is dead while the lock stands: HTTP 401, which clients act on."""
    return Refusal(
        status=401,
        code=_UNAUTHENTICATED,
        reason="locked",
        text=_sentence(lock),
        headers=(("WWW-Authenticate", _CHALLENGE),),
        fields=_mark(lock),
    )


def locked(lock: Lock, message: Message) -> Refusal:
    """The refusal of one message. A session that is over is answered as HTTP says it: not found."""
    is_request = message.kind is MessageKind.REQUEST
    is_of_session = any(target is Target.SESSION for target, _ in lock.targets)
    is_dead_session = is_of_session and message.era is Era.LEGACY and message.method != "initialize"
    return Refusal(
        status=_NOT_FOUND if is_dead_session else 200 if is_request else _FORBIDDEN,
        code=TERMINATED,
        reason="suspended" if lock.mode is LockMode.SUSPEND else LOCKED,
        text=_sentence(lock) + " Not executed.",
        # What is no request must not be answered by id: a client may have a request of its own under it.
        id=message.id if is_request else None,
        fields=_mark(lock),
    )


def locked_result(refusal: Refusal, lock: Lock, message: Message) -> bytes:
    """The same as the result of a tool, which models read; empty where the refusal itself is the answer."""
    if message.method != "tools/call" or refusal.status == _NOT_FOUND:
        return b""
    return tool_error(message, refusal.text, _decision(lock))


def terminated_text(lock: Lock) -> str:
    """What is said of a call that a lock cut short."""
    return _sentence(lock) + " The call may or may not have been executed."


def last_word(message: Message, code: int, reason: str, text: str) -> bytes:
    """What ends a request from this side: every client takes it for an answer, none for a success."""
    if message.kind is not MessageKind.REQUEST:
        return b""
    mark: dict[str, Json] = {"decision": "terminated", "reason": reason}
    if message.method == "tools/call":
        return tool_error(message, text, mark)
    if message.method == "subscriptions/listen":
        return listen_complete(message.id)
    return error(message.id, code, text, {MARK: mark})


def _sentence(lock: Lock) -> str:
    if lock.mode is LockMode.SUSPEND:
        return f"Suspended: {sentence(lock.reason)} Try again later. Reference {lock.id}."
    if lock.mode is LockMode.READ_ONLY:
        return f"Only reading is open: {sentence(lock.reason)} Reference {lock.id}."
    return f"Terminated: {sentence(lock.reason)} Repeating it will not help. Reference {lock.id}."


def _mark(lock: Lock) -> JsonObject:
    return {MARK: _decision(lock)}


def _decision(lock: Lock) -> JsonObject:
    return {"decision": "locked", "lock": lock.id}
