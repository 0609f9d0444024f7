"""The same text read by tree-sitter-bash. Where the two readings differ, nothing is allowed.

Each parser has mistakes of its own; a disguise would have to fit both. Only compares; judges nothing.
"""

from collections.abc import Iterator

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from firedoor.core.decide.shell import syntax
from firedoor.core.decide.shell.syntax import Script, Unclear

Place = tuple[int, int]

_BASH = Language(tree_sitter_bash.language())
_OTHER_NODES = frozenset({"export", "declare", "typeset", "local", "readonly", "unset", "unsetenv", "["})
"""Words that tree-sitter gives nodes of their own."""
_REFUSED = frozenset({"function_definition", "case_statement", "c_style_for_statement"})


def agree(text: str, script: Script) -> None:
    """Compare the commands of both readings.

    Raises:
        Unclear: they differ, or the second parser finds a mistake.
    """
    encoded = text.encode("utf-8")
    root = Parser(_BASH).parse(encoded).root_node
    if root.has_error:
        raise Unclear("The second parser finds a mistake in it.")
    theirs: dict[Place, set[Place]] = {}
    others: set[Place] = set()
    for node in _nodes(root):
        if node.type in _REFUSED:
            raise Unclear(f"The second parser finds a {node.type.replace('_', ' ')} in it.")
        if node.type == "command":
            name = node.child_by_field_name("name")
            if name is None:
                continue
            places = (name, *node.children_by_field_name("argument"))
            theirs[(name.start_byte, name.end_byte)] = {(n.start_byte, n.end_byte) for n in places}
        elif node.type == "file_redirect":
            found = node.children_by_field_name("destination")
            others |= {(n.start_byte, n.end_byte) for n in found}
    _compare(dict(_commands(script, _Bytes(text))), theirs, others)


def _compare(ours: dict[Place, set[Place]], theirs: dict[Place, set[Place]], others: set[Place]) -> None:
    if ours.keys() != theirs.keys():
        raise Unclear("Two parsers find different commands in it.")
    for name, places in ours.items():
        if not (theirs[name] <= places <= theirs[name] | others):
            raise Unclear("Two parsers find different words in it.")


class _Bytes:
    """Places in code points → places in bytes."""

    def __init__(self, text: str) -> None:
        self._is_ascii = text.isascii()
        self._at: list[int] = [0]
        if not self._is_ascii:
            for character in text:
                self._at.append(self._at[-1] + len(character.encode("utf-8")))

    def of(self, word: syntax.Word) -> Place:
        if self._is_ascii:
            return word.start, word.end
        return self._at[word.start], self._at[word.end]


def _nodes(root: Node) -> Iterator[Node]:
    left = [root]
    while left:
        node = left.pop()
        yield node
        left.extend(node.children)


def _commands(script: Script, places: _Bytes) -> Iterator[tuple[Place, set[Place]]]:
    for chain in script.chains:
        for pipeline in chain.pipelines:
            for node in pipeline.nodes:
                yield from _commands_of(node, places)


def _commands_of(node: syntax.Node, places: _Bytes) -> Iterator[tuple[Place, set[Place]]]:
    words = list(words_of(node))
    if isinstance(node, syntax.Simple) and node.words and node.words[0].bare not in _OTHER_NODES:
        yield places.of(node.words[0]), {places.of(word) for word in node.words}
    for word in words:
        for part in word.parts:
            if part.script is not None:
                yield from _commands(part.script, places)
    if isinstance(node, syntax.For):
        yield from _commands(node.body, places)
    if isinstance(node, syntax.Block):
        for script in node.scripts:
            yield from _commands(script, places)


def words_of(node: syntax.Node) -> Iterator[syntax.Word]:
    """Every word of one node, not of the nodes below it."""
    if isinstance(node, syntax.Simple):
        yield from (assignment.value for assignment in node.assignments)
    if not isinstance(node, syntax.Block):
        yield from node.words
    yield from (redirect.target for redirect in node.redirects if redirect.target is not None)
