import io
import json
import subprocess
import sys

import pytest

from firedoor.cli.explain import GROUP, LONGEST_LINE, _again, _masks
from firedoor.edges.second_look.process import installed
from firedoor.model.errors import ClientError
from firedoor.operations.look_again import SecondLook
from tests.helpers.finders import Finds
from tests.helpers.masks import masker

PROGRAM = "import sys; from firedoor.cli import main; main(sys.argv[1:])"


def explained(given: str | bytes, *options: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "explain", *options],
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_each_json_string_gets_one_object_with_what_was_understood() -> None:
    texts = ["SELECT id\nFROM users", "DROP TABLE users", "SELECT wipe()", "\ud800"]
    done = explained("".join(json.dumps(t) + "\n" for t in texts), "sql", "--dialect", "pg", "--json")
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["effect"] for answer in answers] == ["read", "destructive", "unknown", "unknown"]
    assert answers[0]["tables"] == ["users"]
    assert answers[0]["dialect"] == "postgres"
    assert all(answer["reasons"] for answer in answers)
    assert done.stderr == ""


def test_plain_lines_get_plain_lines_and_empty_ones_none() -> None:
    done = explained(b"SELECT 1\n\nDELETE FROM t\nSELECT '\xff'\n", "sql", "--dialect", "mysql")
    assert done.returncode == 0
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["read", "destructive", "unknown"]


@pytest.mark.parametrize(
    "line",
    [
        b"SELECT 1",
        b"{}",
        b'"open',
        b"1",
        b"null",
        b"",
        b'["ls"]',
        b'"a" "b"',
        b"\xff",
        b'"\x00"',
        b"[" * 200_000,
    ],
    ids=repr,
)
@pytest.mark.parametrize(
    ("guard", "refusal"),
    [
        ("sql", {"effect": "unknown"}),
        ("shell", {"effect": "unknown", "allowed": False}),
        ("mask", {"masked": None, "findings": []}),
    ],
)
def test_a_line_that_is_no_json_string_is_answered_and_the_callers_mistake(
    line: bytes, guard: str, refusal: dict[str, object], monkeypatch, capsys
) -> None:
    given = io.TextIOWrapper(io.BytesIO(b'"ls"\n' + line + b'\n"ls"\n'))
    monkeypatch.setattr(sys, "stdin", given)
    with pytest.raises(ClientError, match="Line 2 of standard input is no JSON string"):
        GROUP[guard](as_json=True)
    answers = [json.loads(answer) for answer in capsys.readouterr().out.splitlines()]
    assert len(answers) == 3
    assert answers[0] == answers[2]
    assert answers[1] == {**refusal, "reasons": ["Line 2 of standard input is no JSON string."]}


def test_two_lines_that_are_no_json_strings_are_counted() -> None:
    done = explained('1\n"SELECT 1"\n2\n', "sql", "--json")
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 3
    assert "Line 1 of standard input is no JSON string, nor are 1 others." in done.stderr


@pytest.mark.parametrize("size", [LONGEST_LINE - 3, LONGEST_LINE - 2, LONGEST_LINE, 2 * LONGEST_LINE + 5])
def test_a_line_without_an_end_does_not_fill_the_memory(size: int, monkeypatch, capsys) -> None:
    given = io.TextIOWrapper(io.BytesIO(b'"' + b"a" * size + b'"\n"SELECT 1"'))
    monkeypatch.setattr(sys, "stdin", given)
    if size + 3 <= LONGEST_LINE:
        GROUP["sql"](as_json=True)
    else:
        with pytest.raises(ClientError, match="Line 1"):
            GROUP["sql"](as_json=True)
    answers = [json.loads(answer) for answer in capsys.readouterr().out.splitlines()]
    assert [answer["effect"] for answer in answers] == ["unknown", "read"]


def test_an_unknown_dialect_is_the_callers_mistake_and_the_known_ones_are_listed() -> None:
    done = explained("", "sql", "--dialect", "klingon")
    assert done.returncode == 2
    assert "klingon" in done.stderr
    assert "postgres, mysql, sqlite, tsql, oracle, bigquery, snowflake, clickhouse" in done.stderr


def test_an_answer_is_there_before_the_next_line_is_asked() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "explain", "sql", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        for text, effect in (("SELECT 1", "read"), ("DROP TABLE t", "destructive")):
            program.stdin.write(json.dumps(text) + "\n")
            program.stdin.flush()
            assert json.loads(program.stdout.readline())["effect"] == effect
        program.stdin.close()
        assert program.wait() == 0


def test_a_second_look_says_what_the_extras_see_in_what_the_masks_left() -> None:
    look = SecondLook([Finds("Rosalind|TOKEN_[0-9a-f]+")])
    text = "Rosalind and glpat-" + "uDDbZSzVpopOVrHX3t2O"
    masked = masker().text(text).text
    assert _again(look, masked) == [
        {
            "extra": "ner",
            "kind": "name",
            "start": 0,
            "end": 8,
            "rule": "R",
            "confidence": "0.97",
            "text": "Rosalind",
        }
    ]
    (unread,) = _again(look, "slow")
    assert unread["kind"] == "not looked through"


@pytest.mark.parametrize("as_json", [False, True])
def test_each_line_is_looked_at_twice(as_json: bool, monkeypatch, capsys) -> None:
    line = b'"Rosalind called"\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line)))
    assert _masks(SecondLook([Finds("Rosalind")]), as_json=as_json) == 0
    told = capsys.readouterr().out
    if as_json:
        answer = json.loads(told)
        assert answer["masked"] == "Rosalind called"
        assert answer["second_look"][0]["text"] == "Rosalind"
    else:
        assert told.splitlines()[1] == "  ner: name Rosalind 0.97"


@pytest.mark.skipif(installed() != (), reason="an extra is installed: there is nothing to refuse")
def test_a_second_look_without_an_extra_is_refused() -> None:
    done = explained("Rosalind called\n", "mask", "--second-look")
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'firedoor[ner]'" in done.stderr


@pytest.mark.skipif("ner" not in installed(), reason="firedoor[ner] is not installed: CI has it")
def test_a_second_look_with_the_model_sees_a_name_that_the_masks_left() -> None:
    text = "Ask Jamal before you touch the load balancer."
    done = explained(json.dumps(text) + "\n", "mask", "--second-look", "--json")
    answer = json.loads(done.stdout)
    assert answer["masked"] == text
    assert [(one["extra"], one["kind"], one["text"]) for one in answer["second_look"]] == [
        ("ner", "name", "Jamal")
    ]
