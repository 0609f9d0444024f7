import pytest

from firedoor.core.mask.structure.folding import folded


@pytest.mark.parametrize("text", ["plain", "żółw 😀 日本"])
def test_a_plain_text_is_not_folded(text: str) -> None:
    assert folded(text) is None


def test_full_width_and_no_width_become_plain_and_offsets_lead_back() -> None:
    text = "x\u200b\uff14\uff11\u00a01\u20112\u2067z"
    found = folded(text)
    assert found is not None
    plain, place = found
    assert plain == "x41 1-2z"
    for offset, char in enumerate(plain):
        if char.isascii() and char.isalnum() and text[place(offset)].isascii():
            assert text[place(offset)] == char


def test_what_has_no_plain_form_is_a_blank() -> None:
    found = folded("a\u3000b")
    assert found is not None
    assert found[0] == "a b"
