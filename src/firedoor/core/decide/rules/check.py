"""What a condition looks at, and whether it can mean anything: names, members, words and kinds.

Refused: an unknown fact or member, a function that is not taken, a comparison that can never be true, a loop
inside a loop over what the agent sends (it would choose how long both are). Never runs a condition.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from firedoor.core.decide.rules.schema import (
    ANY,
    BOOL,
    BYTES,
    FACTS,
    FUNCTIONS,
    LIST,
    MACROS,
    MAP,
    NULL,
    NUMBER,
    TEXT,
    Kind,
)
from firedoor.core.decide.rules.syntax import Call, Index, Items, Literal, Member, Name, Node

Path = tuple[str, ...]

_LITERALS = {"text": TEXT, "bytes": BYTES, "number": NUMBER, "bool": BOOL, "null": NULL}
_TAKEN = (*FUNCTIONS, *MACROS, "has")
_ORDERED = frozenset({"number", "text", "time", "span", "any"})


@dataclass(slots=True)
class Looks:
    """What a condition looks at."""

    paths: set[Path] = field(default_factory=set[Path])
    """A fact and the members below it, as far as they are written out."""
    faults: list[str] = field(default_factory=list[str])


def check(node: Node, facts: Mapping[str, Kind] = FACTS) -> Looks:
    """Walk a condition."""
    checker = _Checker(facts)
    kind = checker.kind_of(node, {})
    if kind.name not in {"bool", "any"}:
        checker.looks.faults.append(f"the condition gives {_a(kind)}, not yes or no")
    elif not checker.looks.paths and not checker.looks.faults:
        checker.looks.faults.append("the condition looks at no fact: it is always the same")
    return checker.looks


def suggest(word: str, known: Sequence[str]) -> str:
    """Say what the writer may have meant, or all there is."""
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(known)}."


class _Checker:
    def __init__(self, facts: Mapping[str, Kind]) -> None:
        self._facts = facts
        self.looks = Looks()
        self._loops = 0

    def _fault(self, what: str) -> Kind:
        self.looks.faults.append(what)
        return ANY

    def kind_of(self, node: Node, scope: Mapping[str, Kind]) -> Kind:
        """The kind of a value; faults are kept."""
        match node:
            case Literal():
                return _LITERALS[node.kind]
            case Name():
                return self._named(node, scope)
            case Member():
                return self._member(node, scope)
            case Index():
                return self._index(node, scope)
            case Items():
                kinds = [self.kind_of(item, scope) for item in node.items]
                same = kinds and not node.is_map and all(k.name == kinds[0].name for k in kinds)
                return MAP if node.is_map else Kind(name="list", item=kinds[0]) if same else LIST
            case Call():
                return self._call(node, scope)

    def _named(self, node: Name, scope: Mapping[str, Kind]) -> Kind:
        if node.name in scope:
            return scope[node.name]
        self._note(node)
        found = self._facts.get(node.name)
        if found is None:
            return self._fault(f"{node.name!r} is no fact. {suggest(node.name, tuple(self._facts))}")
        return found

    def _note(self, node: Node) -> None:
        """Keep the way to a fact, as far as it is written out."""
        path: list[str] = []
        while isinstance(node, Member | Index):
            if isinstance(node, Member):
                path.append(node.name)
            elif (
                isinstance(node.key, Literal) and isinstance(node.key.value, str) and node.key.kind == "text"
            ):
                path.append(node.key.value)
            else:
                path.clear()
            node = node.of
        if isinstance(node, Name):
            self.looks.paths.add((node.name, *reversed(path)))

    def _is_of_scope(self, node: Node, scope: Mapping[str, Kind]) -> bool:
        while isinstance(node, Member | Index):
            node = node.of
        return isinstance(node, Name) and node.name in scope

    def _member(self, node: Member, scope: Mapping[str, Kind]) -> Kind:
        of = self._of(node, scope)
        if of.members is not None:
            found = of.members.get(node.name)
            if found is not None:
                return found
            return self._fault(
                f"{node.name!r} is no member of {_said(node.of)}. {suggest(node.name, tuple(of.members))}"
            )
        if of.name in {"any", "map"}:
            return ANY
        return self._fault(f"{_a(of)} has no member {node.name!r}")

    def _of(self, node: Member | Index, scope: Mapping[str, Kind]) -> Kind:
        """The kind of what a member is of, without keeping the shorter way."""
        before = set(self.looks.paths)
        of = self.kind_of(node.of, scope)
        if not self._is_of_scope(node, scope):
            self._drop_shorter(before, node)
        return of

    def _drop_shorter(self, before: set[Path], node: Member | Index) -> None:
        root: Node = node
        while isinstance(root, Member | Index):
            root = root.of
        if isinstance(root, Name):
            keys = [p for p in self.looks.paths - before if p[0] != root.name]
            self.looks.paths = before | set(keys)
            self._note(node)

    def _index(self, node: Index, scope: Mapping[str, Kind]) -> Kind:
        of = self._of(node, scope)
        key = self.kind_of(node.key, scope)
        if of.members is not None:
            return self._fault(f"write the members of {_said(node.of)} with a dot")
        if of.name == "list":
            if key.name not in {"number", "any"}:
                return self._fault("an item of a list is asked for by its number")
            return of.item or ANY
        return ANY if of.name in {"any", "map"} else self._fault(f"{_a(of)} has no items")

    def _call(self, node: Call, scope: Mapping[str, Kind]) -> Kind:
        if node.function in _OPERATORS:
            return _OPERATORS[node.function](self, node, scope)
        if node.function == "has" and node.target is None:
            if len(node.arguments) != 1 or not isinstance(node.arguments[0], Member):
                return self._fault("has() takes one member: has(args.limit)")
            self.kind_of(node.arguments[0], scope)
            return BOOL
        if node.function in MACROS and node.target is not None:
            return self._macro(node, node.target, scope)
        return self._function(node, scope)

    def _function(self, node: Call, scope: Mapping[str, Kind]) -> Kind:
        known = FUNCTIONS.get(node.function)
        if known is None:
            return self._fault(
                f"{node.function!r} is no function that is taken. {suggest(node.function, _TAKEN)}"
            )
        values = (*((node.target,) if node.target is not None else ()), *node.arguments)
        wanted, gives = known
        fault = self._misuse(node.function, values, wanted, scope)
        return gives if fault is None else self._fault(fault)

    def _misuse(
        self, function: str, values: Sequence[Node], wanted: Sequence[Kind], scope: Mapping[str, Kind]
    ) -> str | None:
        if len(values) != len(wanted):
            many = "s" * (len(wanted) > 1)
            return f"{function}() takes {len(wanted)} value{many}, not {len(values)}"
        for value, kind in zip(values, wanted, strict=True):
            given = self.kind_of(value, scope)
            if "any" not in {kind.name, given.name} and given.name != kind.name:
                return f"{function}() takes {_a(kind)}, not {_a(given)}"
        if function == "matches" and not isinstance(values[1], Literal):
            return "the pattern of matches() must be written out"
        return None

    def _macro(self, node: Call, target: Node, scope: Mapping[str, Kind]) -> Kind:
        of = self.kind_of(target, scope)
        match node.arguments:
            case (Name(name), asked):
                pass
            case _:
                return self._fault(
                    f"{node.function}() takes a name and a condition: {node.function}(x, x == 1)"
                )
        is_long = not isinstance(target, Items)
        if of.name not in {"list", "map", "any"}:
            return self._fault(f"{node.function}() goes through a list, not {_a(of)}")
        if name in self._facts:
            return self._fault(f"{name!r} is a fact: call the item something else")
        if is_long and self._loops:
            return self._fault("a loop inside a loop: whoever sends both lists chooses how long it takes")
        self._loops += is_long
        item = of.item if of.name == "list" and of.item is not None else ANY
        gives = self.kind_of(asked, {**scope, name: item})
        self._loops -= is_long
        return self._given(node.function, of, gives)

    def _given(self, macro: str, of: Kind, gives: Kind) -> Kind:
        if macro == "map":
            return Kind(name="list", item=gives)
        if gives.name not in {"bool", "any"}:
            return self._fault(f"{macro}() needs yes or no for each item, not {_a(gives)}")
        return of if macro == "filter" else BOOL

    def logic(self, node: Call, scope: Mapping[str, Kind]) -> Kind:
        """`&&`, `||`, `!`."""
        for value in node.arguments:
            kind = self.kind_of(value, scope)
            if kind.name not in {"bool", "any"}:
                return self._fault(f"{node.function.strip('_')} joins yes and no, not {_a(kind)}")
        return BOOL

    def choice(self, node: Call, scope: Mapping[str, Kind]) -> Kind:
        """`a ? b : c`."""
        asked, yes, no = (self.kind_of(value, scope) for value in node.arguments)
        if asked.name not in {"bool", "any"}:
            return self._fault(f"before ? stands yes or no, not {_a(asked)}")
        return yes if yes.name == no.name else ANY

    def equality(self, node: Call, scope: Mapping[str, Kind]) -> Kind:
        """`==` and `!=`."""
        left, right = node.arguments
        kinds = self.kind_of(left, scope), self.kind_of(right, scope)
        self._same(*kinds)
        for value, kind in ((left, kinds[1]), (right, kinds[0])):
            self._word(value, kind)
        return BOOL

    def _same(self, left: Kind, right: Kind) -> None:
        if left.name != right.name and not {left.name, right.name} & {"any", "null"}:
            self._fault(f"{_a(left)} is never {_a(right)}")

    def _word(self, value: Node, kind: Kind) -> None:
        """A word that the fact can never be makes a rule that can never fire, or always does."""
        if (
            isinstance(value, Literal)
            and value.kind == "text"
            and kind.words
            and value.value not in kind.words
        ):
            self._fault(f"{value.value!r} is nothing that it can be. {suggest(str(value.value), kind.words)}")

    def membership(self, node: Call, scope: Mapping[str, Kind]) -> Kind:
        """`in`."""
        left, right = node.arguments
        of, among = self.kind_of(left, scope), self.kind_of(right, scope)
        if among.name not in {"list", "map", "any"}:
            self._fault(f"`in` looks into a list, not {_a(among)}")
        elif among.name == "list" and among.item is not None:
            self._same(of, among.item)
            self._word(left, among.item)
        if isinstance(right, Items) and not right.is_map:
            for value in right.items:
                self._word(value, of)
        return BOOL

    def order(self, node: Call, scope: Mapping[str, Kind]) -> Kind:
        """`<` and its like."""
        left, right = (self.kind_of(value, scope) for value in node.arguments)
        self._same(left, right)
        for kind in (left, right):
            if kind.name not in _ORDERED:
                self._fault(f"{_a(kind)} is neither more nor less")
        return BOOL

    def arithmetic(self, node: Call, scope: Mapping[str, Kind]) -> Kind:
        """`+` and its like."""
        kinds = [self.kind_of(value, scope) for value in node.arguments]
        known = [kind for kind in kinds if kind.name != "any"]
        return known[0] if known and all(kind.name == known[0].name for kind in known) else ANY


_Operator = Callable[[_Checker, Call, Mapping[str, Kind]], Kind]
_OPERATORS: Mapping[str, _Operator] = {
    **dict.fromkeys(("&&", "||", "!_"), _Checker.logic),
    **dict.fromkeys(("==", "!="), _Checker.equality),
    **dict.fromkeys(("<", "<=", ">", ">="), _Checker.order),
    **dict.fromkeys(("+", "-", "*", "/", "%", "-_"), _Checker.arithmetic),
    "in": _Checker.membership,
    "?:": _Checker.choice,
}


def _a(kind: Kind) -> str:
    return {"bool": "yes or no", "null": "nothing", "any": "any value", "time": "an instant"}.get(
        kind.name, f"a {kind.name}"
    )


def _said(node: Node) -> str:
    return f"{_said(node.of)}.{node.name}" if isinstance(node, Member) else getattr(node, "name", "it")
