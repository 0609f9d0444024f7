"""The source tree as these tests read it: files and their syntax trees, each parsed once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY / "src" / "firedoor"
TESTS = REPOSITORY / "tests"


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def python_files(root: Path) -> list[Path]:
    return sorted(file for file in root.rglob("*.py") if "node_modules" not in file.parts)


def name_of(file: Path) -> str:
    """How the tests name a file: from the repository, with slashes."""
    return file.relative_to(REPOSITORY).as_posix()


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an expression, or nothing if it is something else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
