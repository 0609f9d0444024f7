from firedoor.core.decide.sql.words import words


def test_a_block_is_divided_at_blanks_and_line_ends() -> None:
    assert words("""
        abs  lower
        upper
    """) == {"abs", "lower", "upper"}
