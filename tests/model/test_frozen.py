"""Nouns that every message needs are frozen by the type checker, and made for little."""

import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from firedoor.model.frozen import frozen

_ASSIGNS = """
from firedoor.model.reply import Reply
from firedoor.model.verdict import Effect, Verdict

def loosened(verdict: Verdict, reply: Reply) -> Reply:
    verdict.effect = Effect.ALLOW
    return Reply(status=reply.status, body=reply.body)
"""


@frozen(kw_only=True)
class _Noun:
    name: str
    about: tuple[int, ...] = ()


def test_the_type_checker_refuses_to_assign_to_a_field(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "src"
    (tmp_path / "assigns.py").write_text(_ASSIGNS)
    settings = {"include": ["assigns.py"], "extraPaths": [str(source)], "typeCheckingMode": "strict"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    checking = [sys.executable, "-m", "pyright", "--outputjson", "--project", str(tmp_path)]
    said = json.loads(subprocess.run(checking, capture_output=True, check=False).stdout)

    found = [each for each in said["generalDiagnostics"] if each["severity"] == "error"]

    assert [each["range"]["start"]["line"] for each in found] == [5]
    assert "read-only" in found[0]["message"]


def test_what_is_equal_is_equal_and_hashes_alike() -> None:
    assert _Noun(name="a", about=(1,)) == _Noun(name="a", about=(1,))
    assert hash(_Noun(name="a", about=(1,))) == hash(_Noun(name="a", about=(1,)))
    assert _Noun(name="a") != _Noun(name="b")


def test_it_takes_no_field_that_it_does_not_have() -> None:
    noun = _Noun(name="a")

    assert [each.name for each in fields(_Noun)] == ["name", "about"]
    with pytest.raises(AttributeError):
        setattr(noun, "other", 1)  # noqa: B010 - the type checker would refuse it too


def test_another_is_made_of_it_without_changing_it() -> None:
    noun = _Noun(name="a")

    assert replace(noun, name="b") == _Noun(name="b")
    assert noun == _Noun(name="a")
