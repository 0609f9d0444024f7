import pytest

from firedoor.core.decide.shell.secrets_named import (
    holds_credentials,
    may_match_credentials,
    may_spell_credentials,
    names_credentials,
)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/shadow",
        "/etc//./shadow",
        "/etc/x/../shadow",
        "~/.ssh/id_rsa",
        "/home/a/.aws/credentials",
        ".env",
        "app/.env.production",
        "/proc/1/environ",
        "certs/site.key",
        "/var/run/secrets/kubernetes.io/token",
    ],
)
def test_a_path_that_is_known_to_hold_credentials_is_seen(path: str) -> None:
    assert holds_credentials(path)


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "~/.ssh/id_rsa.pub", ".env.example", "src/key.py", "/var/log/auth.log"]
)
def test_another_path_is_not(path: str) -> None:
    assert not holds_credentials(path)


def test_a_pattern_that_could_stand_for_one_is_seen() -> None:
    assert may_match_credentials("/etc/shad*")
    assert not may_match_credentials("/var/log/*.log")


@pytest.mark.parametrize(
    "spelling",
    [".env*", "/etc/shadow*", "/etc/*", "/home/*/.env", "~/.ssh/id_rsa*", "id_r*", "/proc/*/environ"],
)
def test_a_word_that_is_open_in_places_may_spell_credentials(spelling: str) -> None:
    assert may_spell_credentials(spelling)


@pytest.mark.parametrize("spelling", ["", "*", "*/*", "./*", "/proc/*/status", "/var/log/*", "*.log", "a*"])
def test_a_word_of_which_little_is_written_is_any_file(spelling: str) -> None:
    assert not may_spell_credentials(spelling)


@pytest.mark.parametrize(
    "word", ["/etc/shadow", "-f/etc/shadow", "--file=/etc/shadow", "HEAD:.env", "abc123:.aws/credentials"]
)
def test_a_path_of_credentials_is_seen_where_it_stands_in_a_word(word: str) -> None:
    assert names_credentials(word)


@pytest.mark.parametrize(
    "word",
    ["-f", "HEAD:src/app.py", "http://localhost:8080/health", "a b:.env", "", "-mfix a/.env", "x=/a .env"],
)
def test_a_word_that_names_none_is_let_be(word: str) -> None:
    assert not names_credentials(word)
