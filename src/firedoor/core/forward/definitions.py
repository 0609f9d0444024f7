"""What an upstream lists → its definitions, each with the hash that is pinned. Never changes a message.

The hash covers the whole definition, members in order of their names, numbers as they are written, whatever
members it has: what nobody thought of changes it too. What the settings leave out of a pin is replaced by
what is suspicious in it: an exception for a date that changes each day lets no instruction in.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from firedoor.core.forward.lists import LISTINGS
from firedoor.core.forward.splice import joined, members
from firedoor.core.forward.suspicion import split_over, suspicions_of
from firedoor.model.definition import Definition, DefinitionKind, Suspicion, Unpinned
from firedoor.model.exact_json import ExactJson, Number, written

if TYPE_CHECKING:
    from firedoor.model.json import Json

OPENINGS = frozenset({"initialize", "server/discover"})
"""Methods whose result carries instructions to the model."""
KINDS = {"tools/list": DefinitionKind.TOOL, "prompts/list": DefinitionKind.PROMPT}
"""What lists definitions, and of which kind."""
LIST_OF = {kind: method for method, kind in KINDS.items()}
CALLED = {"tools/call": DefinitionKind.TOOL, "prompts/get": DefinitionKind.PROMPT}
"""What acts on a definition."""
CHANGED = {
    "notifications/tools/list_changed": DefinitionKind.TOOL,
    "notifications/prompts/list_changed": DefinitionKind.PROMPT,
}
MOST = 2_000
"""Definitions of one list that are looked at. A longer list is a flood: the rest counts as unreadable."""

KEPT = 16_384
"""Bytes of a definition that is remembered with its hash: lists are asked for again and again."""


_OPENING = frozenset({"instructions", "protocolVersion", "supportedVersions"})
"""Members by which the result of an opening is known."""
_Raws = msgspec.json.Decoder(list[msgspec.Raw])
_text = msgspec.json.Decoder(str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One answer that lists."""

    definitions: tuple[Definition, ...]
    """In the order of the answer."""
    has_more: bool = False
    cursor: str | None = None


def listed_in(payload: bytes, kind: DefinitionKind, unpinned: Sequence[Unpinned] = ()) -> Listed | None:
    """The definitions in a response; None where it is no result that lists any."""
    try:
        result = members(members(payload)["result"])
        if kind is DefinitionKind.INSTRUCTIONS:
            if not _OPENING & result.keys():
                return None
            return Listed(definitions=(_instructions(result, unpinned),))
        listing = LISTINGS[LIST_OF[kind]]
        entries = _Raws.decode(result[listing.member])
    except (KeyError, ValueError, RecursionError):
        return None
    found = [_definition(bytes(entry), kind, unpinned) for entry in entries[:MOST]]
    found += [_unreadable(bytes(entry), kind, f"is beyond {MOST} of one list") for entry in entries[MOST:]]
    cursor = _string(result.get("nextCursor"))
    spread = split_over([_string(_member(bytes(entry), "description")) or "" for entry in entries[:MOST]])
    definitions = tuple(
        each if index not in spread else _with(each, spread[index]) for index, each in enumerate(found)
    )
    return Listed(definitions=definitions, has_more="nextCursor" in result, cursor=cursor)


def without(payload: bytes, kind: DefinitionKind, hidden: frozenset[int]) -> bytes:
    """The response without some of what `listed_in` found in it, by position. Nobody may keep it for others.

    Raises:
        ValueError: it does not list as much as it did.
    """
    envelope = members(payload)
    result = members(envelope["result"])
    if kind is DefinitionKind.INSTRUCTIONS:
        result.pop("instructions", None)
    else:
        member = LISTINGS[LIST_OF[kind]].member
        entries = _Raws.decode(result[member])
        kept = [entry for index, entry in enumerate(entries) if index not in hidden]
        if len(entries) - len(kept) != len(hidden):
            raise ValueError("the mask changed the number of entries")
        result[member] = msgspec.Raw(msgspec.json.encode(kept))
    if "cacheScope" in result or "ttlMs" in result:
        result |= {"cacheScope": msgspec.Raw(b'"private"'), "ttlMs": msgspec.Raw(b"0")}
    envelope["result"] = msgspec.Raw(joined(result))
    return joined(envelope)


