"""What a client is told of a call that waits for people: that it was not executed, and what to do next.

Written for a model. Names no approver: whoever talks a model into something must not learn whom to talk to.
"""

import msgspec

from firedoor.core.reply.answer import DENIED, MARK, error, tool_error
from firedoor.core.reply.sentence import sentence
from firedoor.model.approval import Approval, ApprovalState
from firedoor.model.ids import CallId
from firedoor.model.json import Json
from firedoor.model.message import Message

APPROVAL_EXPIRED = 4408
POLL_MS = 30_000
"""When it makes sense to ask again. People are not quicker."""
_STEP = 1e-6
"""Of progress: below any that the upstream will report, and growing all the same."""


def pending(message: Message, approval: Approval, call: CallId) -> bytes:
    """The client's patience is up, and nobody has decided."""
    why = " ".join(sentence(reason) for reason in approval.reasons)
    text = (
        f"Waiting for approval{_by_rules(approval)}: {why or 'another person decides about this call.'} "
        f"Not executed. Ticket {approval.id}. Repeat the call in a minute with identical arguments: "
        "it finds this ticket again, and is executed once when it is approved. With other arguments it "
        f"is another call. Reference {call}."
    )
    mark: dict[str, Json] = {
        "decision": "hold",
        "approval": approval.id,
        "pollAfterMs": POLL_MS,
        "call": call,
    }
    return _told(message, DENIED, text, mark)


def ended(message: Message, approval: Approval, why: str, call: CallId) -> bytes:
    """It ended without an execution. `why` is in the words of whoever ended it, where somebody did."""
    code, text = _ENDS.get(approval.state, _ENDS[ApprovalState.WITHDRAWN])
    said = f" Reason: {sentence(why)}" if why else ""
    said = f"{text}{said} Not executed. {_NEXT[code]} Ticket {approval.id}. Reference {call}."
    mark: dict[str, Json] = {"decision": approval.state.value, "approval": approval.id, "call": call}
    return _told(message, code, said, mark)


def unasked(message: Message, why: str, call: CallId) -> bytes:
    """It needs people, and nobody can be asked."""
    text = f"This call needs the approval of another person, and nobody was asked: {why} Not executed."
    return _told(message, DENIED, f"{text} Reference {call}.", {"decision": "hold", "call": call})


def too_large(message: Message, approval: str, size: int, call: CallId) -> bytes:
    """In place of an answer that clients would refuse on the stream that the wait has opened."""
    text = (
        f"The call was approved and executed once. Its answer of {size} bytes does not fit the stream on "
        "which it was waited for. Repeat the call with identical arguments within ten minutes: it is not "
        f"executed again, and its answer is given whole. Reference {call}."
    )
    return _told(message, DENIED, text, {"decision": "executed", "approval": approval, "call": call})


class _Kept(msgspec.Struct, omit_defaults=True):
    jsonrpc: str
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    id: str | int | None = None


def again(answer: bytes, identifier: str | int | None) -> bytes:
    """An answer that was kept, as the answer to another request. What it says keeps its bytes."""
    kept = msgspec.json.decode(answer, type=_Kept)
    kept.id = identifier
    return msgspec.json.encode(kept)


def progress(token: str | int, beat: int, approval: Approval) -> bytes:
    """A sign of life while people decide."""
    text = f"Waiting for approval by another person: {approval.id}"
    params = {"progressToken": token, "progress": beat * _STEP, "message": text}
    return msgspec.json.encode({"jsonrpc": "2.0", "method": "notifications/progress", "params": params})


def _by_rules(approval: Approval) -> str:
    return f" (rule {', '.join(approval.rules)})" if approval.rules else ""


def _told(message: Message, code: int, text: str, mark: dict[str, Json]) -> bytes:
    if message.method == "tools/call":
        return tool_error(message, text, mark)
    return error(message.id, code, text, {MARK: mark})


_ENDS = {
    ApprovalState.REFUSED: (DENIED, "Refused by an approver."),
    ApprovalState.EXPIRED: (APPROVAL_EXPIRED, "Nobody approved it in time."),
    ApprovalState.WITHDRAWN: (DENIED, "The request for approval is withdrawn."),
}
_NEXT = {
    DENIED: "Do not repeat it unchanged.",
    APPROVAL_EXPIRED: "Repeating it asks again.",
}
