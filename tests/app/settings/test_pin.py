"""What may change in a definition is said by name and member; what has no effect is refused with its line."""

from pathlib import Path

import pytest

from firedoor.app.settings.file import load
from firedoor.model.definition import PinMode, Unpinned
from firedoor.model.errors import SettingsError
from firedoor.model.upstream import Upstream

FILE = "upstreams:\n  wiki:\n    url: http://127.0.0.1:9/mcp\n"


def loaded(folder: Path, more: str) -> Upstream:
    file = folder / "firedoor.yaml"
    file.write_text(FILE + more, encoding="utf-8")
    return load(file).upstreams[0].upstream


def test_the_first_definitions_are_accepted_unless_said(tmp_path: Path) -> None:
    upstream = loaded(tmp_path, "")
    assert (upstream.pin, upstream.unpinned) == (PinMode.ACCEPT_FIRST, ())


def test_what_is_said_is_understood(tmp_path: Path) -> None:
    more = '    pin: require\n    unpinned:\n      "get_*": [description, inputSchema.properties.*.default]\n'
    upstream = loaded(tmp_path, more)
    assert upstream.pin is PinMode.REQUIRE
    paths = (("description",), ("inputSchema", "properties", "*", "default"))
    assert upstream.unpinned == (Unpinned(names="get_*", paths=paths),)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("    pin: never\n", "accept-first"),
        ("    unpinned: {a: []}\n", 'firedoor.yaml:4: "a" leaves nothing out'),
        ('    unpinned: {"": [description]}\n', "the name of a tool is empty"),
        (
            "    unpinned:\n      a:\n        - x\n        - b..c\n",
            'firedoor.yaml:7: "b..c" is no way to a member',
        ),
        ('    unpinned: {a: [""]}\n', '"" is no way to a member'),
        ("    unpinned: {a: [name]}\n", '"name" would leave out the name'),
        ('    unpinned: {a: ["*"]}\n', '"*" would leave out the name'),
        ("    unpinned: [description]\n", "unpinned"),
    ],
)
def test_what_cannot_be_left_out_is_refused_with_its_line(tmp_path: Path, more: str, says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        loaded(tmp_path, more)
    assert says in str(refused.value)
