import pytest

from firedoor.core.mask.structure.listed import listed
from tests.helpers.masks import masker

PASSWORD = "hunter2X"


def values(text: str) -> list[str]:
    return [text[one.start : one.end] for one in listed(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "ID  CONTACT             EMAIL           LAST LOGIN\n"
            "7   Xiomara Villalobos  x@carpat.ro     2026-11-20\n"
            "    Vasile Munteanu\n"
            "\n"
            "9   Tiberiu Munteanu    t@carpat.ro     2026-11-20",
            ["Xiomara Villalobos", "x@carpat.ro", "Vasile Munteanu"],
        ),
        ("ID  PHONE         STATE\n--  ------------  -----\n7   0341 5550177  open\r\n", ["0341 5550177"]),
        ("PASSWORD  USER\nhunter2X  app", ["hunter2X"]),
        ("USER      PASSWORD\r\napp       hunter2X\r\n", ["hunter2X"]),
        ("NAME    PASSWORD  ROLE\napp     hunter2Xz writer", ["hunter2Xz"]),
        ("NAME    PASSWORD  ROLE\napp     hunter2Xabcdef writer", ["hunter2Xabcdef writer"]),
        ("PASSWORD  PIN  PW\nhunter2Xabcdef 77bX", ["hunter2Xabcdef 77bX"]),
        ("VALUE     KEY             EMAIL\nhunter2X  REDIS_PASSWORD  a@b.org", ["hunter2X", "a@b.org"]),
        ("NAME    PASSWORD  ROLE\nlong-app-name hunter2X  writer", []),
        ("KEY             VALUE\nREDIS_PASSWORD  hunter2X\nFEATURE_X       on", ["hunter2X"]),
        ("VALUE     KEY\nhunter2X  REDIS_PASSWORD", ["hunter2X"]),
        ("NAME       SECRET       AGE\nshop-cert  shop-tls-7  12d", []),
        ("PASS   FAIL\n412    7", []),
        ("ADDRESS   NAME\n10.0.0.1  Edge Router", []),
        ("NAME  3RD PASSWORD\napp   hunter2X", []),
        ("CITY   STATE\nLeeds  open", []),
        ("PASSWORD\nhunter2X  x", []),
        ("  password of it\n  hunter2X", []),
    ],
)
def test_a_cell_is_what_the_title_above_it_says(text: str, found: list[str]) -> None:
    assert values(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('1) "user"\n2) "app"\n3) "password"\n4) "hunter2X"', ["hunter2X"]),
        (' 1) "contact"\r\n 2) "Xiomara Villalobos"\r\n 3) "iban"\r\n 4) "?"', ["Xiomara Villalobos"]),
        ('1) "contact"\n2) "Xiomara Villalobos"', []),
        ('2) "password"\n3) "hunter2X"', []),
        ('1) "password"\n2) "sessions"', []),
        ('1) "password"\n2) "user:1:name7"', []),
        ('1) "password"\n2) "dbPassword"', []),
        ('"headers": [["Host","x"], ["X-Password", "hunter2X"]]', ["hunter2X"]),
        ('["colour","hunter2X"]', []),
        ('["password","none"]', []),
    ],
)
def test_a_value_is_what_the_name_before_it_says(text: str, found: list[str]) -> None:
    assert values(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "KEY      VALUE\nDB_PIN   hunter2X",
        "USER      PASSWORD                      LAST SEEN\napp       hunter2X                      1d",
        'HGETALL u:1\n1) "pw"\n2) "hunter2X"',
        "<dl><dt>Password</dt><dd>hunter2X</dd></dl>",
    ],
)
def test_a_text_of_nothing_else_is_looked_at(text: str) -> None:
    assert PASSWORD not in masker().text(text).text
