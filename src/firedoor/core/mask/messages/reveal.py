"""Reversible tokens on their way to a tool that the settings name.

The value goes in their place. Records which.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from firedoor.core.mask.structure.json_text import Edit, applied, in_literal, literals, parse
from firedoor.core.mask.structure.leaves import flattened
from firedoor.core.mask.tokens.maker import TokenMaker
from firedoor.model.json import Json
from firedoor.model.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """A call with its tokens put back in clear."""

    body: bytes
    params: Mapping[str, Json]
    kinds: tuple[str, ...]
    """Of each token, in the order in which they stand."""


def revealed(message: Message, reveal_to: tuple[str, ...], tokens: TokenMaker) -> Revealed | None:
    """The call as its tool gets it; None where it has no token of ours, or gets none in clear."""
    if message.method != "tools/call" or b"_r" not in message.body or not _is_named(message.name, reveal_to):
        return None
    text = message.body.decode()
    value = parse(message.body)
    edits: list[Edit] = []
    kinds: list[str] = []
    flat = flattened(value)
    for index, place in enumerate(literals(text)):
        leaf = flat.leaf(index)
        if (
            leaf is None
            or leaf.is_key
            or not isinstance(leaf.value, str)
            or not leaf.path.startswith("$.params.arguments")
        ):
            continue
        found = tokens.reversible(leaf.value)
        kinds += [kind for _, _, kind, _ in found]
        edits += in_literal(text, place, [Edit(start, end, clear) for start, end, _, clear in found])
    if not edits:
        return None
    body = applied(text, edits).encode()
    return Revealed(body=body, params=_params(parse(body)), kinds=tuple(kinds))


def _params(value: Json) -> Mapping[str, Json]:
    params = value.get("params") if isinstance(value, Mapping) else None
    return params if isinstance(params, Mapping) else {}


def _is_named(tool: str, patterns: tuple[str, ...]) -> bool:
    return any(_pattern(text).fullmatch(tool) for text in patterns)


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in text)
    return re.compile("".join(parts), re.DOTALL)
