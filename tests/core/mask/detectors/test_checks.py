import pytest

from firedoor.core.mask.detectors import checks, rule


@pytest.mark.parametrize(
    "text", ["4111 1111 1111 1111", "3782-822463-10005", "5555555555554444", "6011111111111117"]
)
def test_cards_of_known_networks_with_their_digit_are_cards(text: str) -> None:
    assert checks.is_card(text)


@pytest.mark.parametrize(
    "text", ["4111 1111 1111 1112", "1763900000000000", "0000 0000 0000 0000", "9111111111111111"]
)
def test_other_numbers_are_none(text: str) -> None:
    assert not checks.is_card(text)


def test_an_iban_has_its_two_digits() -> None:
    assert checks.is_iban("DE89 3704 0044 0532 0130 00")
    assert not checks.is_iban("DE88 3704 0044 0532 0130 00")
    assert not checks.is_iban("DE89")


@pytest.mark.parametrize(
    "text", ["${PASSWORD}", "<hidden>", "********", "null", "required", "[redacted]", "{{ x }}", " "]
)
def test_what_stands_for_a_value_is_no_password(text: str) -> None:
    assert not checks.is_password(text)


@pytest.mark.parametrize(
    "text", ["await", "define('DB_PASSWORD',", "define(", ");\nconst token = next[", "settings.SECRET_KEY"]
)
def test_code_around_a_value_is_no_password(text: str) -> None:
    assert not checks.is_password(text)


@pytest.mark.parametrize(
    "text", [");x9Kq2!a", "hunter.XYZ", "TestUser_Abc123", "define(x9Kq2)", "b.SECRET_K3Y"]
)
def test_what_only_begins_as_code_is_a_password(text: str) -> None:
    assert checks.is_password(text)


def test_what_names_a_secret_in_code_is_none() -> None:
    assert not checks.is_secret("settings.SECRET_KEY")
    assert checks.is_secret("settings.SECRET_K3Y")


@pytest.mark.parametrize("text", ["hunter22", "Xy7!kPw2", "correct-horse-battery"])
def test_what_people_type_is_a_password(text: str) -> None:
    assert checks.is_password(text)


@pytest.mark.parametrize(
    "text", ["db-credentials", "bearer", "my/secret/name", "aaaaaaaaaaaaaaaa", "short1", "two words 12345678"]
)
def test_names_and_words_are_no_secrets(text: str) -> None:
    assert not checks.is_secret(text)


def test_what_a_machine_made_is_a_secret() -> None:
    assert checks.is_secret("4cc4f255af6cd8873c63e3f3bdb57b8e")


@pytest.mark.parametrize(
    "text",
    ["1984-03-12", "12.03.1984", "03/12/1984", "12 March 1984", "12 de marzo de 1984", "March 12, 1984"],
)
def test_days_are_dates(text: str) -> None:
    assert checks.is_date(text)


@pytest.mark.parametrize("text", ["1984-13-40", "v1.2.3", "yesterday", "1984"])
def test_other_things_are_no_dates(text: str) -> None:
    assert not checks.is_date(text)


@pytest.mark.parametrize(
    ("text", "is_one"), [("078-05-1121", True), ("000-12-1234", False), ("666-12-1234", False)]
)
def test_only_areas_that_are_issued_are_social_security_numbers(text: str, is_one: bool) -> None:
    assert checks.is_ssn(text) is is_one


def test_telephone_numbers_have_a_length() -> None:
    assert checks.is_phone("(555) 234-5678 x12")
    assert not checks.is_phone("12345")
    assert checks.is_international_phone("+44 20 7946 0958")
    assert not checks.is_international_phone("+0123 45678")


def test_documents_and_numbers_have_digits() -> None:
    assert checks.is_document("C01X00T47")
    assert not checks.is_document("PASSPORT")
    assert checks.is_identifier("AB 12 34 56 C")
    assert not checks.is_identifier("AB-1")


def test_entropy_is_in_bits_per_character() -> None:
    assert checks.entropy("abab") == 1.0
    assert checks.entropy("abab" * 600) == 1.0
    assert checks.entropy("") == 0.0


def test_one_of_several_formats_is_enough() -> None:
    class Only:
        def __init__(self, text: str) -> None:
            self.text = text

        def is_valid(self, number: str) -> bool:
            return number == self.text

    assert checks.one_of(Only("a"), Only("b"))("b")
    assert not checks.one_of(Only("a"))("b")


def test_what_is_not_asked_for_more_is_confirmed() -> None:
    assert rule.anything("x")
    assert checks.digits_of("a1-2") == "12"
    assert checks.letters_and_digits("a1-2") == "a12"
    assert checks.has_luhn("79927398713")
    assert checks.is_placeholder("none")
    assert not checks.is_long_secret("a1B2c3D4e5")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("021000021", True),
        ("0210-0002-1", True),
        ("021000022", False),  # another check digit
        ("991000021", False),  # no such district
        ("02100002", False),
    ],
)
def test_a_routing_number_is_of_a_district_and_has_its_check_digit(text: str, is_one: bool) -> None:
    assert checks.is_routing_number(text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n", True),
        ("123e4567-e89b-12d3-a456-426614174000", False),  # the id of a thing
        ("aB3dE6gH9jK2", False),
        ("the-name-of-a-long-running-job-2", False),
    ],
)
def test_key_material_is_long_and_mixed_and_no_id_of_a_thing(text: str, is_one: bool) -> None:
    assert checks.is_key_material(text) is is_one
