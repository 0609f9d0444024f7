"""Turns the recording of a session into a timeline: who said what, when, what was decided, how it ended.

It shows what was recorded and adds nothing. Text of clients and upstreams is escaped, so that a recording
cannot act on the terminal of who looks at it, and long payloads are cut, with a note of how much is left.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from firedoor.model.entry import EntryKind
from firedoor.model.ids import SessionId
from firedoor.model.json import Json, JsonObject, text_in, texts_of
from firedoor.operations.durations import written
from firedoor.operations.indented import indented
from firedoor.operations.printable import printable

ROWS = 40
"""Lines shown of one payload."""
COLUMNS = 400
"""Characters shown of one line."""
LOOKED_AT = 65_536
"""Characters of a payload that are laid out at most: nobody waits for 16 MiB to see forty lines."""
MARKS = {EntryKind.INTENT: "→", EntryKind.OUTCOME: "←", EntryKind.EVENT: "←"}
LOST = "lost"
"""Why a session is closed that a start found open, as the index has it."""
OWN_ENDS = {"denied", "failed", "cancelled", "terminated"}
"""Results that the gateway itself gave."""


class Recorded(Protocol):
    """An entry as a journal's reader gives it."""

    @property
    def kind(self) -> EntryKind:
        """What it is."""
        ...

    @property
    def session(self) -> SessionId:
        """Whose it is."""
        ...

    @property
    def sequence(self) -> int:
        """Its number within the session."""
        ...

    @property
    def at_us(self) -> int:
        """When it was made."""
        ...

    @property
    def envelope(self) -> JsonObject:
        """What it says."""
        ...

    @property
    def payload(self) -> bytes:
        """The exact bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One entry in its place on the timeline. Texts are as recorded, not yet safe to show."""

    kind: EntryKind
    sequence: int
    at_us: int
    offset_us: int
    """Since the first entry."""
    who: str
    """`client`, `upstream` or `gateway`: whose words the payload is."""
    call: int | None = None
    """The sequence number of the call's intent."""
    method: str = ""
    name: str = ""
    said: JsonObject
    """The whole envelope."""
    payload: bytes


def replay_session(entries: Iterable[Recorded]) -> Iterator[Moment]:
    """Give the moments of a recording, in its order."""
    begun: int | None = None
    calls: dict[int, tuple[str, str]] = {}
    for entry in entries:
        begun = entry.at_us if begun is None else begun
        said = entry.envelope
        call = entry.sequence if entry.kind is EntryKind.INTENT else _number(said, "call")
        about = (text_in(said, "method") or text_in(said, "what"), text_in(said, "name"))
        if entry.kind is EntryKind.INTENT:
            calls[entry.sequence] = about
        elif entry.kind is EntryKind.OUTCOME and call is not None:
            about = calls.pop(call, about)
        yield Moment(
            kind=entry.kind,
            sequence=entry.sequence,
            at_us=entry.at_us,
            offset_us=entry.at_us - begun,
            who=_who(entry),
            call=call,
            method=about[0],
            name=about[1],
            said=said,
            payload=entry.payload,
        )


def lines_of(moment: Moment, *, is_whole: bool = False) -> list[str]:
    """Write a moment for a terminal: a headline, and its payload below. `is_whole`: cut nothing."""
    mark = MARKS.get(moment.kind, "·")
    call = "" if moment.call is None else f" #{moment.call}"
    said = " ".join(part for part in _headline(moment) if part)
    headline = f"{_offset(moment.offset_us)} {mark}{call} {said}"
    return [printable(headline), *(f"            {line}" for line in _payload(moment.payload, is_whole))]


def object_of(moment: Moment) -> dict[str, Json]:
    """Write a moment as a JSON object. The payload is text; bytes that are no UTF-8 become escapes."""
    return {
        "kind": moment.kind.name.lower(),
        "sequence": moment.sequence,
        "at": written(moment.at_us),
        "offset_us": moment.offset_us,
        "who": moment.who,
        "call": moment.call,
        "method": moment.method,
        "name": moment.name,
        "said": moment.said,
        "payload": moment.payload.decode("utf-8", "backslashreplace"),
    }


def end_of(last: EntryKind, close_reason: str | None) -> str:
    """What is said where a recording has no last word; nothing where it has one, or belongs to the gateway.

    `close_reason` is what the index has of the session: a start that finds it open says that it is lost.
    """
    if last in {EntryKind.CLOSE, EntryKind.CONTROL} or close_reason not in {None, LOST}:
        return ""
    if close_reason is None:
        return "the session goes on"
    return "no end: the gateway was killed; what has no outcome may have been executed"


