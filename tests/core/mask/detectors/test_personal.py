import pytest

from tests.helpers.masks import masker


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("mail <ada@example.com>, please", "email", "ada@example.com"),
        ("see ada%40example.com", "email", "ada%40example.com"),
        ("ring +49 (0)30 1234567 now", "phone", "+49 (0)30 1234567"),
        ("at (555) 234-5678", "phone", "(555) 234-5678"),
        ("call 555-234-5678 today", "phone", "555-234-5678"),
        ("au 06 12 34 56 78", "phone", "06 12 34 56 78"),
        ("paid 4111-1111-1111-1111", "card", "4111-1111-1111-1111"),
        ("to DE89 3704 0044 0532 0130 00 today", "iban", "DE89 3704 0044 0532 0130 00"),
        ("born on 12 March 1984 in York", "birth_date", "12 March 1984"),
        ("né le 12/03/1984", "birth_date", "12/03/1984"),
        ("as Maria van der Berg wrote", "name", "Maria van der Berg"),
        ("ask Mrs. Abernathy", "name", "Abernathy"),
        ("at 12 Old Market Street, Leeds LS1 4AP now", "address", "12 Old Market Street, Leeds LS1 4AP"),
        ("in der Hauptstraße 12, 10115 Berlin", "address", "Hauptstraße 12, 10115 Berlin"),
        ("au 14 rue de la République, 69002 Lyon", "address", "14 rue de la République, 69002 Lyon"),
        ("en Calle de Alcalá 45, 28014 Madrid", "address", "Calle de Alcalá 45, 28014 Madrid"),
    ],
)
def test_it_is_found_whole_and_nothing_else_is(text: str, kind: str, value: str) -> None:
    found = masker().text(text).found
    assert [(one.kind, text[one.start : one.end]) for one in found] == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T12:01:02Z",
        "v1.24.3",
        "order 5551234567",
        "batch 555-234-5678",
        "port 8443",
        "10.0.0.1:8080",
        "user@host",
        "Deployment Rollout Completed",
        "Payment Service Error",
        "1763900000000",
        "at 12 Monday",
    ],
)
def test_text_of_operations_is_left_alone(text: str) -> None:
    assert masker().text(text).found == ()
