from base64 import b64encode

import pytest

from firedoor.model.mask import CREDENTIALS
from tests.helpers.masks import masker

PASSWORD = "Xy7!kPw2"


def credentials(text: str) -> list[str]:
    return [text[one.start : one.end] for one in masker().text(text).found if one.kind in CREDENTIALS]


@pytest.mark.parametrize(
    "text",
    [
        "docker login -u bot -p {} reg.example.com",
        "mongo -u admin -p {} --authenticationDatabase admin",
        "az login --service-principal -u app -p {} --tenant t",
        "sqlcmd -S srv -U sa -P {}",
        "smbclient //s/x -U dom/u%{}",
        "sqlplus scott/{}@orcl",
        r"net use Z: \\srv\x /user:dom\u {}",
        "snmpwalk -v2c -c {} host",
        "snmp-server community {} RW",
        "gpg --batch --passphrase {} -d x",
        "openssl rsa -passin pass:{} -in k",
        "echo '{}' | sudo -S ls",
        "SET PASSWORD FOR root = '{}'",
        'db.setPassword("{}")',
        "ConvertTo-SecureString '{}' -AsPlainText",
        '#define WIFI_PASS "{}"',
        '{{:db/password "{}"}}',
        "username admin password 7 {}",
        "password: >-\n  {}",
        "use user deploy and password {} to connect",
        "login with admin / {} (password)",
    ],
)
def test_a_password_given_to_a_program_is_found_for_what_stands_before_it(text: str) -> None:
    assert credentials(text.format(PASSWORD)) == [PASSWORD]


@pytest.mark.parametrize(
    "value",
    [
        "{SSHA}fdmkxwpGtyOO6RIKMcNJ+ApyLk1WqGrj",
        "*0DCDA2A23F11EE534B017219B9EF8B986D75F949",
        "SCRAM-SHA-256$4096:LWgcd0oCmjEcPq/HDC8JUw==$B9C65S5ohCmDA1vyG0tgxRxmglsMICdJn3OhlrFarRk="
        ":IuGZLU/qgX3wxKUilrtUKkUW8adHZzHuWTpfSInDxIk=",
    ],
)
def test_a_hash_of_a_password_is_found_as_directories_and_databases_write_it(value: str) -> None:
    assert credentials(f"app {value}") == [value]


def test_a_private_key_is_found_in_base64_and_a_certificate_is_not() -> None:
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
    kinds = {
        kind: b64encode(f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----".encode()).decode()
        for kind in ("PRIVATE " + "KEY", "CERTIFICATE")
    }
    assert credentials(f"x {kinds['PRIVATE ' + 'KEY']}") == [kinds["PRIVATE " + "KEY"]]
    assert credentials(f"x {kinds['CERTIFICATE']}") == []


def test_codes_that_let_one_in_are_found() -> None:
    assert credentials("backup codes: 8d3f-2k1p, k29d-0qpl") == ["8d3f-2k1p, k29d-0qpl"]
    words = "zebra apple table river stone cloud piano mango tiger lemon eagle ocean"
    assert credentials(f"seed phrase: {words}") == [words]


@pytest.mark.parametrize(
    "text",
    [
        "docker run -u 1000:1000 -p 1247:1465 nginx",
        "ssh -p 2222 app@host",
        "set password for the account to expire = never",
        "https://example.com/x?code=404&page=2",
        "password = os.environ['DB_PASSWORD']",
        "password = settings.db_password",
    ],
)
def test_what_only_looks_like_a_password_for_a_program_is_left(text: str) -> None:
    assert credentials(text) == []


@pytest.mark.parametrize("padding", ["", "=", "=="])
@pytest.mark.parametrize("length", range(48, 70))
def test_a_private_key_in_base64_is_found_wherever_it_is_cut_and_however_it_is_padded(
    length: int, padding: str
) -> None:
    head = b64encode(
        ("-----BEGIN PRIVATE " + "KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEF").encode()
    ).decode()
    value = head[:length] + padding
    assert credentials(f"x {value} y") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "Encryption key (hex): {}",
        "unseal key 2 (base64): {}",
        "Token (raw) = {}",
        "the API key (256-bit): '{}'",
    ],
)
def test_a_key_is_found_behind_the_form_in_which_it_is_written(text: str) -> None:
    value = "9f1c27d0b3" + "e84a56c1d2" + "7788aa10ff"
    assert credentials(text.format(value)) == [value]


@pytest.mark.parametrize("text", ["Public key (hex): {}", "monkey (hex): {}", "Digest (hex): {}"])
def test_what_is_public_is_not_found_behind_its_form(text: str) -> None:
    assert credentials(text.format("9f1c27d0b3" + "e84a56c1d2" + "7788aa10ff")) == []
