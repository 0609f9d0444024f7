import pytest

from tests.helpers.masks import masker


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("psql postgresql://app:s3cretV@db/x ok", "psql CONNECTION_STRING_"),
        ("curl -H 'Authorization: Bearer aB3dE6gH9jK2mN5pQ8sT1vW4'", "Bearer SECRET_"),
        ("mysql --password=S3cr3tValue -h db", "--password=PASSWORD_"),
        ("The password is storedUp1", "is PASSWORD_"),
        ("sent shop_session=aB3dE6gH9jK2mN5pQ8sT1vW4", "shop_session=SECRET_"),
        ("AccountKey=aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n==;x", "CLOUD_KEY_"),
    ],
)
def test_a_credential_goes_and_what_is_around_it_stays(text: str, left: str) -> None:
    assert left in masker().text(text).text


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/a:b@c",
        "postgres://app@db/x",
        "postgres://app:${PW}@db/x",
        "token_type=bearer",
        "The password is stored in Vault",
        "The password is correct.",
    ],
)
def test_what_holds_no_credential_stays(text: str) -> None:
    assert masker().text(text).text == text
