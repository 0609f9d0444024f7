"""Every place where bytes leave for an upstream or a client asks the door, and nothing waits in between.

Read from the source: a send that is added without a look at the locks fails here, whatever other tests see.
What may go out without is named, with the reason.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import SOURCE, dotted, every, functions, name_of, python_files, tree

FOLDERS = [each for each in SOURCE.iterdir() if each.is_dir() and each.name != "edges"]
DOORS = {"passed", "is_open", "_pass", "_is_wanted"}
TO_AN_UPSTREAM = {"upstreams.send", "first_of"}
TO_A_CLIENT = {"client.reply", "client.deliver", "client.open_stream", "client.end_at_once"}

WITHOUT_A_DOOR = {
    "eras.py:first_of": "sends what its callers give it: they are looked at in its place",
    "closing.py:_say_goodbye": "tells an upstream that a locked session is over",
    "unwinding.py:speak": "the last word of one of a crowd that a lock ended",
    "run.py:_end_with": "the last word of an exchange, or what `_reply` has brought past the door",
    "failing.py:tell_failure": "says that the gateway itself failed, in its own words",
}
PORTS = {
    "firedoor.ports.upstreams": {"app/connect/session.py", "edges/outbound", "engine"},
    "firedoor.ports.client": {"engine"},
}
"""Who holds one: `edges/outbound` is the way to an upstream; `connect` has no upstream but a gateway."""


def is_sending(call: ast.Call) -> bool:
    words = dotted(call.func)
    return any(words == way or words.endswith(f".{way}") for way in TO_AN_UPSTREAM | TO_A_CLIENT)


def calls(function: ast.AST) -> Iterator[ast.Call]:
    yield from every(function, ast.Call)


def sends(file: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef, ast.Call]]:
    if not any(is_sending(call) for call in every(tree(file), ast.Call)):
        return
    for function in functions(file):
        for call in calls(function):
            if is_sending(call):
                yield f"{file.name}:{function.name}", function, call


def leaves_before(function: ast.AST, place: ast.AST) -> set[ast.AST]:
    """What lies in a branch that returns and is not the way to a place."""
    gone: set[ast.AST] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.If) and isinstance(node.body[-1], ast.Return | ast.Raise | ast.Continue):
            inside = {inner for each in node.body for inner in ast.walk(each)}
            gone |= set() if place in inside else inside
    return gone


def is_timeout(node: ast.AST) -> bool:
    """It sets an alarm, and waits for nothing."""
    items = node.items if isinstance(node, ast.AsyncWith) else []
    return bool(items) and all(
        isinstance(item.context_expr, ast.Call) and dotted(item.context_expr.func) == "asyncio.timeout"
        for item in items
    )


def at(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def asks_last(function: ast.FunctionDef | ast.AsyncFunctionDef, sending: ast.Call) -> bool:
    """Whether a door is asked before, and nothing that waits comes between it and the sending."""
    gone = leaves_before(function, sending)
    before = [node for node in ast.walk(function) if node not in gone and at(node) < at(sending)]
    doors = [
        at(node)
        for node in before
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in DOORS
    ]
    waits = [
        node
        for node in before
        if isinstance(node, ast.Await | ast.AsyncFor)
        or (isinstance(node, ast.AsyncWith) and not is_timeout(node))
    ]
    waits = [node for node in waits if sending not in ast.walk(node) or isinstance(node, ast.AsyncFor)]
    return bool(doors) and all(at(node) < max(doors) for node in waits)


def test_whatever_leaves_has_asked_the_door_last_but_what_is_named() -> None:
    found = {where: asks_last(function, call) for folder in FOLDERS for file in
             python_files(folder) for where, function, call in sends(file)}  # fmt: skip
    assert {where for where, has_asked in found.items() if not has_asked} == set(WITHOUT_A_DOOR)
    assert set(found) - set(WITHOUT_A_DOOR) == {
        "eras.py:_ask", "listing.py:_page", "mirrors.py:_page", "run.py:_answer_upstream", "run.py:_deliver",
        "run.py:_open_stream", "run.py:_reply", "run.py:_send",
    }  # fmt: skip


def holder_of(file: Path) -> str:
    """The file, or the package where each file may."""
    name = name_of(file).removeprefix("src/firedoor/")
    return next((package for package in ("edges/outbound", "engine") if name.startswith(f"{package}/")), name)


def test_nobody_else_holds_an_upstream_or_a_client() -> None:
    for port, known in PORTS.items():
        holders = {
            holder_of(file)
            for file in python_files(SOURCE)
            for node in every(tree(file), ast.ImportFrom)
            if node.module == port
        }
        assert holders == known, port


def of(source: str) -> tuple[ast.AsyncFunctionDef, ast.Call]:
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.AsyncFunctionDef)
    (sending,) = [call for call in calls(function) if is_sending(call)]
    return function, sending


def test_what_waits_between_the_door_and_the_sending_is_found() -> None:
    good = "async def send(self):\n await self._pass(r)\n await self.upstreams.send(f)"
    late = "async def send(self):\n await self._pass(r)\n await other()\n await self.upstreams.send(f)"
    none = "async def send(self):\n await self.upstreams.send(f)"
    aside = "async def send(self):\n await self._pass(r)\n if x:\n  return await y()\n await client.reply(f)"
    within = "async def send(self):\n await self._pass(r)\n if x:\n  await y()\n await client.reply(f)"
    told = [asks_last(*of(source)) for source in (good, late, none, aside, within)]
    assert told == [True, False, False, True, False]
