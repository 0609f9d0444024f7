import pytest

from firedoor.core.decide.shell.bounds import LONGEST_TEXT, refused_character, refused_size
from firedoor.core.decide.shell.understand import understand_shell


@pytest.mark.parametrize(
    "sign",
    ["\r", "\x00", "\x1b", "\x7f", "\u00a0", "\u200b", "\u202e", "\u2028", "\u3000", "\ud800", "\ue000"],
)
def test_a_character_that_is_not_shown_as_it_is_read_is_refused(sign: str) -> None:
    assert f"U+{ord(sign):04X}" in (refused_character(f"ls{sign}x") or "")


@pytest.mark.parametrize("text", ["ls", "ls\n-l\tx", "grep 'café' x", "echo '日本語'"])
def test_letters_of_any_language_are_not(text: str) -> None:
    assert refused_character(text) is None


def test_a_text_is_bounded() -> None:
    assert refused_size("x" * LONGEST_TEXT) is None
    assert refused_size("x" * (LONGEST_TEXT + 1)) is not None


def test_a_value_that_doubles_does_not_grow_without_an_end() -> None:
    facts = understand_shell("a=xxxxxxxx;" + "a=$a$a;" * 1_500 + "ls $a")
    assert not facts.allowed
    assert any("longer than 4096" in reason for reason in facts.reasons)
    assert understand_shell("a=x;" + "a=$a$a;" * 10 + "ls $a").allowed
