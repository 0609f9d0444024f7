"""What a rule wants taken out of an answer: members by name, and all but the first items of lists.

Values that stay keep their bytes: a number is never read and written again. Where it cannot be seen whether
something is left (a picture, a text that is no JSON), nothing is passed on: `Unmet` says so.
"""

from dataclasses import dataclass

import msgspec

from firedoor.model.verdict import Obligations

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_text = msgspec.json.Decoder(str)
DEPTH = 64


@dataclass(frozen=True, slots=True)
class Unmet:
    """Why an answer cannot leave."""

    why: str


class _UnmetError(ValueError):
    pass


def trimmed(payload: bytes, duty: Obligations) -> bytes | Unmet:
    """The response as the obligations want it, or why it cannot be made so."""
    if not duty.drops and duty.rows is None:
        return payload
    try:
        envelope = _object.decode(payload)
        if "result" not in envelope:
            return payload  # An error has no rows and no fields.
        result = _object.decode(envelope["result"])
        envelope["result"] = msgspec.Raw(msgspec.json.encode(_result(result, duty)))
    except _UnmetError as error:
        return Unmet(str(error))
    except (ValueError, RecursionError):
        return Unmet("the answer is not what MCP allows")
    return msgspec.json.encode(envelope)


def _result(result: dict[str, msgspec.Raw], duty: Obligations) -> dict[str, msgspec.Raw]:
    for name, value in result.items():
        if name in {"content", "contents", "messages"}:
            result[name] = _encoded([_block(block, duty) for block in _items.decode(value)])
        elif name == "structuredContent":
            result[name] = _value(value, duty, (), 0)
    return result


def _block(block: msgspec.Raw, duty: Obligations) -> msgspec.Raw:
    """One piece of content: its text is JSON, or nothing can be promised of it."""
    parts = _object.decode(block)
    for within in ("resource", "content"):
        if within in parts and bytes(parts[within])[:1] == b"{":
            parts[within] = _block(parts[within], duty)
            return _encoded(parts)
    if "text" not in parts:
        raise _UnmetError("a part of the answer is no text")
    text = _text.decode(parts["text"]).encode()
    if text.strip()[:1] not in {b"{", b"["}:
        raise _UnmetError("a text of the answer is no JSON")
    try:
        changed = bytes(_value(msgspec.Raw(text), duty, (), 0))
    except msgspec.DecodeError:
        raise _UnmetError("a text of the answer is no JSON") from None
    parts["text"] = msgspec.Raw(msgspec.json.encode(changed.decode()))
    return _encoded(parts)


def _value(value: msgspec.Raw, duty: Obligations, path: tuple[str, ...], depth: int) -> msgspec.Raw:
    if depth > DEPTH:
        raise _UnmetError("the answer is nested too deep")
    begins = bytes(value).lstrip()[:1]
    if begins == b"{":
        kept = {
            name: _value(inner, duty, (*path, name), depth + 1)
            for name, inner in _object.decode(value).items()
            if not _is_dropped((*path, name), duty.drops)
        }
        return _encoded(kept)
    if begins == b"[":
        items = _items.decode(value)
        kept = items if duty.rows is None else items[: duty.rows]
        return _encoded([_value(item, duty, path, depth + 1) for item in kept])
    msgspec.json.decode(value)  # A text that only looks like JSON is none.
    return value


def _is_dropped(path: tuple[str, ...], drops: tuple[str, ...]) -> bool:
    """A name stands for a member at any depth, a path for the end of the way to it. Case does not save it."""
    folded = [part.casefold() for part in path]
    return any(folded[-len(parts) :] == parts for parts in _parted(drops))


def _parted(drops: tuple[str, ...]) -> list[list[str]]:
    return [drop.casefold().split(".") for drop in drops]


def _encoded(value: dict[str, msgspec.Raw] | list[msgspec.Raw]) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
