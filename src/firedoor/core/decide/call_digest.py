"""What an approval covers, as one string: who, through which grant, where, what, and under which policy.

Two calls have the same one only if nobody could tell them apart: the order of members does not count;
every character does, in the form it was sent in, and so does every digit of a number, since 1 and 1.0 are
not the same to every server. Of `_meta` only what clients count up or trace with is left out.
"""

import hashlib
import json

from firedoor.model.exact_json import ExactJson, Number, written
from firedoor.model.lock import Whom
from firedoor.model.message import Message

_PASSING = frozenset({"progressToken", "traceparent", "tracestate", "baggage"})
"""Members of `_meta` that differ from one try to the next and mean nothing to the call."""

_MARK = 8_192
"""Characters of such a member at most, as W3C Baggage has it: https://www.w3.org/TR/baggage/#limits."""


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
    envelope: ExactJson = json.loads(body, parse_float=Number, parse_int=Number)
    params = envelope.get("params") if isinstance(envelope, dict) else envelope
    if not isinstance(params, dict):
        return written(params)
    meta = params.pop("_meta", None)
    if isinstance(meta, dict):
        meta = {name: value for name, value in meta.items() if name not in _PASSING or not _is_mark(value)}
    # Without any, or with nothing in it that means something: the same call.
    return written({**params, "_meta": meta} if meta else params)


def _is_mark(value: ExactJson) -> bool:
    """Whether it is what such a member holds. A structure in its place may mean something to somebody."""
    return isinstance(value, str | Number) and len(value if isinstance(value, str) else value.text) <= _MARK
