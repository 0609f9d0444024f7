"""Conditions as trees: a parser for CEL, for checking alone. The conditions themselves are run by `cel`.

The engine that runs conditions tells the names a condition begins with, and nothing of the members: a typo in
`sql.efect` would be an error in the middle of a call. So the text is read a second time here. What this
parser does not know is refused; what the two read differently is refused by `conditions`.
Source: the CEL specification, section "Syntax", without message literals and without optional members.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

DEEPEST = 64
"""Nesting of a condition. Stops recursion; nobody reads such a rule."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is written out."""

    kind: str
    """`text`, `bytes`, `number`, `bool` or `null`."""
    value: str | bool | None
    """Of a text: what it means. Of a number: how it is written."""
    source: str


@dataclass(frozen=True, slots=True)
class Name:
    """A fact, or what a macro calls an item."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """`of.name`."""

    of: "Node"
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """`of[key]`."""

    of: "Node"
    key: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """A function, a method, a macro or an operator."""

    function: str
    target: "Node | None"
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Items:
    """`[a, b]`, or `{a: b}` with its keys and values in turn."""

    items: "tuple[Node, ...]"
    is_map: bool = False


Node: TypeAlias = Literal | Name | Member | Index | Call | Items


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """What cannot be read, and where it stands, in characters from the start."""

    what: str
    at: int


class _FaultError(ValueError):
    def __init__(self, fault: SyntaxFault) -> None:
        super().__init__(fault.what)
        self.fault = fault


_TOKEN = re.compile(
    r"""(?P<blank>(?:\s+|//[^\n]*)+)
    |(?P<text>(?:[rR][bB]?|[bB][rR]?)?(?:'''(?:\\.|.)*?'''|\"\"\"(?:\\.|.)*?\"\"\"|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))
    |(?P<number>0[xX][0-9a-fA-F]+[uU]?|[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|[0-9]+[uU]?|\.[0-9]+)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "'": "'", '"': '"', "`": "`", "?": "?",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(x[0-9a-fA-F]{2}|X[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)", re.DOTALL
)
_LAST_CHARACTER = 0x10FFFF
_RELATIONS = frozenset({"<", "<=", ">", ">=", "==", "!=", "in"})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(source: str) -> Node | SyntaxFault:
    """Return the tree of a condition, or what is wrong with it."""
    try:
        return _Parser(_tokens(source)).whole()
    except _FaultError as error:
        return error.fault


def _tokens(source: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise _FaultError(SyntaxFault(f"{source[at]!r} stands where nothing can begin", at))
        if match.lastgroup != "blank":
            found.append(_Token(match.lastgroup or "", match[0], at))
        at = match.end()
    found.append(_Token("end", "", at))
    return found


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._expression()
        if self._peek.kind != "end":
            raise self._fault(f"{self._peek.text!r} is one too many")
        return node

    @property
    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _fault(self, what: str) -> _FaultError:
        return _FaultError(SyntaxFault(what, self._peek.at))

    def _take(self) -> _Token:
        token = self._peek
        self._next += token.kind != "end"
        return token

    def _is(self, *signs: str) -> bool:
        return self._peek.kind in {"sign", "name"} and self._peek.text in signs

    def _expect(self, sign: str) -> None:
        if not self._is(sign):
            found = repr(self._peek.text) if self._peek.text else "the end"
            raise self._fault(f"{sign!r} is missing before {found}")
        self._take()

    def _expression(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._fault(f"nested more than {DEEPEST} levels deep")
        node = self._chain(("||",), lambda: self._chain(("&&",), self._relation))
        if self._is("?"):
            self._take()
            yes = self._chain(("||",), lambda: self._chain(("&&",), self._relation))
            self._expect(":")
            node = Call("?:", None, (node, yes, self._expression()))
        self._depth -= 1
        return node

    def _chain(self, signs: tuple[str, ...], part: "Callable[[], Node]") -> Node:
        node = part()
        while self._is(*signs):
            node = Call(self._take().text, None, (node, part()))
        return node

    def _relation(self) -> Node:
        return self._chain(tuple(_RELATIONS), self._sum)

    def _sum(self) -> Node:
        return self._chain(("+", "-"), lambda: self._chain(("*", "/", "%"), self._unary))

    def _unary(self) -> Node:
        signs: list[str] = []
        while self._is("!", "-"):
            signs.append(self._take().text)
        if len(signs) > DEEPEST:
            raise self._fault("too many signs in a row")
        node = self._member()
        for sign in reversed(signs):
            node = Call(f"{sign}_", None, (node,))
        return node

    def _member(self) -> Node:
        node = self._primary()
        while self._is(".", "["):
            if self._take().text == "[":
                node = Index(node, self._expression())
                self._expect("]")
                continue
            name = self._take()
            if name.kind != "name":
                raise self._fault("a name is missing after the dot")
            node = Call(name.text, node, self._arguments()) if self._is("(") else Member(node, name.text)
        return node

    def _primary(self) -> Node:
        token = self._take()
        if token.kind in {"text", "number"}:
            return _literal(token)
        if token.kind == "name":
            return self._named(token.text)
        if token.text == "(":
            node = self._expression()
            self._expect(")")
            return node
        if token.text == "[":
            return Items(self._list("]"))
        if token.text == "{":
            return self._map()
        self._next -= token.kind != "end"
        raise self._fault(
            f"{token.text!r} stands where a value should" if token.text else "it ends too early"
        )

    def _named(self, name: str) -> Node:
        if name in {"true", "false"}:
            return Literal("bool", name == "true", name)
        if name == "null":
            return Literal("null", None, name)
        return Call(name, None, self._arguments()) if self._is("(") else Name(name)

    def _arguments(self) -> tuple[Node, ...]:
        self._expect("(")
        return self._list(")")

    def _list(self, end: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while not self._is(end):
            items.append(self._expression())
            if not self._is(end):
                self._expect(",")
        self._take()
        return tuple(items)

    def _map(self) -> Node:
        items: list[Node] = []
        while not self._is("}"):
            items.append(self._expression())
            self._expect(":")
            items.append(self._expression())
            if not self._is("}"):
                self._expect(",")
        self._take()
        return Items(tuple(items), is_map=True)


def _literal(token: _Token) -> Literal:
    if token.kind == "number":
        return Literal("number", token.text, token.text)
    text = token.text
    start = next(index for index, character in enumerate(text) if character in "'\"")
    prefix, body = text[:start].lower(), text[start:]
    marks = 3 if body.startswith(("'''", '"""')) and body[:3] != body else 1
    inner = body[marks:-marks]
    value = inner if "r" in prefix else _ESCAPE.sub(_unescaped, inner)
    return Literal("bytes" if "b" in prefix else "text", value, text)


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "xXuU" and len(code) > 1:
        return chr(int(code[1:], 16)) if int(code[1:], 16) <= _LAST_CHARACTER else found[0]
    if code.isdigit():
        return chr(int(code, 8))
    return _ESCAPES.get(code, found[0])
