import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.operations.indented import indented

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.lists(VALUES) | st.dictionaries(st.text(), VALUES))
def test_json_is_laid_out_as_the_standard_library_would(value: object) -> None:
    assert "\n".join(indented(json.dumps(value))) == json.dumps(value, indent=2)


@pytest.mark.parametrize(
    "text", ['{"a":1.0000000000000000001,"a":1e999,"b":"\\u001b"}', "[1,,2]", '{"a":"cut', "}]"]
)
def test_nothing_but_white_space_is_added_or_taken_away(text: str) -> None:
    assert re.sub(r"\s", "", "".join(indented(text))) == text


def test_what_does_not_begin_like_json_stays_as_it_is() -> None:
    assert list(indented("hello  {world}\nagain")) == ["hello  {world}", "again"]
    assert list(indented("")) == []


def test_too_many_ends_and_too_many_beginnings_are_survived() -> None:
    assert list(indented("{}}}")) == ["{}", "}", "}"]
    assert max(len(line) for line in indented("[" * 10_000)) < 200
