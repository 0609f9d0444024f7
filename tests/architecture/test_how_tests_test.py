"""Tests use no mock, patch nothing of ours, and do not wait by sleeping."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import TESTS, dotted, every, name_of, python_files, tree

MOCKS = {"mock", "unittest.mock", "pytest_mock", "flexmock", "doublex", "respx", "responses", "freezegun"}
PATCHES = {"setattr", "delattr", "setitem", "delitem"}

# Tests that sleep because the real thing they talk to does. It may only shrink.
MAY_SLEEP: set[str] = set()


def imported(module: ast.Module) -> Iterator[str]:
    for node in every(module, ast.Import):
        yield from (alias.name for alias in node.names)
    for node in every(module, ast.ImportFrom):
        if node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def our_modules(module: ast.Module) -> set[str]:
    """The names under which a test file knows modules of ours."""
    ours = set()
    for node in every(module, ast.Import):
        ours |= {a.asname or a.name.split(".")[0] for a in node.names if a.name.startswith("firedoor")}
    for node in every(module, ast.ImportFrom):
        if (node.module or "").startswith("firedoor"):
            ours |= {a.asname or a.name for a in node.names}
    return ours


def assigned(module: ast.Module) -> Iterator[str]:
    for node in every(module, ast.Assign, ast.AugAssign, ast.Delete):
        targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
        yield from (dotted(target) for target in targets if isinstance(target, ast.Attribute))


def faults(module: ast.Module) -> list[str]:
    found = [f"imports {name}" for name in imported(module) if name in MOCKS]
    for node in every(module, ast.Call):
        called = dotted(node.func)
        if called in {f"monkeypatch.{patch}" for patch in PATCHES} and not gives_input(node):
            found.append(f"{called} in line {node.lineno}")
    ours = our_modules(module)
    found += [f"assigns {name}" for name in assigned(module) if name.split(".")[0] in ours]
    return found


def gives_input(call: ast.Call) -> bool:
    """What a program reads is given to it, as `capsys` takes what it writes: nothing of ours is replaced."""
    given = [ast.unparse(argument) for argument in call.args[:2]]
    return given == ["sys", "'stdin'"]


def sleeps(module: ast.Module) -> list[int]:
    return [
        node.lineno
        for node in every(module, ast.Call)
        if (dotted(node.func) == "sleep" or dotted(node.func).endswith(".sleep"))
        and not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)
    ]


def test_no_test_mocks_or_patches() -> None:
    found = {name_of(file): faults(tree(file)) for file in python_files(TESTS)}
    assert {name: what for name, what in found.items() if what} == {}


def test_only_the_exempt_tests_sleep() -> None:
    tests = [file for file in python_files(TESTS) if file.name.startswith("test_")]
    found = {name_of(file) for file in tests if sleeps(tree(file))}
    assert found == MAY_SLEEP


@pytest.mark.parametrize(
    "code",
    [
        "from unittest import mock",
        "from unittest.mock import Mock",
        "def test(monkeypatch):\n    monkeypatch.setattr('firedoor.app.x', 1)",
        "import firedoor.app\nfiredoor.app.clock = None",
        "from firedoor import app\napp.clock = None",
        "from firedoor.app import Clock\nClock.now = None",
    ],
)
def test_a_patch_is_seen(code: str) -> None:
    assert faults(ast.parse(code))


def test_an_environment_variable_for_one_test_is_no_patch() -> None:
    assert not faults(ast.parse("def test(monkeypatch):\n    monkeypatch.setenv('A', 'b')\n    x.y = 1"))


def test_a_sleep_is_seen_and_giving_way_is_not_one() -> None:
    assert sleeps(ast.parse("time.sleep(1)\nawait anyio.sleep(delay)\nawait asyncio.sleep(0)")) == [1, 2]


def test_standard_input_for_one_test_is_no_patch_and_standard_output_is() -> None:
    assert not faults(ast.parse("monkeypatch.setattr(sys, 'stdin', given)"))
    assert faults(ast.parse("monkeypatch.setattr(sys, 'stdout', given)"))


def test_no_test_module_takes_anything_from_another() -> None:
    """What two of them need is a helper: a test that is moved or deleted takes nothing else with it."""
    taking = re.compile(
        r"^\s*from (tests(?:\.\w+)*\.test_\w+) import|^\s*import tests(?:\.\w+)*\.test_", re.MULTILINE
    )
    found = {
        f"{name_of(file)}: {taken[0].strip()}"
        for file in python_files(TESTS)
        for taken in taking.finditer(file.read_text(encoding="utf-8"))
    }
    assert found == set()
