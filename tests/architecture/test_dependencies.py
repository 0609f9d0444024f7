"""What is installed is what is locked, and what is imported is what is declared."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.architecture.source import REPOSITORY, SOURCE, every, name_of, python_files, tree

LOCK = tomllib.loads((REPOSITORY / "uv.lock").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYPI = "https://pypi.org/simple"
FILES_OF_PYPI = "https://files.pythonhosted.org/"


def name_in(requirement: str) -> str:
    return re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0].lower()


def test_every_locked_package_comes_from_the_public_registry_with_a_hash() -> None:
    for package in LOCK["package"]:
        if package["name"] == "firedoor":
            assert package["source"] == {"editable": "."}
            continue
        assert package["source"] == {"registry": PYPI}, package["name"]
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert files
        for file in files:
            assert file["url"].startswith(FILES_OF_PYPI)
            assert file["hash"].startswith("sha256:")


def test_the_lock_is_the_lock_of_this_project() -> None:
    (ours,) = [package for package in LOCK["package"] if package["name"] == "firedoor"]
    declared = [
        *PROJECT["dependencies"],
        *(r for extra in PROJECT["optional-dependencies"].values() for r in extra),
    ]
    assert {r["name"] for r in ours["metadata"]["requires-dist"]} == {name_in(r) for r in declared}
    assert ours["version"] == PROJECT["version"]


def test_the_source_imports_only_what_it_declares() -> None:
    """Something that only the tests install is missing on a user's machine."""
    declared = {name_in(r) for r in PROJECT["dependencies"]}
    declared |= {name_in(r) for extra in PROJECT["optional-dependencies"].values() for r in extra}
    owners = packages_distributions()
    undeclared = []
    for file in python_files(SOURCE):
        for node in every(tree(file), ast.Import, ast.ImportFrom):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for top in {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"firedoor"}:
                owned_by = {re.sub(r"[-_.]+", "-", d).lower() for d in owners.get(top, [])}
                if not owned_by & declared:
                    undeclared.append(f"{name_of(file)}: {top}")
    assert undeclared == []
