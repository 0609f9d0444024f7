"""Strict JSON: what passes here is understood the same by Python, Node and Go. Never repairs.

Refused: duplicate members at any level, NaN and Infinity, numbers too large for a double, invalid
UTF-8, a BOM, lone surrogates, nesting beyond the limit, trailing bytes.
"""

from collections.abc import Iterable, Iterator

import jiter

from firedoor.model.json import Json, JsonObject


def parse(body: bytes, depth: int) -> Json:
    """Return the value.

    Raises:
        ValueError: what is wrong and where, in one line.
    """
    value: Json = jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True)
    # Only a body with that many brackets can be too deep: the walk is rare.
    if body.count(b"{") + body.count(b"[") > depth and _is_deeper(value, depth):
        message = f"nested deeper than {depth}"
        raise ValueError(message)
    if _may_be_huge(body) and any(_is_huge(leaf) for leaf in _leaves(value)):
        message = "number out of range"
        raise ValueError(message)
    return value


_AS_ZEROS = bytes.maketrans(b"123456789E", b"000000000e")
_EXPONENT, _DIGITS = b"0e000", b"0" * 200


def _may_be_huge(body: bytes) -> bool:
    """Whether it has such digits as a number that is infinite to one parser and an error to another.

    Under 200 digits and an exponent under 100 stay below 1e300. Every digit is read as a zero, so that two
    searches for plain bytes tell: a pattern takes from twice to twenty times as long.
    """
    zeros = body.translate(_AS_ZEROS, b"+")
    return zeros.find(_EXPONENT) >= 0 or zeros.find(_DIGITS) >= 0


_LARGEST = 1.7976931348623157e308


def _is_huge(leaf: Json) -> bool:
    return isinstance(leaf, int | float) and not -_LARGEST <= leaf <= _LARGEST


def _leaves(value: Json) -> Iterator[Json]:
    level: list[Json] = [value]
    while level:
        yield from level
        level = [child for item in level for child in _children(item)]


def _is_deeper(value: Json, depth: int) -> bool:
    """Whether objects and arrays stand inside each other more than `depth` times."""
    level: list[Json] = [value]
    for _ in range(depth):
        level = [child for item in level for child in _children(item) if isinstance(child, dict | list)]
        if not level:
            return False
    return True


def _children(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


_PARAMS = frozenset(
    {
        "_meta", "name", "arguments", "uri", "cursor", "ref", "argument", "context", "level", "task",
        "taskId", "requestId", "reason", "progressToken", "progress", "total", "message",
        "protocolVersion", "capabilities", "clientInfo", "inputResponses", "requestState",
        "notifications",
    }
)  # fmt: skip
_ENVELOPE = frozenset({"jsonrpc", "id", "method", "params", "result", "error"})
_META = frozenset(
    {
        "progressToken",
        "io.modelcontextprotocol/protocolVersion",
        "io.modelcontextprotocol/clientCapabilities",
        "io.modelcontextprotocol/clientInfo",
        "io.modelcontextprotocol/logLevel",
    }
)


def lookalike(envelope: JsonObject) -> str | None:
    """A member that differs from a known one in case only, or None.

    Go's encoding/json matches member names without regard to case: `"Method"` beside `"method"`
    would be one message here and another one there.
    """
    found = _folded(envelope, _ENVELOPE)
    params = envelope.get("params")
    if found is None and isinstance(params, dict):
        found = _folded(params, _PARAMS)
        meta = params.get("_meta")
        if found is None and isinstance(meta, dict):
            found = _folded(meta, _META)
    return found


def _folded(members: JsonObject, known: frozenset[str]) -> str | None:
    for name in members:
        if name not in known and name.casefold() in _FOLDED[known]:
            return name
    return None


_FOLDED = {known: frozenset(name.casefold() for name in known) for known in (_ENVELOPE, _PARAMS, _META)}
