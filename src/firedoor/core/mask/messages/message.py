"""One message from an upstream as its client may see it.

Pure; never lets pass what it could not look through.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from itertools import accumulate

from firedoor.core.mask.cannot import CannotMask
from firedoor.core.mask.changes import Found
from firedoor.core.mask.clean import SMALL
from firedoor.core.mask.masker import Masker
from firedoor.core.mask.messages.lists import without_output_schemas
from firedoor.core.mask.messages.seam import (
    ALONE,
    Around,
    Ends,
    ends_of,
    heads_of,
    no_ends,
    seam_of,
    texts_of,
)
from firedoor.core.mask.structure.json_text import parse
from firedoor.core.mask.structure.leaves import Leaf
from firedoor.model.frozen import frozen
from firedoor.model.json import Json
from firedoor.model.mask import Action

LARGE = 64 * 1024
"""Bytes from which a message is masked beside the event loop: others must not wait for it."""
BEGUN = "begun"
"""In place of an action: so many characters of the value stood in earlier messages of the stream."""
_NOTED = 2_000
"""Findings of one message that its entry lists. What is beyond is masked all the same."""

_PROTOCOL = re.compile(
    r"\$\.(?:jsonrpc|id|method|error\.code|params\.(?:progressToken|requestId|taskId|level|requestState)"
    r"|result\.(?:nextCursor|requestState|protocolVersion|resultType|taskId|cacheScope|ttlMs)"
    r"|result\.(?:tools|prompts)\[\d+\]\.name|(?:result|params)\.task\.taskId|result\.tasks\[\d+\]\.taskId"
    r"|result\.capabilities\..*)"
)
"""Leaves by which client and upstream find each other's messages. They stay as they are."""
_CONTENT = ("$.result.structuredContent", "$.result.content")
"""Where most leaves stand, and none of those."""


@frozen(kw_only=True)
class Seen:
    """A message on both sides of the mask. Where nothing was found, `view` is `raw`, the same object."""

    view: bytes
    raw: bytes
    found: tuple[Found, ...] = ()
    withheld: str = ""
    """Why it cannot be shown at all; `view` is not to be used then."""
    begun: tuple[tuple[str, int, str], ...] = ()
    """Findings that an earlier message began: kind, characters that stood there, and mark of the whole."""
    ends: Ends = field(default_factory=no_ends)
    """What its texts end with, for the next message of the stream. Never recorded, never shown."""
    heads: Ends = field(default_factory=no_ends)
    """What its texts begin with, for those that are kept back. Never recorded, never shown."""
    undecided: frozenset[str] = frozenset()
    """Places of its texts whose next text says what their end is. Until then it cannot be shown."""

    @property
    def masked(self) -> tuple[Json, ...]:
        """For the entry: kind, action, place in the raw text, and mark of each finding. Never a value."""
        found = [
            [str(one.kind), str(one.action), one.start, one.end, one.mark] for one in self.found[:_NOTED]
        ]
        return (*found, *([kind, BEGUN, 0, count, mark] for kind, count, mark in self.begun))


class MessageMask:
    """The mask of one upstream, or of one profile that a rule asks for."""

    def __init__(self, masker: Masker) -> None:
        """Use this masker on the event loop, and another like it beside."""
        self.reveal_to = masker.profile.reveal_to
        """Tools that get reversible tokens back in clear, as patterns."""
        self._masker = masker
        self._aside = masker.aside()

    def seen(self, raw: bytes, around: Around = ALONE, *, is_aside: bool = False) -> Seen:
        """The message as the client may see it.

        `around`: what stands around it in its stream. `is_aside`: on the one thread beside the event loop.
        """
        masker = self._aside if is_aside else self._masker
        try:
            value = parse(raw)
        except ValueError:
            return Seen(view=b"", raw=raw, withheld="it is not JSON that every reader understands the same")
        texts = texts_of(value)
        runs = _runs(value)
        if len(raw) <= SMALL and not texts and masker.is_clean(value, map(_joined, runs)):
            return Seen(view=without_output_schemas(raw, value), raw=raw)
        seen = _seen(masker, raw, value, _Streamed(runs, texts, around))
        return replace(seen, ends=ends_of(texts, around.before), heads=heads_of(texts)) if texts else seen


