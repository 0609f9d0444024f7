"""The source tree as these tests read it: files and their syntax trees, each parsed once and walked once."""

import ast
import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY / "src" / "firedoor"
TESTS = REPOSITORY / "tests"


@cache
def _parsed() -> dict[Path, ast.Module]:
    """All of it at once, and put where the collector of garbage does not look.

    Looking through what is made here, after each 700 nodes of it, takes three times as long as making it.
    What is garbage already is collected before, so that nobody's warning about it is lost.
    """
    gc.collect()
    gc.disable()
    try:
        files = [*python_files(SOURCE), *python_files(TESTS)]
        return {file: ast.parse(file.read_text(encoding="utf-8"), filename=str(file)) for file in files}
    finally:
        gc.freeze()
        gc.enable()


def tree(file: Path) -> ast.Module:
    return _parsed()[file]


@cache
def _by_kind(top: ast.AST) -> dict[type[ast.AST], list[ast.AST]]:
    found: dict[type[ast.AST], list[ast.AST]] = {}
    for node in ast.walk(top):
        found.setdefault(type(node), []).append(node)
    return found


def every(top: ast.AST, *kinds: type[Node]) -> Iterator[Node]:
    """What is of these kinds in a piece of source: one kind after the other, each as `ast.walk` has it."""
    for kind in kinds:
        yield from (node for node in _by_kind(top).get(kind, ()) if isinstance(node, kind))


@cache
def python_files(root: Path) -> list[Path]:
    return sorted(file for file in root.rglob("*.py") if "node_modules" not in file.parts)


def name_of(file: Path) -> str:
    """How the tests name a file: from the repository, with slashes."""
    return file.relative_to(REPOSITORY).as_posix()


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from every(tree(file), ast.FunctionDef)
    yield from every(tree(file), ast.AsyncFunctionDef)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an expression, or nothing if it is something else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
