"""Every code and reason that the source can give stands in the reference, and no other."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import REPOSITORY, SOURCE, python_files, tree

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

# Places whose codes the reference still lacks. It may only shrink.
UNEXPLAINED = {
    "app/admin_client.py", "app/locking.py", "app/policy_file.py",
    "cli/lock.py",
    "core/decide", "core/mask", "core/record", "edges/inbound/admin_socket.py",
    "edges/store/copies",
    "edges/store/locks.py",
    "operations/create_lock.py", "operations/lift_lock.py",
}  # fmt: skip


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


def slugs_of(node: ast.AST) -> Iterator[str]:
    """The codes that one piece of source names."""
    given: list[ast.expr] = []
    if isinstance(node, ast.Module):
        named = [found for found in node.body if isinstance(found, ast.Assign)]
        given = [found.value for found in named if getattr(found.targets[0], "id", "") == "CODE"]
    elif isinstance(node, ast.FunctionDef) and node.name == "_flaw":
        given = [found.value for found in ast.walk(node) if isinstance(found, ast.Return) and found.value]
    elif isinstance(node, ast.Call):
        given = given_in(node)
    for value in given:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and SLUG.fullmatch(value.value):
            yield value.value


GIVES = ERRORS | {"Refusal", "Told", "_refusal"}


def given() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for file in python_files(SOURCE):
        place = file.relative_to(SOURCE).as_posix()
        for node in ast.walk(tree(file)):
            for slug in slugs_of(node):
                found.setdefault(slug, set()).add(place)
    return found


def explained() -> set[str]:
    rows = re.findall(r"^\|((?: `[a-z0-9_]+`)+) \|", PAGE, flags=re.MULTILINE)
    return {slug for row in rows for slug in re.findall(r"`([a-z][a-z0-9_]*)`", row)}


def is_exempt(places: set[str]) -> bool:
    return all(any(p == e or p.startswith(e + "/") for e in UNEXPLAINED) for p in places)


def test_every_code_and_reason_is_explained() -> None:
    missing = {slug: places for slug, places in given().items() if slug not in explained()}
    assert {slug for slug, places in missing.items() if not is_exempt(places)} == set()


def test_nothing_is_explained_that_cannot_happen() -> None:
    assert explained() - set(given()) == set()


def test_every_code_of_our_own_for_clients_is_explained() -> None:
    own = {
        node.value.value
        for file in python_files(SOURCE / "core")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, int)
        and 4400 <= node.value.value < 4600
    }
    assert own == {int(code) for code in re.findall(r"^\| `(4\d{3})`", PAGE, flags=re.MULTILINE)}
    assert {4401, 4403, 4429, 4503} <= own


def test_the_reader_of_the_source_finds_what_it_must() -> None:
    assert {"draining", "token_expired", "bad_id", "upstream_gone", "policy_invalid"} <= set(given())