def _instructions(result: dict[str, msgspec.Raw], unpinned: Sequence[Unpinned]) -> Definition:
    # Said or not: what was never said before and is said now has changed.
    said = result.get("instructions", msgspec.Raw(b"null"))
    body = b'{"instructions":' + bytes(said) + b',"name":"instructions"}'
    return _definition(body, DefinitionKind.INSTRUCTIONS, unpinned)


def _definition(entry: bytes, kind: DefinitionKind, unpinned: Sequence[Unpinned]) -> Definition:
    known = _known if len(entry) <= KEPT else _read
    return known(entry, kind, tuple(unpinned))


def _read(entry: bytes, kind: DefinitionKind, unpinned: tuple[Unpinned, ...]) -> Definition:
    try:
        tree = _parsed(entry)
        name = tree.get("name") if isinstance(tree, dict) else None
        if not isinstance(tree, dict) or not isinstance(name, str) or not name:
            return _unreadable(entry, kind, "has no name")
        text = written(tree)
        left_out = [path for each in unpinned if fnmatchcase(name, each.names) for path in each.paths]
        for path in left_out:
            _leave_out(tree, path)
        pinned = written(tree) if left_out else text
        plain: Json = json.loads(text)
        found = suspicions_of(plain)
    except (ValueError, RecursionError):
        return _unreadable(entry, kind, "can be read in several ways, or in none")
    digest = hashlib.sha256(pinned.encode()).hexdigest()
    return Definition(kind=kind, name=name, hash=digest, text=text, suspicions=found)


_known = lru_cache(maxsize=2_048)(_read)


def _with(found: Definition, suspicion: Suspicion) -> Definition:
    """With what shows only beside its neighbours. It is part of the hash: accepted is what was seen."""
    digest = hashlib.sha256(f"{found.hash} {suspicion.kind}".encode()).hexdigest()
    return replace(found, hash=digest, suspicions=(*found.suspicions, suspicion))


def _unreadable(entry: bytes, kind: DefinitionKind, why: str) -> Definition:
    """One that clients may read in several ways. It has a hash, and nothing else of it is trusted."""
    name = _string(_member(entry, "name")) or ""
    found = (Suspicion("unreadable", "", f"The definition {why}."),)
    text = json.dumps(entry.decode("utf-8", "replace"))
    return Definition(
        kind=kind, name=name, hash=hashlib.sha256(entry).hexdigest(), text=text, suspicions=found
    )


def _leave_out(tree: ExactJson, path: Sequence[str]) -> None:
    """Put what is suspicious in a member in its place: nothing, as long as nothing is."""
    first, rest = path[0], path[1:]
    if isinstance(tree, list):
        for index, item in enumerate(tree):
            if first in ("*", str(index)):
                tree[index] = _left(item, rest)
    elif isinstance(tree, dict):
        for name in [name for name in tree if first in ("*", name)]:
            tree[name] = _left(tree[name], rest)


def _left(value: ExactJson, rest: Sequence[str]) -> ExactJson:
    if rest:
        _leave_out(value, rest)
        return value
    plain: Json = json.loads(written(value))
    return [f"{each.kind} {each.where}" for each in suspicions_of(plain)]


def _parsed(entry: bytes) -> ExactJson:
    return json.loads(
        entry,
        parse_float=Number,
        parse_int=Number,
        object_pairs_hook=_each_once,
    )


def _each_once(pairs: list[tuple[str, ExactJson]]) -> ExactJson:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        raise ValueError("a member is there twice")
    return tree


def _member(entry: bytes, name: str) -> msgspec.Raw | None:
    try:
        return members(entry).get(name)
    except (ValueError, RecursionError):
        return None


def _string(raw: msgspec.Raw | None) -> str | None:
    if raw is None:
        return None
    try:
        return _text.decode(raw)
    except ValueError:
        return None
