import pytest

from firedoor.core.mask.structure.field_names import (
    FIELD_WORDS,
    LIKELY_ADDRESS,
    LIKELY_NAME,
    POSTAL_CODE,
    SOMEBODY,
)
from firedoor.core.mask.structure.fields import (
    begins_with_given_name,
    field_kind,
    looks_like_name,
    squeezed,
    value_kind,
)
from firedoor.model.mask import Kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("email", Kind.EMAIL),
        ("customerEmail", Kind.EMAIL),
        ("E-Mail", Kind.EMAIL),
        ("contact_email_2", Kind.EMAIL),
        ("DATE_OF_BIRTH", Kind.BIRTH_DATE),
        ("geburtsdatum", Kind.BIRTH_DATE),
        ("Telefonnummer", Kind.PHONE),
        ("db_password", Kind.PASSWORD),
        ("POSTGRES_PASSWORD", Kind.PASSWORD),
        ("aws_secret_access_key", Kind.SECRET),
        ("GITHUB_TOKEN", Kind.SECRET),
        ("x-api-key", Kind.SECRET),
        ("DATABASE_URL", Kind.CONNECTION_STRING),
        ("name", LIKELY_NAME),
        ("address", LIKELY_ADDRESS),
        ("codice fiscale", Kind.NATIONAL_ID),
        ("gp_phone", Kind.PHONE),
        ("insurance_iban", Kind.IBAN),
        ("is_email", None),
        ("next_page_token", None),
        ("max_tokens", None),
        ("token_type", None),
        ("cache_key", None),
        ("password_hash", Kind.SECRET),
        ("user_password_md5", Kind.SECRET),
        ("user_pwd_bcrypt", Kind.SECRET),
        ("file_sha256", None),
        ("commit_digest", None),
        ("phone_like", None),
        ("password_policy", None),
        ("secret_name", None),
        ("key", None),
        ("id", None),
        ("", None),
        ("x" * 65, None),
    ],
)
def test_the_name_of_a_field_says_what_it_holds(name: str, kind: str | None) -> None:
    assert field_kind(name) == kind


@pytest.mark.parametrize(
    ("field", "value", "is_person", "kind"),
    [
        (LIKELY_NAME, "Ada Nowak", False, Kind.NAME),
        (LIKELY_NAME, "Zdenka Hruba", False, None),
        (LIKELY_NAME, "Zdenka Hruba", True, Kind.NAME),
        (LIKELY_NAME, "Payment Service", True, None),
        (LIKELY_NAME, "api-gateway", True, None),
        (LIKELY_ADDRESS, "12 High Street", False, Kind.ADDRESS),
        (LIKELY_ADDRESS, "10.0.0.1:8080", False, None),
        (Kind.PHONE, "soon", False, None),
        (Kind.PASSWORD, "${DB}", False, None),
        (Kind.CARD, "**** 1234", False, None),
        (Kind.CONNECTION_STRING, "https://example.com", False, None),
        (Kind.NAME, "ada", False, Kind.NAME),
        (Kind.IP_ADDRESS, "192.0.2.1", False, Kind.IP_ADDRESS),
        (Kind.MAC_ADDRESS, "00:00:5e:00:53:af", False, Kind.MAC_ADDRESS),
        (Kind.EMAIL, "a@b", False, Kind.EMAIL),
        (Kind.IBAN, "12345678", False, Kind.IBAN),
        (POSTAL_CODE, "LS1 4AP", False, Kind.ADDRESS),
        (POSTAL_CODE, "UNKNOWN", False, None),
    ],
)
def test_a_value_must_be_one_that_its_field_can_hold(
    field: str, value: str, is_person: bool, kind: str | None
) -> None:
    assert value_kind(field, value, is_about_a_person=is_person) == kind


def test_names_look_like_names() -> None:
    assert looks_like_name("Maria van der Berg")
    assert not looks_like_name("Rollout Completed: yes")
    assert begins_with_given_name("Anne-Marie Dupont")
    assert squeezed("Internal Note_2") == "internalnote2"


def test_every_word_is_one_that_a_name_of_a_field_can_be() -> None:
    assert all(word == word.lower() and word.isalnum() for word in FIELD_WORDS)


def test_a_given_name_alone_is_a_name_beside_what_is_personal() -> None:
    assert value_kind(LIKELY_NAME, "Mario", is_about_a_person=True) == Kind.NAME
    assert value_kind(LIKELY_NAME, "Mario", is_about_a_person=False) is None
    assert value_kind(LIKELY_NAME, "Checkout", is_about_a_person=True) is None


def test_who_does_something_is_a_person_unless_a_product_does_it() -> None:
    assert value_kind(SOMEBODY, "Radomír Vávra", is_about_a_person=False) == Kind.NAME
    assert value_kind(SOMEBODY, "Platform Team", is_about_a_person=False) is None
    assert value_kind(SOMEBODY, "Renovate Bot", is_about_a_person=False) is None
    assert value_kind(SOMEBODY, "Maria", is_about_a_person=False) is None
    assert value_kind(SOMEBODY, "Maria", is_about_a_person=True) == Kind.NAME
    assert field_kind("assignee") == SOMEBODY


def test_a_name_turned_around_looks_like_one() -> None:
    assert looks_like_name("O'Brien, Liam")
    assert looks_like_name("Curie,Marie")
