"""The folders of the core, as any listing shows them, are the path of a message."""

import tomllib

from tests.architecture.source import REPOSITORY, SOURCE

PATH = ["accept", "authenticate", "decide", "forward", "mask", "record", "reply"]
SCRIPTS = [
    "exchange", "holding", "permitted", "relay", "tasks", "replayed", "call", "pinned", "kept_back", "sight",
    "spared", "amend", "hold_commands | task_commands", "commands",
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
