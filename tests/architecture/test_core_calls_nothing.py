"""Model and core call no builtin that touches the world. Imports are held by import-linter, calls by this."""

import ast

from tests.architecture.source import SOURCE, dotted, every, name_of, python_files, tree

TOUCHES_THE_WORLD = {
    "open", "print", "input", "eval", "exec", "compile", "breakpoint", "__import__", "globals", "vars",
}  # fmt: skip
READS_A_CLOCK = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")


def calls_that_touch_the_world(module: ast.Module) -> list[str]:
    return [
        f"{node.lineno} {dotted(node.func)}"
        for node in every(module, ast.Call)
        if dotted(node.func) in TOUCHES_THE_WORLD or dotted(node.func).endswith(READS_A_CLOCK)
    ]


def test_model_and_core_call_no_builtin_that_touches_the_world() -> None:
    found = [
        f"{name_of(file)}:{call}"
        for floor in ("model", "core")
        for file in python_files(SOURCE / floor)
        for call in calls_that_touch_the_world(tree(file))
    ]
    assert found == []


def test_a_call_that_touches_the_world_is_seen() -> None:
    code = "def f():\n    open('x')\n    datetime.datetime.now()\n    pattern.compile('x')\n"
    assert calls_that_touch_the_world(ast.parse(code)) == ["2 open", "3 datetime.datetime.now"]
