"""One text has one encoding in a routing header."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.accept.routing_header import decoded, encoded

TEXT = st.text(st.characters(codec="utf-8"), min_size=1)


@given(TEXT)
def test_what_is_encoded_is_decoded_to_the_same_text(text: str) -> None:
    value = encoded(text)
    assert decoded(value) == text
    assert value.isascii()
    assert value.isprintable()


@pytest.mark.parametrize("text", ["add", "file:///a b", "=?x?="])
def test_visible_ascii_stands_for_itself(text: str) -> None:
    assert encoded(text) == text


@pytest.mark.parametrize("text", ["", " add", "add ", "é", "a\nb", "=?base64?YQ==?="])
def test_anything_else_is_written_in_base64(text: str) -> None:
    assert encoded(text) == f"=?base64?{base64.b64encode(text.encode()).decode()}?="


@pytest.mark.promise("PATH-3")
@pytest.mark.parametrize(
    "value",
    [
        "=?base64?YQ?=",
        "=?base64?YR==?=",
        "=?base64?Y Q==?=",
        "=?base64?YQ==\n?=",
        "=?base64?YQ===?=",
        "=?base64?_-==?=",
        "=?base64?gICA?=",
        "é",
        "a\tb",
        "\x7f",
    ],
)
def test_a_value_that_is_not_the_one_encoding_stands_for_nothing(value: str) -> None:
    assert decoded(value) is None


@pytest.mark.parametrize("value", ["=?BASE64?YQ==?=", "=?base64?YQ==", "YQ==?="])
def test_what_lacks_the_marks_stands_for_itself(value: str) -> None:
    assert decoded(value) == value
