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
        "$ vault kv get -field=password secret/db\n{}\n",
        "$ kubectl get secret db -o jsonpath='{{.data.pw}}' | base64 -d\n{}\n$ exit",
        "$ printenv DB_PASSWORD\n{}",
        "$ cat /run/secrets/db_password\n{}",
        "$ az keyvault secret show --vault-name v --name n -o tsv\n'{}'",
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
        '127.0.0.1:6379> GET session:token:4412\n"{}"',
        "$ etcdctl get /prod/jwt_key\n/prod/jwt_key\n{}",
    ],
)
def test_a_key_that_is_told_is_found(text: str) -> None:
    assert credentials(text.format(KEY)) == [KEY]


def test_a_password_that_a_sentence_goes_on_behind_is_found() -> None:
    assert credentials("failed login with password bfVxxvgXwZx4 from 10.2.9.4") == ["bfVxxvgXwZx4"]


def test_codes_on_lines_of_their_own_are_found() -> None:
    codes = "eug20-kzfvm\njzzv1-xs885\nps1s5-iwwrh"
    assert credentials(f"Recovery codes for app:\n{codes}\n\nbye") == [codes]


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
        "Recovery codes\nDownload\nPrintout1\nSettings",
        "$ printenv LOG_LEVEL\nverbose2",
        "$ cat /run/secrets/README\nversion2",
        '127.0.0.1:6379> GET config:page\n"aB3dE6gH9jK2mN5pQ8sT1vW4"',
        "failed login with password authentication for user app",
        "set a new password hash-of-2024 here",
        "define('AUTH_METHOD', 'plain');",
        "build number is 482913, code 412",
        "secret = settings.SECRET_KEY",
        "=== RUN   TestLogin_WrongPassword\n=== RUN   TestToken_Expired",
    ],
)
def test_what_only_looks_told_is_left(text: str) -> None:
    assert credentials(text) == []
