"""One word per thing: words that say nothing, or have another word here, are no names (docs/glossary.md)."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source import SOURCE, every, name_of, python_files, tree

SAYS_NOTHING = {
    "service", "services", "manager", "managers", "helper", "helpers", "util", "utils", "common", "misc",
    "base", "data", "info", "processor", "processors",
}  # fmt: skip
HAS_ANOTHER_WORD = {"backend", "guardrail", "bot", "config"}
FORBIDDEN = SAYS_NOTHING | HAS_ANOTHER_WORD

# Names that are given by somebody else. It may only shrink.
EXEMPT: set[str] = set()


def words_of(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def names_in(file: Path, module: ast.Module) -> set[str]:
    """Modules and classes by any of their words, functions and methods by their whole name."""
    parts = (*file.relative_to(SOURCE).parts[:-1], file.stem)
    found = {part for part in parts if words_of(part) & FORBIDDEN}
    classes = {node.name for node in every(module, ast.ClassDef)}
    functions = {node.name for node in every(module, ast.FunctionDef)}
    functions |= {node.name for node in every(module, ast.AsyncFunctionDef)}
    found |= {name for name in classes if words_of(name) & FORBIDDEN}
    return found | {name for name in functions if name.strip("_") in FORBIDDEN}


def test_only_the_exempt_names_use_a_forbidden_word() -> None:
    found = {
        f"{name_of(file)}:{name}" for file in python_files(SOURCE) for name in names_in(file, tree(file))
    }
    assert found == EXEMPT


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("core/utils.py", ""),
        ("core/entry_helpers.py", ""),
        ("core/entry.py", "class TokenManager: ..."),
        ("core/entry.py", "class HTTPBackend: ..."),
        ("core/entry.py", "def _info(): ..."),
    ],
)
def test_a_name_with_a_forbidden_word_is_seen(file: str, code: str) -> None:
    assert names_in(SOURCE / file, ast.parse(code))


@pytest.mark.parametrize("code", ["class DatabaseUrl: ...", "def data_dir(): ...", "class Basement: ..."])
def test_a_name_that_only_contains_the_letters_is_not(code: str) -> None:
    assert not names_in(SOURCE / "core" / "entry.py", ast.parse(code))
