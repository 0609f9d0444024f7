import json

from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.mask.structure.json_text import Edit, applied, in_literal, literals, parse, placed
from firedoor.core.mask.structure.leaves import leaves

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
    found = list(leaves(parsed))
    places = literals(document)
    assert len(found) == len(places)
    for leaf, place in zip(found, places, strict=True):
        assert json.loads(document[place.start : place.end]) == leaf.value


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
    assert placed(document, place)(3) == document.index(r"\u0031")