@frozen()
class _Streamed:
    """What of a message may go on with what stands around it."""

    runs: list[dict[str, str]]
    """Pieces of content that go on with each other."""
    texts: Mapping[str, tuple[str, str]]
    around: Around


def _seen(masker: Masker, raw: bytes, value: Json, streamed: _Streamed) -> Seen:
    try:
        seam = seam_of(masker, streamed.texts, streamed.around)
        if seam.undecided:
            return Seen(view=b"", raw=raw, undecided=seam.undecided)
        across = {**_across(masker, streamed.runs), **seam.across}
        masked = masker.document(raw.decode(), value, _is_protocol, across)
    except CannotMask as cause:
        return Seen(view=b"", raw=raw, withheld=str(cause))
    if not masked.found:
        return Seen(view=without_output_schemas(raw, value), raw=raw)
    shown = all(one.action is Action.NOTE for one in masked.found)
    view = raw if shown else masked.text.encode()
    return Seen(view=without_output_schemas(view, value), raw=raw, found=masked.found, begun=seam.begun)


def _is_protocol(leaf: Leaf) -> bool:
    return (
        not leaf.is_key and not leaf.path.startswith(_CONTENT) and _PROTOCOL.fullmatch(leaf.path) is not None
    )


def _joined(run: Mapping[str, str]) -> str:
    return "".join(run.values())


def _across(masker: Masker, runs: list[dict[str, str]]) -> dict[str, list[tuple[int, int, str]]]:
    """Findings that begin in one piece of content and end in another, by the place of each piece."""
    across: dict[str, list[tuple[int, int, str]]] = {}
    for texts in runs:
        ends = list(accumulate(len(text) for text in texts.values()))
        bounds = dict(zip(texts, zip([0, *ends], ends, strict=False), strict=True))
        for span in masker.spans(_joined(texts)):
            parts = [
                (path, begin, end)
                for path, (begin, end) in bounds.items()
                if begin < span.end and span.start < end
            ]
            for path, begin, end in parts if len(parts) > 1 else ():
                piece = (max(span.start, begin) - begin, min(span.end, end) - begin, span.kind)
                across.setdefault(path, []).append(piece)
    return across


def _runs(value: Json) -> list[dict[str, str]]:
    """Pieces of content in a row, which a client shows as one text: by place, their texts."""
    found: list[dict[str, str]] = []
    for part in ("result", "params"):
        inner = value.get(part) if isinstance(value, dict) else None
        for name in _IN_PIECES if isinstance(inner, dict) else ():
            listed = inner.get(name) if isinstance(inner, dict) else None
            if isinstance(listed, list) and len(listed) > 1:
                found += _runs_of(listed, f"$.{part}.{name}")
    return found


_IN_PIECES = ("content", "contents", "messages")


def _runs_of(listed: Sequence[Json], path: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    texts: dict[str, str] = {}
    for index, item in enumerate(listed):
        inner = item.get("content") if isinstance(item, Mapping) else None
        place, holder = (
            (f"{path}[{index}].content", inner) if isinstance(inner, Mapping) else (f"{path}[{index}]", item)
        )
        text = holder.get("text") if isinstance(holder, Mapping) else None
        if isinstance(text, str):
            texts[f"{place}.text"] = text
        else:
            texts = _kept(found, texts)
    _kept(found, texts)
    return found


def _kept(found: list[dict[str, str]], texts: dict[str, str]) -> dict[str, str]:
    if len(texts) > 1:
        found.append(texts)
    return {}
