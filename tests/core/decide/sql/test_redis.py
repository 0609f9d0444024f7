import pytest

from firedoor.core.decide.sql.reading import Reading
from firedoor.core.decide.sql.redis import read
from firedoor.model.sql import SqlEffect


def reading(text: str) -> Reading:
    made = Reading()
    read(text, made)
    return made


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ('["get", "k"]', SqlEffect.READ),
        ("ZRANGE z 0 -1", SqlEffect.READ),
        ("GET 'a key'", SqlEffect.READ),
        ('["ZRANGE", "z", 0, -1]', SqlEffect.READ),
        ("CONFIG GET maxmemory", SqlEffect.READ),
        ("CONFIG SET a b", SqlEffect.DESTRUCTIVE),
        ("config", SqlEffect.DESTRUCTIVE),
        ("OBJECT FREQ k", SqlEffect.READ),
        ("OBJECT", SqlEffect.UNKNOWN),
        ("SET k v", SqlEffect.WRITE),
        ("flushall", SqlEffect.DESTRUCTIVE),
        ('"FLUSHALL"', SqlEffect.DESTRUCTIVE),
        ("KEYS *", SqlEffect.UNKNOWN),
        ("XREAD STREAMS s 0", SqlEffect.READ),
        ("XREAD BLOCK 0 STREAMS s 0", SqlEffect.UNKNOWN),
        ("GET a\nFLUSHALL", SqlEffect.UNKNOWN),
        ('["GET\\r\\nFLUSHALL"]', SqlEffect.UNKNOWN),
        ('[["GET", "a"]]', SqlEffect.UNKNOWN),
        ("[true]", SqlEffect.UNKNOWN),
        ("[", SqlEffect.UNKNOWN),
        ("GET 'a", SqlEffect.UNKNOWN),
        ('GET"a"', SqlEffect.UNKNOWN),
        ("\uff27ET a", SqlEffect.UNKNOWN),
        ('["\uff27ET", "a"]', SqlEffect.UNKNOWN),
    ],
)
def test_a_command_gets_its_effect(text: str, effect: SqlEffect) -> None:
    assert reading(text).effect is effect


def test_the_key_and_the_command_are_named() -> None:
    made = reading("HGET h f")
    assert made.tables == {"h"}
    assert made.statements == ["hget"]
    assert reading("CONFIG GET x").statements == ["config get"]


@pytest.mark.parametrize(
    "text",
    [
        '["GET", "a\\r\\nFLUSHALL"]',
        '["GET", "a\\\\r\\\\nFLUSHALL"]',
        'GET "a\\nFLUSHALL"',
        'GET "a\\x0aFLUSHALL"',
        "CONFIG GET requirepass",
        "CONFIG GET *",
        "CONFIG GET maxmemory mast?rauth",
        "CONFIG GET [^x]equirepass",
        '["CONFIG", "GET", "\\\\requirepass"]',
        "ACL GETUSER default",
        "ACL LIST",
    ],
)
def test_neither_a_second_line_nor_a_password_is_read(text: str) -> None:
    made = Reading()
    read(text, made)
    assert made.effect in {SqlEffect.UNKNOWN, SqlEffect.DESTRUCTIVE}
