"""A token is read out of a file or of standard input, and nothing else is taken for one."""

import subprocess
import sys
from pathlib import Path

import pytest

from firedoor.cli.token_file import own_token_in, token_in
from firedoor.model.errors import ClientError

TOKEN = "fd_" + "Az09_-x" * 6 + "Q"


def firedoor(*words: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-c", "from firedoor.cli import main; main()", *words]
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=60)


def test_a_token_is_read_without_the_blanks_around_it(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    assert token_in(file) == own_token_in(file) == TOKEN


@pytest.mark.parametrize("content", [b"\x00\xff\xfe", b"\xc3\x28", "Schlüssel".encode()])
def test_what_is_no_text_holds_no_token(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(ClientError, match="is not text") as caught:
        token_in(file)
    assert caught.value.code == "token_unreadable"


@pytest.mark.parametrize(
    "content", ["", " \n", "hunter2", f"Bearer {TOKEN}", f"{TOKEN}\n{TOKEN}", TOKEN[:-1], f"{TOKEN}x"]
)
def test_nothing_else_is_taken_for_a_token_and_what_it_is_is_not_repeated(
    tmp_path: Path, content: str
) -> None:
    file = tmp_path / "given"
    file.write_text(content)
    with pytest.raises(ClientError) as caught:
        own_token_in(file)
    assert caught.value.code == "token_unusable"
    assert "hunter2" not in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_a_file_that_is_missing_or_a_folder_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    for file in (tmp_path / "none", tmp_path):
        with pytest.raises(ClientError) as caught:
            token_in(file)
        assert caught.value.code == "token_unreadable"


def test_a_lock_is_made_on_a_token_from_standard_input_and_on_nothing_else(tmp_path: Path) -> None:
    settings = ("-c", str(tmp_path / "firedoor.yaml"))
    assert firedoor("init", *settings).returncode == 0
    words = ("lock", "create", "--token-file", "-", "--reason", "Stolen.", *settings)
    assert firedoor(*words, given=b"").returncode == 2
    assert firedoor(*words, given=b"\xff\x00").returncode == 2
    assert b"No locks." in firedoor("lock", "list", *settings).stdout
    made = firedoor(*words, given=f"{TOKEN}\n".encode())
    assert (made.returncode, b"is in force" in made.stdout) == (0, True)
