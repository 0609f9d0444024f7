"""Every promise is shown by a test, or deferred with a reason. None is silently absent."""

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from tests.architecture.source import TESTS, dotted, every, name_of, python_files, tree
from tests.requirements import NOT_YET_BOUND, PROMISES, Later, Promise

IDS = [promise.id for promise in PROMISES]


def marked(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The ids in every `pytest.mark.promise(...)` under this node, with their line."""
    for call in every(node, ast.Call):
        if dotted(call.func) == "pytest.mark.promise":
            for argument in call.args or [ast.Constant(value=None)]:
                known = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                yield call.lineno, argument.value if known else "?"


def bindings_in(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Promise id and test, for each test that carries the marker, itself or by its class or module."""
    everywhere = [
        identifier
        for node in module.body
        if isinstance(node, ast.Assign) and any(dotted(target) == "pytestmark" for target in node.targets)
        for _, identifier in marked(node.value)
    ]
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    for owner in (module, *classes):
        of_owner = [i for d in getattr(owner, "decorator_list", []) for _, i in marked(d)]
        for test in owner.body:
            if isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef) and test.name.startswith("test_"):
                own = [identifier for decorator in test.decorator_list for _, identifier in marked(decorator)]
                yield from ((identifier, test.name) for identifier in (*everywhere, *of_owner, *own))


@cache
def bindings() -> dict[str, list[str]]:
    """Promise id → node ids of the tests that show it."""
    found: dict[str, list[str]] = {}
    for file in python_files(TESTS):
        for identifier, test in bindings_in(tree(file)):
            found.setdefault(identifier, []).append(f"{name_of(file)}::{test}")
    return found


def test_ids_are_unique() -> None:
    assert len(IDS) == len(set(IDS))


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.id)
def test_a_promise_is_bound_to_a_test_or_deferred_with_a_reason(promise: Promise) -> None:
    if promise.id in NOT_YET_BOUND:
        pytest.skip("in work: listed in tests/requirements.py")
    if promise.later is not None:
        assert isinstance(promise.later, Later)
    if promise.is_due:
        assert bindings().get(promise.id), f"{promise.id} is due and no test carries its marker"


def test_what_is_in_work_is_due() -> None:
    assert {promise.id for promise in PROMISES if promise.is_due} >= NOT_YET_BOUND


def test_no_test_shows_a_promise_that_nobody_made() -> None:
    unknown = [
        f"{name_of(file)}:{line} {identifier}"
        for file in python_files(TESTS)
        for line, identifier in marked(tree(file))
        if identifier not in IDS
    ]
    assert unknown == []


def test_a_marker_is_found_on_a_test_its_class_and_its_module() -> None:
    module = ast.parse(
        "pytestmark = pytest.mark.promise('A-1')\n"
        "@pytest.mark.promise('B-1', 'B-2')\ndef test_one(): ...\n"
        "@pytest.mark.promise('C-1')\nclass TestMore:\n    def test_two(self): ...\n"
        "@pytest.mark.promise('D-1')\ndef not_a_test(): ...\n"
    )
    assert list(bindings_in(module)) == [
        ("A-1", "test_one"),
        ("B-1", "test_one"),
        ("B-2", "test_one"),
        ("A-1", "test_two"),
        ("C-1", "test_two"),
    ]


def test_a_marker_without_a_written_id_is_seen() -> None:
    assert list(marked(ast.parse("pytest.mark.promise()\npytest.mark.promise(NAME)"))) == [(1, "?"), (2, "?")]
