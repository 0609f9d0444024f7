"""A second look over a recording: what was delivered in clear though no mask had found it.

Theory of operation. Of each message to a client, as the client got it, every text is looked at: strings,
numbers and names of members of JSON, of JSON in text, and what base64 stands for. Finders find by other means
than the masks do, and are too slow or too unsure for an answer to wait for them. What stands in a token of
the mask, and what the mask noted by order of its profile, is no news. Values are shown by their last few
characters at most. A text that could not be looked through is told as such: silence means that nothing was
seen. It changes nothing, and what was delivered stays delivered.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from firedoor.core.mask.structure.json_text import parse
from firedoor.core.mask.structure.leaves import ENCODED, decoded
from firedoor.core.mask.tokens.maker import partial
from firedoor.model.entry import EntryKind
from firedoor.model.ids import SessionId
from firedoor.model.json import Json, JsonObject
from firedoor.model.mask import Action
from firedoor.model.second_look import Sighting
from firedoor.operations.replay_session import Recorded
from firedoor.ports.second_look import Finder

UNREAD = "not looked through"
"""In place of a kind."""
DELIVERED = (EntryKind.OUTCOME, EntryKind.EVENT)
_DEEPEST = 4
"""JSON or base64 in text in JSON: deeper is looked at as text."""
_SHORTEST = 3
_KEPT_TEXT, _KEPT = 200, 20_000
"""Characters of a text whose sightings are kept, and how many: in a table the same stands in many rows."""
_MADE = re.compile(
    r"[A-Z][A-Z0-9_]{0,31}_(?:[0-9a-f]{14}|r[a-z2-7]{26,})|[•*]{2,}\S{0,4}|[a-z_]+:[0-9a-f]{64}"
)
"""What masks put in place of a value. That it is one of this gateway's need not be proved: it is no value."""
_PARTS = 5
_SECRET = 8
"""Characters. Fewer beside a masked value are the name of an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What was left in clear, and where. `shown` is not the value."""

    session: SessionId
    sequence: int
    """Of the entry that holds the message."""
    call: int | None
    at_us: int
    path: str
    start: int
    """In the text at the path, in code points; `end` is not included."""
    end: int
    kind: str
    shown: str
    extra: str
    confidence: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    path: str
    value: str
    field: str = ""


_Seen = tuple[tuple[str, Sighting | None], ...]
"""By which extra; None: it could not look through all of it."""


class SecondLook:
    """Looks at texts with every finder that is at hand."""

    def __init__(self, finders: Sequence[Finder]) -> None:
        """Take the finders."""
        self._finders = finders
        self._kept: dict[tuple[str, str], _Seen] = {}

    @property
    def extras(self) -> tuple[str, ...]:
        """With which extras it looks."""
        return tuple(finder.extra for finder in self._finders)

    def at(self, text: str, field: str = "") -> _Seen:
        """What is seen in a text. What stands in place of a masked value is not.

        Raises:
            SettingsError: a finder does not start any more.
        """
        if len(text) < _SHORTEST or not any(character.isalnum() for character in text):
            return ()
        seen = self._kept.get((text, field))
        if seen is None:
            made = [match.span() for match in _MADE.finditer(text)]
            seen = tuple(self._seen(text, field, made))
            if len(text) <= _KEPT_TEXT and len(self._kept) < _KEPT:
                self._kept[text, field] = seen
        return seen

    def _seen(
        self, text: str, field: str, made: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[str, Sighting | None]]:
        for finder in self._finders:
            found = finder.find(text, field)
            if found is None:
                yield finder.extra, None
                continue
            for one in found:
                if not _is_masked(one, made):
                    yield finder.extra, one


