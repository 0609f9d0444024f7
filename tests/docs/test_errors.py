"""Every code and reason that the source can give stands in the reference, and no other."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.architecture.source import REPOSITORY, SOURCE, every, python_files, tree

PAGE = (REPOSITORY / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
ERRORS = {
    "ClientError",
    "UpstreamError",
    "RecordError",
    "SettingsError",
    "IntegrityError",
    "Failure",
    "Damage",
}
SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def name_of(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def given_in(call: ast.Call) -> list[ast.expr]:
    name = name_of(call)
    given = [k.value for k in call.keywords if k.arg in ("reason", "code") and name in GIVES]
    if name in ERRORS:
        given += call.args[:1]
    elif name in ("_refusal", "_refuse", "Notice"):
        given += call.args
    return given


def slugs_of(node: ast.AST, named: dict[str, str]) -> Iterator[str]:
    """The codes that one piece of source names; `named` are the texts that its module gives names."""
    given: list[ast.expr] = []
    if isinstance(node, ast.Module):
        assigned = [found for found in node.body if isinstance(found, ast.Assign)]
        given = [found.value for found in assigned if getattr(found.targets[0], "id", "") == "CODE"]
    elif isinstance(node, ast.FunctionDef) and node.name == "_flaw":
        given = [found.value for found in ast.walk(node) if isinstance(found, ast.Return) and found.value]
    elif isinstance(node, ast.Call):
        given = given_in(node)
    for value in given:
        for slug in texts_of(value, named):
            if SLUG.fullmatch(slug):
                yield slug


def texts_of(value: ast.expr, named: dict[str, str]) -> list[str]:
    """The texts that an expression can be, as far as it says so itself."""
    if isinstance(value, ast.IfExp):
        return [*texts_of(value.body, named), *texts_of(value.orelse, named)]
    if isinstance(value, ast.Name):
        return [named[value.id]] if value.id in named else []
    return [value.value] if isinstance(value, ast.Constant) and isinstance(value.value, str) else []


def named_in(module: ast.Module) -> dict[str, str]:
    return {
        found.targets[0].id: found.value.value
        for found in module.body
        if isinstance(found, ast.Assign)
        and isinstance(found.targets[0], ast.Name)
        and isinstance(found.value, ast.Constant)
        and isinstance(found.value.value, str)
    }


GIVES = ERRORS | {"Refusal", "Told", "_refusal"}


@cache
def given() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for file in python_files(SOURCE):
        place = file.relative_to(SOURCE).as_posix()
        module = tree(file)
        named = named_in(module)
        for node in every(module, ast.Module, ast.FunctionDef, ast.Call):
            for slug in slugs_of(node, named):
                found.setdefault(slug, set()).add(place)
    return found


def explained() -> set[str]:
    rows = re.findall(r"^\|((?: `[a-z0-9_]+`)+) \|", PAGE, flags=re.MULTILINE)
    return {slug for row in rows for slug in re.findall(r"`([a-z][a-z0-9_]*)`", row)}


def test_every_code_and_reason_is_explained() -> None:
    assert {slug: places for slug, places in given().items() if slug not in explained()} == {}


def test_nothing_is_explained_that_cannot_happen() -> None:
    assert explained() - set(given()) == set()


def test_every_code_of_our_own_for_clients_is_explained() -> None:
    own = {
        node.value.value
        for file in python_files(SOURCE)
        for node in every(tree(file), ast.Assign)
        if isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, int)
        and 4400 <= node.value.value < 4600
    }
    assert own == {int(code) for code in re.findall(r"^\| `(4\d{3})`", PAGE, flags=re.MULTILINE)}
    assert {4401, 4403, 4429, 4503} <= own


def test_the_reader_of_the_source_finds_what_it_must() -> None:
    assert {"draining", "token_expired", "bad_id", "upstream_gone", "policy_invalid"} <= set(given())
