import base64

import pytest

from firedoor.core.decide.encoded import decoded

DROP = "DROP TABLE customers"


@pytest.mark.parametrize(
    "word",
    [
        "DROP%20TABLE%20customers",
        "DROP%2520TABLE%2520customers",
        base64.b64encode(DROP.encode()).decode(),
        base64.b64encode(DROP.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(b"SELECT 1; DROP TABLE x -- ?>?>").decode(),
        base64.b64encode(DROP.encode("utf-16-le")).decode(),
        DROP.encode().hex(),
        "0x" + DROP.encode().hex(),
        "\\x" + DROP.encode().hex(),
    ],
)
def test_a_word_that_is_another_text_is_undone(word: str) -> None:
    assert any(text.startswith(("DROP TABLE", "SELECT 1; DROP")) for text in decoded(word))


def test_a_uri_with_plus_signs_for_blanks_is_undone() -> None:
    assert decoded("db://x/q?sql=DROP+TABLE+customers") == ("db://x/q?sql=DROP TABLE customers",)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "customers",
        "2026-01-01",
        "a+b",
        "100%",
        "SELECT 1",
        "3f2b8c9d-1a2b-4c3d-8e4f-5a6b7c8d9e0f",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "AKIAIOSFODNN7EXAMPLE",
        "\u00e9" * 12,
    ],
)
def test_names_ids_hashes_and_texts_are_no_other_text(word: str) -> None:
    assert decoded(word) == ()
