"""A value that an upstream cuts over messages of one stream: progress, or a log that is sent piece by piece.

Theory of operation. What a text ended with is kept for the stream, by method, logger or token, and place. The
next text of the same place is looked through behind it: a finding that lies over the seam is masked as far as
it lies in this message. Nothing waits, so that what lay before the seam has left already, unless it was a
finding by itself; the entry says how much of what kind. A value as a whole never leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from firedoor.core.mask.masker import Masker
from firedoor.core.mask.structure.leaves import leaves
from firedoor.model.json import Json
from firedoor.model.mask import Kind

Ends = Mapping[str, str]
"""By place in a stream: the last characters of its texts, as the upstream sent them."""
NO_ENDS: Ends = MappingProxyType({})
_STREAMED = frozenset({"notifications/progress", "notifications/message"})
_LABELS = frozenset({"$.level", "$.logger", "$.progressToken"})
_KEPT = 4096
"""Characters: a private key, one line a message, is longer than any other value."""
_LOOKED_AT = 4096
"""Characters behind the seam. A value that goes on further is found there by itself."""
_PLACES = 32
"""Places of one message that are kept. Stops a message of a million members from being kept as a whole."""
_MADE_OF_WORDS = frozenset({Kind.EMAIL, Kind.NAME, Kind.ADDRESS})
"""Kinds that any word seems to continue: where one ended before the seam, the next text is not its end."""


@dataclass(frozen=True, slots=True)
class Seam:
    """What of a message goes on with what began before it."""

    across: dict[str, list[tuple[int, int, str]]] = field(
        default_factory=dict[str, list[tuple[int, int, str]]]
    )
    """Pieces of findings, by the place of the string they stand in."""
    begun: tuple[tuple[str, int, str], ...] = ()
    """Of each such finding: its kind, how many of its characters had left, and its mark."""


def texts_of(value: Json) -> dict[str, tuple[str, str]]:
    """The texts of a message that may go on with those before: by place in the stream, path and text."""
    method = value.get("method") if isinstance(value, Mapping) else None
    params = value.get("params") if isinstance(value, Mapping) else None
    if method not in _STREAMED or not isinstance(params, Mapping):
        return {}
    whose = f"{method} {params.get('logger')} {params.get('progressToken')} "
    found: dict[str, tuple[str, str]] = {}
    for leaf in leaves(params):
        is_text = isinstance(leaf.value, str) and not leaf.is_key and leaf.path not in _LABELS
        if is_text and len(found) < _PLACES:
            found[whose + leaf.path] = (f"$.params{leaf.path[1:]}", str(leaf.value))
    return found


def ends_of(texts: Mapping[str, tuple[str, str]], before: Ends) -> dict[str, str]:
    """What to keep of these texts for the message after this one."""
    return {
        place: (before.get(place, "") + text)[-_KEPT:] if len(text) < _KEPT else text[-_KEPT:]
        for place, (_, text) in texts.items()
    }


def seam_of(masker: Masker, texts: Mapping[str, tuple[str, str]], before: Ends) -> Seam:
    """The findings of these texts that began before.

    Raises:
        CannotMask: they cannot be looked through.
    """
    across: dict[str, list[tuple[int, int, str]]] = {}
    begun: list[tuple[str, int, str]] = []
    for place, (path, text) in texts.items():
        end = before.get(place, "")
        joined = end + text[:_LOOKED_AT]
        for start, stop, kind in masker.spans(joined) if end and text else ():
            if start < len(end) < stop and not _ended(masker, end, start, kind):
                across.setdefault(path, []).append((0, stop - len(end), kind))
                begun.append((kind, len(end) - start, masker.tokens.mark(joined[start:stop])))
    return Seam(across, tuple(begun))


def _ended(masker: Masker, end: str, start: int, kind: str) -> bool:
    """Whether the finding was one before the seam already, so that it was masked, and only seems to go on."""
    if kind not in _MADE_OF_WORDS:
        return False
    return any(span.end == len(end) and span.start <= start for span in masker.spans(end))
