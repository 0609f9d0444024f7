import pytest

from firedoor.core.mask.tokens.maker import TokenMaker, derived, normal, partial
from firedoor.edges.keys.mask_keys import AesSiv
from firedoor.model.mask import Action
from tests.helpers.masks import KEYS, TOKENS


@pytest.mark.promise("MASK-3")
def test_the_same_value_gives_the_same_token_within_a_key_and_another_with_another_key() -> None:
    other = TokenMaker((derived(b"o" * 32, 1, AesSiv), *KEYS))
    assert TOKENS.token("email", "ada@example.com") == TokenMaker(KEYS).token("email", "ada@example.com")
    assert TOKENS.token("email", "ada@example.com") != TOKENS.token("email", "bo@example.com")
    assert TOKENS.token("email", "x") != TOKENS.token("name", "x").replace("NAME", "EMAIL")
    assert other.token("email", "ada@example.com") != TOKENS.token("email", "ada@example.com")
    assert other.is_made_here(TOKENS.token("email", "ada@example.com"))


@pytest.mark.parametrize("action", [Action.TOKEN, Action.REVERSIBLE, Action.PARTIAL, Action.HASH])
def test_what_was_made_here_is_known_again(action: Action) -> None:
    assert TOKENS.is_made_here(TOKENS.made(action, "email", "ada.nowak@example.com"))


@pytest.mark.parametrize(
    "text", ["EMAIL_00000000000000", "ada@example.com", "PASSWORD_rabcdefghijklmnopqrstuvwxyz", "email:x"]
)
def test_what_only_looks_made_here_is_not(text: str) -> None:
    assert not TOKENS.is_made_here(text)


def test_a_reversible_token_opens_here_alone() -> None:
    token = TOKENS.made(Action.REVERSIBLE, "email", "ada@example.com")
    assert TOKENS.opened(token) == "ada@example.com"
    assert TOKENS.reversible(f"to {token}, please") == [(3, 3 + len(token), "email", "ada@example.com")]
    assert TokenMaker((derived(b"o" * 32, 0, AesSiv),)).opened(token) is None
    assert TOKENS.opened(token.replace("EMAIL", "PHONE")) is None
    assert TOKENS.opened("nothing") is None
    assert TOKENS.opened(token[:-1]) is None
    assert TOKENS.made(Action.DROP, "email", "x") == ""


def test_a_short_value_leaves_nothing_in_part() -> None:
    assert partial("4111 1111 1111 1111") == "••••1111"
    assert partial("1234567") == "••••"


@pytest.mark.promise("MASK-3")
def test_marks_are_of_values_and_not_of_how_they_are_written() -> None:
    assert TOKENS.mark("4111 1111 1111 1111") == TOKENS.mark("4111-1111-1111-1111")
    assert TOKENS.mark("Ada  Nowak") == TOKENS.mark("ada nowak ")
    assert TOKENS.mark("ada@example.com") in TOKENS.marks("ADA@example.com")
    assert normal("+44 (0)20 7946") == "440207946"


@pytest.mark.promise("MASK-3")
def test_of_a_newer_epoch_tokens_are_others_and_the_older_ones_are_still_known() -> None:
    own = TokenMaker(KEYS)
    before = own.token("email", "ada@example.com")
    sealed = own.made(Action.REVERSIBLE, "email", "ada@example.com")
    own.take((derived(b"o" * 32, 1, AesSiv), *KEYS))
    assert own.token("email", "ada@example.com") != before
    assert own.is_made_here(before)
    assert own.opened(sealed) == "ada@example.com"
    assert own.marks("ada@example.com")[1] == TOKENS.mark("ada@example.com")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("Ada  Nowak", "ada nowak"),
        ("4111-1111 1111.1111", "4111111111111111"),
        ("Żółw  7", "żółw 7"),
        ("٤١١ ١٢٣", "٤١١١٢٣"),
        ("Ślepa", "ślepa"),
        ("", ""),
        ("\udc80 x", "\udc80 x"),
    ],
)
def test_a_value_is_compared_without_case_and_without_what_stands_between_digits(
    value: str, plain: str
) -> None:
    assert normal(value) == plain
    assert TOKENS.mark(value) == TOKENS.mark(plain)
    assert TOKENS.is_made_here(TOKENS.token("name", value))
