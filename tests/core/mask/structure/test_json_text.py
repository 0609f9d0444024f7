import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.mask.structure.json_text import Edit, applied, escaped, in_literal, literals, parse, placed
from firedoor.core.mask.structure.leaves import flattened

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_every_leaf_has_its_literal(value, is_ascii: bool) -> None:
    document = json.dumps(value, ensure_ascii=is_ascii)
    try:
        parsed = parse(document.encode())
    except (ValueError, UnicodeEncodeError):
        return
    flat = flattened(parsed)
    places = literals(document)
    assert len(flat.values) == len(places)
    for one, (start, end) in zip(flat.values, places, strict=True):
        assert json.loads(document[start:end]) == one


@given(st.text(), st.integers(0, 20), st.integers(0, 20), st.text(max_size=5), st.booleans())
def test_an_edit_of_a_value_is_the_same_edit_of_its_literal(
    text: str, first: int, second: int, new: str, is_ascii: bool
) -> None:
    start, end = sorted((min(first, len(text)), min(second, len(text))))
    document = json.dumps([text], ensure_ascii=is_ascii)
    place = literals(document)[0]
    changed = applied(document, in_literal(document, place, [Edit(start, end, new)]))
    assert json.loads(changed) == [text[:start] + new + text[end:]]


def test_what_is_not_edited_keeps_its_bytes() -> None:
    document = r'{"a" : "x\/y\u0031 ada", "n":1.50 }'
    place = literals(document)[1]
    assert (
        applied(document, in_literal(document, place, [Edit(5, 8, "T")]))
        == r'{"a" : "x\/y\u0031 T", "n":1.50 }'
    )
    assert placed(document, place, [0, 3]) == [8, document.index(r"\u0031")]


@given(
    st.lists(st.sampled_from(["a", "\n", '"', "\\", "\u017c", "\U0001f600", " "]), max_size=30), st.booleans()
)
def test_each_character_of_a_value_has_its_place(pieces: list[str], is_ascii: bool) -> None:
    text = "".join(pieces)
    document = json.dumps({"x": text}, ensure_ascii=is_ascii)
    offsets = placed(document, literals(document)[1], range(len(text) + 1))
    written = [document[start:end] for start, end in pairwise(offsets)]
    assert [json.loads(f'"{one}"') for one in written] == list(text)


@pytest.mark.parametrize("text", ["EMAIL_1f", "a b", "\u00e9", 'q"', "\n", "\\", ""])
def test_what_is_escaped_reads_as_it_was(text: str) -> None:
    assert json.loads(f'"{escaped(text)}"') == text