def look_again(entries: Iterable[Recorded], look: SecondLook, mark: Callable[[str], str]) -> Iterator[Left]:
    """Give what was left in clear in the messages of a recording, in its order.

    `mark` makes the mark of a value, as the exposure index has it.

    Raises:
        SettingsError: a finder does not start any more.
    """
    for entry in entries:
        if entry.kind not in DELIVERED or not entry.payload:
            continue
        call = entry.envelope.get("call")
        noted = _noted(entry.envelope)
        for text in _texts(entry.payload, look):
            for extra, one in look.at(text.value, text.field):
                value = "" if one is None else text.value[one.start : one.end]
                if value and noted and mark(value) in noted:
                    continue
                yield Left(
                    session=entry.session,
                    sequence=entry.sequence,
                    call=call if isinstance(call, int) else None,
                    at_us=entry.at_us,
                    path=text.path,
                    start=0 if one is None else one.start,
                    end=len(text.value) if one is None else one.end,
                    kind=UNREAD if one is None else one.kind,
                    shown="" if one is None else partial(value),
                    extra=extra,
                    confidence="" if one is None else one.confidence,
                    rule="" if one is None else one.rule,
                )


def _is_masked(one: Sighting, made: Sequence[tuple[int, int]]) -> bool:
    """Whether masks stand for all of it, or for all of `admin:` and a password but the name."""
    masked = sum(max(0, min(one.end, end) - max(one.start, start)) for start, end in made)
    left = one.end - one.start - masked
    return left == 0 or (masked > 0 and one.kind == "secret" and left < _SECRET)


def _noted(envelope: JsonObject) -> frozenset[str]:
    """The marks of what the profile lets pass in clear: that was found, and is in the exposure index."""
    masked = envelope.get("masked")
    if not isinstance(masked, list | tuple):
        return frozenset()
    items = [item for item in masked if isinstance(item, list | tuple) and len(item) == _PARTS]
    return frozenset(
        mark for _, action, _, _, mark in items if action == Action.NOTE and isinstance(mark, str)
    )


class _Place(NamedTuple):
    path: str
    field: str
    value: Json
    depth: int
    """How many texts it stands in."""


def _texts(payload: bytes, look: SecondLook) -> Iterator[_Text]:
    """Every text of a message with its path. Without recursion: what is nested deeply costs no stack."""
    waiting = [_Place("$", "", payload.decode("utf-8", "backslashreplace"), 0)]
    while waiting:
        texts, inner = _opened(waiting.pop(), look)
        yield from texts
        waiting += reversed(inner)


def _opened(place: _Place, look: SecondLook) -> tuple[list[_Text], list[_Place]]:
    """The texts of a value, and the values in it."""
    path, field, value, depth = place
    if isinstance(value, str):
        return _of_text(place, value)
    if isinstance(value, Mapping):
        steps = [f"{path}{_step(key, look)}" for key in value]
        names = [_Text(path=step, value=key) for step, key in zip(steps, value, strict=True)]
        members = zip(steps, value.items(), strict=True)
        return names, [_Place(step, key, child, depth) for step, (key, child) in members]
    if isinstance(value, list | tuple):
        return [], [_Place(f"{path}[{at}]", field, child, depth) for at, child in enumerate(value)]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return [_Text(path=path, value=str(value), field=field)] if is_number else [], []


def _of_text(place: _Place, text: str) -> tuple[list[_Text], list[_Place]]:
    """A text; or what it holds, if it is JSON; or both, if it may be base64."""
    path, field, _, depth = place
    inside, may_open = f"{path} > $" if depth else path, depth <= _DEEPEST
    nested = _nested(text) if may_open else None
    if nested is not None:
        return [], [_Place(inside, field, nested, depth + 1)]
    within = decoded(text) if may_open and field in ENCODED else None
    inner = [] if within is None else [_Place(inside, "", within, depth + 1)]
    return [_Text(path=path, value=text, field=field)], inner


def _step(key: str, look: SecondLook) -> str:
    """The name of a member, for a path; one in which something is seen is not repeated."""
    return f".{partial(key) if look.at(key) else key}"


def _nested(text: str) -> Json:
    """What a text holds, if all of it is an object or a list of JSON."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return parse(text.encode("utf-8", "replace"))
    except ValueError:
        return None
