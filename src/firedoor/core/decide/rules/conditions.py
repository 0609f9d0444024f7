"""A condition, ready to be run: compiled, and with the list of what it looks at.

Only what a condition looks at is handed to the engine that runs it: handing over a list of 5,000 rows costs
more than all rules together. Whatever goes wrong while it runs is an answer, never an exception.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cel

from firedoor.core.decide.rules.check import Path, check
from firedoor.core.decide.rules.syntax import Call, Index, Items, Literal, Member, Node, SyntaxFault, parse
from firedoor.model.json import Json

LONGEST = 4_000
"""Characters of a condition. Nobody reviews a longer one."""
MOST_LEVELS = 100
"""Of a condition: each operator in a row is one. Stops recursion; `in` takes a list of any length."""
LARGEST = 20_000
"""Values that are handed over for one message. Stops an agent from making decisions slow."""
_SMALLEST_INT, _LARGEST_INT = -(2**63), 2**63 - 1

RAISED = (ValueError, TypeError, RuntimeError, ArithmeticError, LookupError, AttributeError)
"""What the engine raises for a condition that has no answer."""


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A condition that may be run."""

    source: str
    program: cel.Program
    paths: tuple[Path, ...]
    """The facts it looks at, and the members as far as they are written out."""

    @property
    def facts(self) -> frozenset[str]:
        """The names of the facts."""
        return frozenset(path[0] for path in self.paths)


def compile_condition(source: str) -> Condition | tuple[str, ...]:
    """Return the condition, or all that is wrong with it."""
    tree = _read(source)
    if isinstance(tree, str):
        return (tree,)
    looks = check(tree)
    faults = [*looks.faults, *_pattern_faults(tree)]
    if faults:
        return tuple(dict.fromkeys(faults))
    try:
        program = cel.compile(source)
    except RAISED as error:
        return (f"the condition cannot be read: {str(error).splitlines()[0][:200]}",)
    # Two readers of one text: names that only the engine sees were never checked.
    if unseen := set(program.variables()) - {path[0] for path in looks.paths} - _bound(tree):
        return (f"the condition cannot be checked: {', '.join(sorted(unseen))}",)
    return Condition(source=source, program=program, paths=tuple(sorted(looks.paths)))


def _read(source: str) -> Node | str:
    """The tree of a condition, or why it is none that can be looked through."""
    if len(source) > LONGEST:
        return f"the condition has more than {LONGEST} characters"
    tree = parse(source)
    if isinstance(tree, SyntaxFault):
        return f"the condition cannot be read at character {tree.at + 1}: {tree.what}"
    if sum(1 for _ in _levels(tree)) > MOST_LEVELS:
        return f"the condition is more than {MOST_LEVELS} levels deep: too many members or operators in a row"
    return tree


def _walk(tree: Node) -> list[Node]:
    """Every node. Without recursion: how deep a tree is shows only afterwards."""
    return [node for level in _levels(tree) for node in level]


def _levels(tree: Node) -> Iterator[Sequence[Node]]:
    level: Sequence[Node] = (tree,)
    while level:
        yield level
        level = [part for node in level for part in _parts(node)]


def _parts(node: Node) -> Sequence[Node]:
    match node:
        case Member():
            return (node.of,)
        case Index():
            return (node.of, node.key)
        case Call():
            return (*((node.target,) if node.target is not None else ()), *node.arguments)
        case Items():
            return node.items
        case _:
            return ()


def _bound(tree: Node) -> set[str]:
    """The names that macros give to items."""
    calls = [node for node in _walk(tree) if isinstance(node, Call) and node.target is not None]
    return {getattr(call.arguments[0], "name", "") for call in calls if call.arguments}


def _pattern_faults(tree: Node) -> list[str]:
    faults: list[str] = []
    for node in _walk(tree):
        if isinstance(node, Call) and node.function == "matches" and isinstance(node.arguments[-1], Literal):
            try:
                cel.compile(f"''.matches({node.arguments[-1].source})").execute({})
            except RAISED:
                faults.append(f"{node.arguments[-1].source} is no pattern of RE2")
    return faults


class TooLargeError(ValueError):
    """There is more to look at than a decision may cost."""


def pruned(value: Json, paths: Sequence[Path], room: list[int]) -> Json:
    """Take from a value what the paths lead to, as the engine takes it. `room` counts down.

    Raises:
        ValueError: more than fits, or a number that the engine would round.
    """
    if not isinstance(value, Mapping) or () in paths:
        return _plain(value, room)
    below: dict[str, list[Path]] = {}
    for path in paths:
        below.setdefault(path[0], []).append(path[1:])
    return {name: pruned(value[name], rest, room) for name, rest in below.items() if name in value}


def _plain(value: Json, room: list[int]) -> Json:
    room[0] -= 1
    if room[0] < 0:
        raise TooLargeError(f"it would have to look at more than {LARGEST} values")
    if isinstance(value, bool | str | float) or value is None:
        return value
    if isinstance(value, int):
        if not _SMALLEST_INT <= value <= _LARGEST_INT:
            raise TooLargeError("a whole number is beyond 64 bits")
        return value
    if isinstance(value, Mapping):
        return {name: _plain(item, room) for name, item in value.items()}
    return [_plain(item, room) for item in value]
