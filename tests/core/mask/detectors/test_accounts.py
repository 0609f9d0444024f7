import pytest

from firedoor.model.mask import Kind
from tests.helpers.masks import masker


def accounts(text: str) -> list[str]:
    return [text[one.start : one.end] for one in masker().text(text).found if one.kind == Kind.BANK_ACCOUNT]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ABA routing 021000021 account 000123456789", ["021000021", "000123456789"]),
        ("Routing #: 021000021, Acct #: 4417123456", ["021000021", "4417123456"]),
        ("sort code 20-00-00 account number 55779911", ["20-00-00", "55779911"]),
        ("S/C: 40-47-84 A/C: 70872490", ["40-47-84", "70872490"]),
        ("BSB 062-000 Acc 12345678", ["062-000", "12345678"]),
        ("Kontonummer: 532013000 BLZ 37040044", ["532013000", "37040044"]),
        ("nr rachunku: 61 1090 1014 0000 0712 1981 2874", ["61 1090 1014 0000 0712 1981 2874"]),
        ("CLABE 032180000118359719", ["032180000118359719"]),
        ("numéro de compte : 00020012345", ["00020012345"]),
        ('{"routing_number":"021000021","account_number":"9876543210"}', ["021000021", "9876543210"]),
        ('{"sortCode":"601613","accountNumber":"31926819"}', ["601613", "31926819"]),
        ('{"bankAccount":{"sortCode":"601613"}}', ["601613"]),
        ("id;Kontonummer\n7;532013000\n", ["532013000"]),
    ],
)
def test_an_account_is_found_after_its_name_and_beside_its_bank(text: str, found: list[str]) -> None:
    assert accounts(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "routing 021000022 to node 7",  # no check digit
        "account created at 2024-01-02",
        "the routing table has 123456789 entries",
        '{"awsAccountNumber":"123456789012"}',
        '{"account_number":"2024-01-02"}',
        "on account of 12 errors",
    ],
)
def test_what_only_looks_like_an_account_is_left(text: str) -> None:
    assert accounts(text) == []


def test_what_is_an_iban_is_one_under_the_name_of_an_account_too() -> None:
    found = masker().text('{"bank_account":"DE89 3704 0044 0532 0130 00"}').found
    assert [one.kind for one in found] == [Kind.IBAN]
