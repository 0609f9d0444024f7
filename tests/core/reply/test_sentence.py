"""What people wrote ends before the next sentence begins."""

import pytest

from firedoor.core.reply.sentence import sentence


@pytest.mark.parametrize(
    ("text", "ended"), [("drill", "drill."), ("Stolen.", "Stolen."), ("Why? ", "Why? "), ("", ""), (" ", " ")]
)
def test_a_text_ends_once(text: str, ended: str) -> None:
    assert sentence(text) == ended
