"""The folders of the core, as any listing shows them, are the path of a message."""

import ast
import tomllib

from tests.architecture.source import REPOSITORY, SOURCE, every, name_of, python_files, tree

PATH = ["accept", "authenticate", "decide", "forward", "mask", "record", "reply"]
SCRIPTS = [
    "exchange", "holding", "permitted", "relay", "tasks", "replayed", "call", "pinned", "kept_back", "sight",
    "spared", "amend", "commands",
]  # fmt: skip
ARROWS = " → ".join(PATH)


def test_the_folders_of_the_core_in_the_order_of_a_listing_are_the_path() -> None:
    folders = sorted(p.name for p in (SOURCE / "core").iterdir() if (p / "__init__.py").exists())
    assert folders == PATH


def test_no_step_lies_outside_the_contract_that_keeps_steps_apart() -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    (path,) = [c for c in settings["tool"]["importlinter"]["contracts"] if c["id"] == "path"]
    assert path["layers"] == [*SCRIPTS, " | ".join(PATH)]
    assert path["exhaustive"] is True


def test_the_order_is_written_in_exchange_and_in_the_glossary() -> None:
    for page in (SOURCE / "core" / "exchange.py", REPOSITORY / "docs" / "glossary.md"):
        assert ARROWS in page.read_text(encoding="utf-8"), page.name


def commands_of(script: ast.AST) -> set[str]:
    """The commands whose classes stand there."""
    return {
        node.name
        for node in every(script, ast.ClassDef)
        if any(ast.unparse(each).startswith("Command[") for each in node.bases)
    }


def asked_in(script: ast.AST) -> set[str]:
    """The names of all that is made there."""
    return {ast.unparse(node.func) for node in every(script, ast.Call)}


def test_a_command_stands_in_the_script_that_alone_asks_it() -> None:
    scripts = {
        name_of(file).removeprefix("src/firedoor/core/"): tree(file) for file in python_files(SOURCE / "core")
    }
    stands = {command: name for name, script in scripts.items() for command in commands_of(script)}
    asked = {name: asked_in(script) for name, script in scripts.items()}
    for command, place in stands.items():
        asking = {name for name, made in asked.items() if command in made}
        alone = asking if len(asking) == 1 and not asking & {"exchange.py", "relay.py"} else {"commands.py"}
        assert {place} == alone, command
