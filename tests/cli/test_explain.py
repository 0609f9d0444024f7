import json
import subprocess
import sys

import pytest

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


@pytest.mark.parametrize("line", ["SELECT 1", "{}", '"open', "1"])
def test_a_line_that_is_no_json_string_is_the_callers_mistake(line: str) -> None:
    done = explained(f'"SELECT 1"\n{line}\n', "sql", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["effect"] == "read"
    assert "Line 2 of standard input is no JSON string." in done.stderr


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