def _headline(moment: Moment) -> list[str]:
    said = moment.said
    ending = [text_in(said, "result"), str(_number(said, "status") or ""), _code(said)]
    parts = {
        EntryKind.OPEN: ["session opens", _who_opened(said), f"at {written(moment.at_us)}"],
        EntryKind.INTENT: [moment.method or text_in(said, "message"), moment.name, _verdict(said)],
        EntryKind.OUTCOME: [moment.method, moment.name, *ending],
        EntryKind.EVENT: [moment.method, moment.name],
        EntryKind.APPROVAL: [*_of_approval(said), *_approval(said)],
        EntryKind.CONTROL: ["control", *_act(moment, said)],
        EntryKind.CLOSE: ["session closes:", text_in(said, "reason")],
        EntryKind.REFUSED: ["refused:", text_in(said, "reason"), *ending, text_in(said, "peer")],
    }
    return parts.get(moment.kind, [moment.kind.name.lower(), moment.method, moment.name])


def _who_opened(said: JsonObject) -> str:
    actors = said.get("actors")
    chain = [text_in(said, "principal")]
    chain += [a for a in actors if isinstance(a, str)] if isinstance(actors, list | tuple) else []
    peer, upstream = text_in(said, "peer"), text_in(said, "upstream")
    return " ← ".join(chain) + (f" with {upstream}" if upstream else "") + (f" from {peer}" if peer else "")


def _verdict(said: JsonObject) -> str:
    verdict = said.get("verdict")
    if not isinstance(verdict, Mapping):
        return ""
    because = ", ".join([*texts_of(verdict.get("rules")), *texts_of(verdict.get("reasons"))])
    if permit := text_in(verdict, "permit"):
        because += f"; let pass by {permit} of {', '.join(texts_of(verdict.get('permitted_by')))}"
    observed = ", observed only" if text_in(verdict, "mode") == "observe" else ""
    return f"[{text_in(verdict, 'effect')}{observed}{': ' if because else ''}{because}]"


def _of_approval(said: JsonObject) -> list[str]:
    if permit := text_in(said, "permit"):
        return ["permit", permit]
    return ["approval", text_in(said, "approval")]


def _approval(said: JsonObject) -> list[str]:
    """What happened to an approval, and by whom."""
    what, by = text_in(said, "what"), text_in(said, "by")
    told = [f"{what}:" if by or said.get("approvers") else what]
    told += [by, text_in(said, "decision"), text_in(said, "reason") or text_in(said, "why")]
    if approvers := texts_of(said.get("approvers")):
        told += [f"{text_in(said, 'executes')}, approved by {', '.join(approvers)}"]
    return told


def _act(moment: Moment, said: JsonObject) -> list[str]:
    """What was done to what, by whom, and why."""
    by = said.get("by")
    name = text_in(by, "name") if isinstance(by, Mapping) else text_in(said, "by")
    about = [found for member in ("session", "id", "grant", "approval") if (found := text_in(said, member))]
    about += [f"by {name}"] if name else []
    about += [reason] if (reason := text_in(said, "reason")) else []
    return [f"{moment.method}:" if about else moment.method, moment.name, *about]


def _payload(payload: bytes, is_whole: bool) -> Iterator[str]:
    text = payload.decode("utf-8", "backslashreplace")
    if is_whole:
        yield from (printable(line) for line in indented(text))
        return
    laid_out = indented(text[:LOOKED_AT])
    for line in islice(laid_out, ROWS):
        cut = line if len(line) <= COLUMNS else f"{line[:COLUMNS]}…"
        yield printable(cut)
    if next(laid_out, None) is not None or len(text) > LOOKED_AT:
        yield f"… ({len(payload)} bytes in all)"


def _who(entry: Recorded) -> str:
    if entry.kind in {EntryKind.INTENT, EntryKind.REFUSED}:
        return "client"
    if entry.kind is EntryKind.OUTCOME:
        return "gateway" if text_in(entry.envelope, "result") in OWN_ENDS else "upstream"
    return "upstream" if entry.kind is EntryKind.EVENT and entry.payload else "gateway"


def _offset(offset_us: int) -> str:
    return f"{offset_us / 1_000_000:+10.3f}s"


def _number(said: JsonObject, name: str) -> int | None:
    value = said.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _code(said: JsonObject) -> str:
    number = _number(said, "code")
    return text_in(said, "code") if number is None else str(number)
