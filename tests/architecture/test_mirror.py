"""Each test file tests the source file of its name, in its place; no file of the pure floors lacks one."""

import ast
from pathlib import Path

from tests.architecture.source import SOURCE, TESTS, every, functions, name_of, python_files, tree

# Folders of tests that are about the whole and not about a file.
ABOUT_THE_WHOLE = {
    "architecture", "clients", "conformance", "contract", "docs", "helpers", "hostile", "journeys",
    "reference", "transcripts", "vectors",
}  # fmt: skip

MIRRORED = ("core", "engine", "operations")

# Source files that still lack their test file. It may only shrink.
UNTESTED: set[str] = set()


def test_every_test_file_has_its_source_file() -> None:
    orphans = []
    for test in TESTS.rglob("test_*.py"):
        place = test.relative_to(TESTS)
        module = SOURCE / place.parent / place.stem.removeprefix("test_")
        if place.parts[0] in ABOUT_THE_WHOLE:
            continue
        if not module.with_suffix(".py").exists() and not module.is_dir():
            orphans.append(name_of(test))
    assert orphans == []


def has_behaviour(file: Path) -> bool:
    """A file of types and constants alone has nothing that a test of its own could show."""
    abstract = {
        function
        for node in every(tree(file), ast.ClassDef)
        if any(ast.unparse(b).startswith("Protocol") for b in node.bases)
        for function in node.body
    }
    return any(function not in abstract for function in functions(file))


def test_only_the_exempt_files_of_the_pure_floors_lack_a_test_file() -> None:
    lacking = {
        name_of(file)
        for floor in MIRRORED
        for file in python_files(SOURCE / floor)
        if file.name != "__init__.py"
        and has_behaviour(file)
        and not (TESTS / file.relative_to(SOURCE)).with_name(f"test_{file.name}").exists()
    }
    assert lacking == UNTESTED
