"""What an approval covers, as one string: who, through which grant, where, what, and under which policy.

Two calls have the same one only if nobody could tell them apart: the order of members does not count;
every character does, in the form it was sent in, and so does every digit of a number, since 1 and 1.0 are
not the same to every server. Of `_meta` only what clients count up or trace with is left out.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import TypeAlias

from firedoor.model.lock import Whom
from firedoor.model.message import Message

_PASSING = frozenset({"progressToken", "traceparent", "tracestate", "baggage"})
"""Members of `_meta` that differ from one try to the next and mean nothing to the call."""

_MARK = 8_192
"""Characters of such a member at most, as W3C Baggage has it: https://www.w3.org/TR/baggage/#limits."""


@dataclass(frozen=True, slots=True)
class _Number:
    text: str


_Tree: TypeAlias = "bool | str | _Number | list[_Tree] | dict[str, _Tree] | None"


def call_digest(message: Message, whom: Whom, definition: str, policy_version: str) -> str:
    """Return 64 hexadecimal digits that stand for this call of this principal under this policy."""
    parts = (
        whom.principal,
        *whom.agents,
        "",
        whom.grant,
        whom.upstream,
        message.method,
        message.name,
        definition,
        policy_version,
        canonical_params(message.body),
    )
    # Each part with its length: no two lists of parts are one text.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def canonical_params(body: bytes) -> str:
    """The parameters of a message that was accepted, members in order, numbers as written."""
    envelope: _Tree = json.loads(body, parse_float=_Number, parse_int=_Number)
    params = envelope.get("params") if isinstance(envelope, dict) else envelope
    if not isinstance(params, dict):
        return _written(params)
    meta = params.pop("_meta", None)
    if isinstance(meta, dict):
        meta = {name: value for name, value in meta.items() if name not in _PASSING or not _is_mark(value)}
    # Without any, or with nothing in it that means something: the same call.
    return _written({**params, "_meta": meta} if meta else params)


def _is_mark(value: _Tree) -> bool:
    """Whether it is what such a member holds. A structure in its place may mean something to somebody."""
    return isinstance(value, str | _Number) and len(value if isinstance(value, str) else value.text) <= _MARK


def _written(value: _Tree) -> str:
    if isinstance(value, _Number):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{_written(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_written(item) for item in value) + "]"
    return json.dumps(value)
