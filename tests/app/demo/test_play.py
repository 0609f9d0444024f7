"""The demo is read in a terminal."""

import ast
from pathlib import Path

from firedoor.app.demo import play

LONGEST = 78
"""Of 80 columns: a mark and a blank stand before a heading."""


def test_each_heading_fits_one_line_of_a_terminal() -> None:
    folder = Path(play.__file__).parent
    calls = [
        node
        for file in folder.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "step"
    ]
    titles = [call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)]
    assert len(titles) == len(calls) >= 10
    assert [title for title in titles if len(title) > LONGEST] == []
