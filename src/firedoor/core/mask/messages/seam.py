"""A value that an upstream cuts over messages of one stream: progress, or a log that is sent piece by piece.

Theory of operation. What a text ended with is kept for the stream, by method, logger or token, and place. The
next text of the same place is looked through behind it, and a text that is kept back before what came since:
a finding that lies over a seam is masked in each message as far as it lies there. A text that ends with what
may be the beginning of a finding is undecided: it waits for the next of its place. Where nothing is waited
for any more, its end is taken out. What any word may begin (a name, a street, the part of an address before
"@") does not wait: it is masked from the seam on. Never says how long to wait.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from firedoor.core.mask.detectors.beginnings import MADE_OF_WORDS
from firedoor.core.mask.masker import UNDECIDED, Masker
from firedoor.core.mask.structure.leaves import leaves
from firedoor.model.frozen import frozen
from firedoor.model.json import Json
from firedoor.model.mask import Kind

Ends = Mapping[str, str]
"""By place in a stream: characters of its texts, as the upstream sent them."""
NO_ENDS: Ends = MappingProxyType({})
_STREAMED = frozenset({"notifications/progress", "notifications/message"})
_LABELS = frozenset({"$.level", "$.logger", "$.progressToken"})
_KEPT = 4096
"""Characters: a private key, one line a message, is longer than any other value."""
LOOKED_AT = 4096
"""Characters beyond a seam. A value that goes on further is found there by itself."""
_PLACES = 32
"""Places of one message that are kept. Stops a message of a million members from being kept as a whole."""


def no_ends() -> Ends:
    """Make the ends of what has none. As a factory, `dict[str, str]` costs ten times as much."""
    return NO_ENDS


@frozen()
class Around:
    """What stands around a message in its stream."""

    before: Ends = field(default_factory=no_ends)
    """What earlier messages ended with."""
    after: Ends = field(default_factory=no_ends)
    """What came since, where the message was kept back."""
    is_over: bool = False
    """Nothing more is waited for: what is undecided is taken out."""


ALONE = Around()


@dataclass(frozen=True, slots=True)
class Seam:
    """What of a message goes on with what stands around it."""

    across: dict[str, list[tuple[int, int, str]]] = field(
        default_factory=dict[str, list[tuple[int, int, str]]]
    )
    """Pieces of findings, by the place of the string they stand in."""
    begun: tuple[tuple[str, int, str], ...] = ()
    """Of each finding that began earlier: its kind, how many of its characters stood there, and its mark."""
    undecided: frozenset[str] = frozenset()
    """Places in the stream whose next text decides."""


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


def heads_of(texts: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """What of these texts messages that are kept back are looked through with."""
    return {place: text[:LOOKED_AT] for place, (_, text) in texts.items()}


def seam_of(masker: Masker, texts: Mapping[str, tuple[str, str]], around: Around) -> Seam:
    """What of these texts goes on with what stands around them.

    Raises:
        CannotMask: they cannot be looked through.
    """
    across: dict[str, list[tuple[int, int, str]]] = {}
    begun: list[tuple[str, int, str]] = []
    undecided: set[str] = set()
    for place, (path, text) in texts.items():
        pieces: list[tuple[int, int, str]] = []
        for window in _windows(place, text, around):
            pieces += _crossing(masker, window, begun)
            start = _open_from(masker, window)
            if start is not None and around.is_over:
                pieces.append((start, len(text), UNDECIDED))
            elif start is not None:
                undecided.add(place)
        if pieces:
            across[path] = pieces
    return Seam(across, tuple(begun), frozenset(undecided))


@dataclass(frozen=True, slots=True)
class _Window:
    """A text with what stands around it, as far as one look goes. Places count from the text's beginning."""

    joined: str
    origin: int
    """Where `joined` begins: below zero by what stands before the text."""
    length: int
    """Of the text."""
    has_after: bool
    reaches_end: bool
    """Whether what is joined ends where the stream does, so far."""


def _windows(place: str, text: str, around: Around) -> Iterator[_Window]:
    before, after = around.before.get(place, ""), around.after.get(place, "")
    if not text:
        return
    if len(text) <= 2 * LOOKED_AT:
        yield _Window(before + text + after, -len(before), len(text), bool(after), reaches_end=True)
        return
    if before:
        yield _Window(before + text[:LOOKED_AT], -len(before), len(text), has_after=False, reaches_end=False)
    origin = len(text) - LOOKED_AT
    yield _Window(text[origin:] + after, origin, len(text), bool(after), reaches_end=True)


def _crossing(
    masker: Masker, window: _Window, begun: list[tuple[str, int, str]]
) -> Iterator[tuple[int, int, str]]:
    """Pieces of findings that lie over a seam, or that only what stands before the text tells."""
    origin, length = window.origin, window.length
    if origin >= 0 and not window.has_after:
        return
    for first, stop, kind in masker.spans(window.joined):
        start, end = origin + first, origin + stop
        is_cut_off = start >= 0 and stop == len(window.joined) and not window.reaches_end
        if end <= 0 or start >= length or is_cut_off:
            continue
        if start < 0 and _ended(masker, window, first, (stop, kind)):
            continue
        if start < 0:
            begun.append((kind, -start, masker.tokens.mark(window.joined[first:stop])))
        yield (max(start, 0), min(end, length), kind)


def _open_from(masker: Masker, window: _Window) -> int | None:
    """Where in the text begins what nothing has decided yet."""
    if not window.reaches_end:
        return None
    at = masker.begun(window.joined)
    if at is None or window.origin + at >= window.length:
        return None
    return max(window.origin + at, 0)


def _ended(masker: Masker, window: _Window, first: int, found: tuple[int, str]) -> bool:
    """Whether a finding was one before the text already, so that it was masked, and only seems to go on."""
    stop, kind = found
    before, more = window.joined[: -window.origin], window.joined[-window.origin : stop]
    if kind not in MADE_OF_WORDS or (kind == Kind.EMAIL and _domain_goes_on(before, more)):
        return False
    return any(span.end == len(before) and span.start <= first for span in masker.spans(before))


def _domain_goes_on(before: str, more: str) -> bool:
    """A domain that has no usual end yet goes on; so does one behind which a point follows."""
    return "." in more or _LAST_LABEL.fullmatch(before.rpartition(".")[2]) is None


_LAST_LABEL = re.compile(
    "com|org|net|edu|gov|mil|int|io|dev|app|info|biz|co|ai|eu|us|uk|de|fr|it|es|nl|pl|ch|at|be|se|no|dk|fi|ie|pt"
    "|cz|ca|au|nz|jp|cn|in|br|mx|za|kr|ru|ua|tr|gr|ro|hu|test|local|internal|example|invalid",
    re.IGNORECASE,
)
"""What domains usually end with."""
