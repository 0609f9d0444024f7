import pytest

from firedoor.core.mask.structure.escapes import unescaped
from tests.helpers.masks import masker


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("mail ada.nowak&#64;example.com today", "ada.nowak&#64;example.com"),
        ("mail ada.nowak&commat;example.com", "ada.nowak&commat;example.com"),
        ("mail ada.nowak&#x40;example.com", "ada.nowak&#x40;example.com"),
        ("c=4111%201111%201111%201111&x=1", "4111%201111%201111%201111"),
        ("a password%3DS3cr3t_X9 b", "S3cr3t_X9"),
        (r"log ada.nowak\u0040example.com end", r"ada.nowak\u0040example.com"),
        (r"log ada.nowak\x40example.com end", r"ada.nowak\x40example.com"),
        ("key \\u0041KIA" + "A1B2C3D4E5F6G7H8 end", "\\u0041KIA" + "A1B2C3D4E5F6G7H8"),
    ],
)
def test_a_value_is_found_though_characters_of_it_are_escaped(text: str, value: str) -> None:
    for found in (masker().text(text).found, masker().text(f'["x", {_quoted(text)}]').found):
        assert len(found) == 1
    one = masker().text(text).found[0]
    assert text[one.start : one.end] == value


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\") + '"'


@pytest.mark.parametrize("text", ["100% of 20%", "a & b &x; c", r"C:\users\x", "plain", "&#7x;", "%zz"])
def test_what_is_no_escape_is_none(text: str) -> None:
    assert unescaped(text) is None


def test_offsets_lead_back_to_the_text() -> None:
    text = "x%41&#66;y&#9;z"
    plain, place = unescaped(text) or ("", len)
    assert plain == "xABy&#9;z"
    assert [text[place(at) : place(at + 1)] for at in range(3)] == ["x", "%41", "&#66;"]
