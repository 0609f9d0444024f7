import pytest

from firedoor.model.mask import CREDENTIALS
from tests.helpers.masks import masker

PASSWORD = "Xy7!kPw2"
KEY = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF"


def credentials(text: str) -> list[str]:
    return [text[one.start : one.end] for one in masker().text(text).found if one.kind in CREDENTIALS]


@pytest.mark.parametrize(
    "text",
    [
        "rabbitmqctl add_user orders {}",
        "echo '{}' | docker login -u ci --password-stdin",
        'echo "app:{}" | chpasswd',
        "http -a app:{} GET https://x.example",
        "define( 'DB_PASSWORD', '{}' );",
        "$conf['smtp_password'] = '{}';",
        "ENV REDIS_AUTH {}\nEXPOSE 80",
        "crypto isakmp key {} address 192.0.2.1",
        "331 Password required for app\nPASS {}\n230 ok",
        'a1 LOGIN "app" "{}"',
        "Le mot de passe du compte admin est {}",
        "Пароль от стенда: {}",
        "Hasło do panelu od sklepu: {}",
        "The new admin password is now {} on all nodes",
        "creds are svc-vpn / {}, rotate after",
        "VPN credentials: svc-vpn / {}",
        "$ gcloud secrets versions access latest --secret=db\n{}",
        'resource "random_password" "db" {{\n  result = "{}"\n}}',
    ],
)
def test_a_password_that_is_told_is_found(text: str) -> None:
    assert credentials(text.format(PASSWORD)) == [PASSWORD]


@pytest.mark.parametrize(
    "text",
    [
        "define('AUTH_KEY', '{}');",
        'var signingKey = []byte("{}")',
        'let token = String::from("{}");',
        'proxy_set_header X-Internal-Key "{}";',
        'if ($http_x_hook_secret != "{}") {{ return 403; }}',
        "AUTH PLAIN {}",
        "Unseal Key 1: {}",
    ],
)
def test_a_key_that_is_told_is_found(text: str) -> None:
    assert credentials(text.format(KEY)) == [KEY]


@pytest.mark.parametrize(
    "text",
    ["Your verification code is 717742.", "PIN for the safe: 717742", "Sicherheitscode lautet: 717742"],
)
def test_a_code_that_was_sent_is_found(text: str) -> None:
    assert credentials(text) == ["717742"]


@pytest.mark.parametrize(
    "text",
    [
        "PASS tests/auth.test.js",
        "chpasswd < /root/new.txt",
        "ENV API_TOKEN $TOKEN",
        "echo done | tee log",
        "the password is now required",
        "credentials are secrets/prod-db1",
        "pin for node 14: 18172",
        "define('AUTH_METHOD', 'plain');",
        "build number is 482913, code 412",
        "secret = settings.SECRET_KEY",
        "=== RUN   TestLogin_WrongPassword\n=== RUN   TestToken_Expired",
    ],
)
def test_what_only_looks_told_is_left(text: str) -> None:
    assert credentials(text) == []
