import pytest

from firedoor.app.init_text import looks_secret


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("GITHUB_TOKEN", "x1"),
        ("api-key", "abc"),
        ("ANYTHING", "ghp_abcdefghijklmnop"),
        ("Authorization", "Bearer abc"),
        ("DSN", "a"),
        ("WHERE", "postgres://user:pass@host/name"),
        ("X", "q7Zp0Kd93mVxW81sLbTn"),
    ],
)
def test_what_looks_like_a_credential_is_seen(key: str, value: str) -> None:
    assert looks_secret(key, value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PORT", "8080"),
        ("TOKEN", "${env:TOKEN}"),
        ("TOKEN", ""),
        ("AUTH_ENABLED", "true"),
        ("HOME", "/home/somebody/with/a/long/path"),
        ("MODE", "production-with-logging"),
    ],
)
def test_what_does_not_is_left(key: str, value: str) -> None:
    assert not looks_secret(key, value)
