"""A pattern of RE2 as a tree, and written again. It knows what detectors use, and refuses the rest.

Read by `beginnings`, which asks of a pattern what could still become a match. Never matches anything itself.
"""

import math
import re
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class One:
    """One character out of some."""

    written: str
    bits: float
    """How much it says that a character is one of them: nothing for any, more the fewer they are."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A place between characters: an end, a border of a word."""

    written: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """Something, so often."""

    node: "Node"
    least: int
    most: int | None
    """None: without end."""


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of them."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Group:
    """In parentheses, with the flags that hold inside. Of a finding, or of nothing but reading."""

    node: "Node"
    flags: str = ""
    is_finding: bool = False


Node: TypeAlias = One | Edge | Repeated | Row | Either | Group


class UnknownPatternError(ValueError):
    """It says something that this reader does not know."""


_CHARACTERS = 95
"""Printable characters of ASCII: what any of them might have been."""
_SIZES = {"d": 10, "w": 63, "s": 4, "D": 85, "W": 32, "S": 94, "L": 60, "N": 10}
_TIMES = re.compile(r"[*+?]|\{(\d+)(,(\d*))?\}")
_ESCAPE = re.compile(r"\\(?:[pP]\{?\^?\w+\}?|x\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|([imsU]*):))?")
_EDGES = frozenset({"\\b", "\\B", "\\A", "\\z", "^", "$"})


def read(pattern: str) -> Node:
    """The pattern as a tree.

    Raises:
        UnknownPatternError: it is not what this reader knows.
    """
    flags = re.match(r"\(\?([imsU]+)\)", pattern)
    reader = _Reader(pattern, flags.end() if flags else 0)
    node = reader.either()
    if reader.at != len(pattern):
        raise UnknownPatternError(pattern)
    return Group(node, flags[1]) if flags else node


def written(node: Node) -> str:
    """The pattern that a tree stands for. What is a finding is a group of it."""
    match node:
        case One() | Edge():
            return node.written
        case Repeated():
            return repeated(node, node.least, node.most)
        case Row():
            return "".join(written(inner) for inner in node.nodes)
        case Either():
            return f"(?:{'|'.join(written(inner) for inner in node.nodes)})"
        case _:
            return grouped(node, written(node.node))


def grouped(group: Group, inside: str) -> str:
    """Something else in the parentheses of a group."""
    framed = f"(?{group.flags}:{inside})"
    return f"({framed})" if group.is_finding else framed


def repeated(node: Repeated, least: int, most: int | None) -> str:
    """What is repeated, from so often to so often. A finding stands in it no longer: there would be many."""
    one = written(node.node)
    one = one if isinstance(node.node, One) else f"(?:{one})"
    return f"{one}{{{least},{'' if most is None else most}}}"


def has_finding(node: Node) -> bool:
    """Whether a part of it is the finding, and the rest what stands around."""
    match node:
        case Row() | Either():
            return any(has_finding(inner) for inner in node.nodes)
        case Group():
            return node.is_finding or has_finding(node.node)
        case Repeated():
            return has_finding(node.node)
        case _:
            return False


class _Reader:
    def __init__(self, pattern: str, at: int) -> None:
        self.pattern = pattern
        self.at = at

    def either(self) -> Node:
        nodes = [self._row()]
        while self.pattern.startswith("|", self.at):
            self.at += 1
            nodes.append(self._row())
        return nodes[0] if len(nodes) == 1 else Either(tuple(nodes))

    def _row(self) -> Node:
        nodes: list[Node] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            nodes.append(self._times(self._atom()))
        return nodes[0] if len(nodes) == 1 else Row(tuple(nodes))

    def _times(self, node: Node) -> Node:
        found = _TIMES.match(self.pattern, self.at)
        if found is None:
            return node
        self.at = found.end()
        if self.pattern.startswith("?", self.at):
            self.at += 1  # how eager it is changes where a match ends, not whether there is one
        if found[1] is None:
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[found[0]]
        else:
            least = int(found[1])
            most = least if found[2] is None else int(found[3]) if found[3] else None
        return Repeated(node, least, most)

    def _atom(self) -> Node:
        first = self.pattern[self.at]
        if first == "(":
            return self._group()
        if first == "[":
            return self._set()
        if first == "\\":
            return self._escape()
        if first in "*+?{":
            raise UnknownPatternError(self.pattern)
        self.at += 1
        if first in _EDGES:
            return Edge(first)
        return One(first, 0.0) if first == "." else One(first, _bits(2))

    def _group(self) -> Node:
        found = _GROUP.match(self.pattern, self.at)
        if found is None or self.pattern.startswith("?", found.end()):
            raise UnknownPatternError(self.pattern)
        self.at = found.end()
        node = self.either()
        if not self.pattern.startswith(")", self.at):
            raise UnknownPatternError(self.pattern)
        self.at += 1
        return Group(node, found[1] or "", is_finding=found[1] is None)

    def _escape(self) -> Node:
        found = _ESCAPE.match(self.pattern, self.at)
        if found is None or (found[0][1].isdigit() or found[0][1] in "QEC"):
            raise UnknownPatternError(self.pattern)
        self.at = found.end()
        return Edge(found[0]) if found[0] in _EDGES else One(found[0], _bits(_size(found[0])))

    def _set(self) -> Node:
        begin = self.at
        is_negated = self.pattern.startswith("[^", begin)
        self.at += 2 if is_negated else 1
        size, first = 0, self.at
        while self.at == first or not self.pattern.startswith("]", self.at):
            if self.at >= len(self.pattern) or self.pattern.startswith("[:", self.at):
                raise UnknownPatternError(self.pattern)
            size += self._member()
        self.at += 1
        source = self.pattern[begin : self.at]
        return One(source, _bits(_CHARACTERS - size if is_negated else size))

    def _member(self) -> int:
        low = self._character()
        if not (self.pattern.startswith("-", self.at) and not self.pattern.startswith("-]", self.at)):
            return _size(low)
        self.at += 1
        high = self._character()
        return max(1, ord(high[-1]) - ord(low[-1]) + 1) if max(low, high).isascii() else 30

    def _character(self) -> str:
        found = _ESCAPE.match(self.pattern, self.at)
        text = found[0] if found is not None else self.pattern[self.at : self.at + 1]
        self.at += len(text)
        return text


def _size(text: str) -> int:
    if not text.startswith("\\"):
        return 1
    if text[1] in "pP":
        return _SIZES["N" if "N" in text else "L"]
    return _SIZES.get(text[1], 1)


def _bits(size: int) -> float:
    return math.log2(_CHARACTERS / min(max(size, 1), _CHARACTERS))
