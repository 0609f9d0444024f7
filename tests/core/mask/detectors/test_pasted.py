import json

import pytest

from tests.helpers.masks import masker


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$ curl -s -u admin:s3cretPass https://x/api", "s3cretPass"),
        ("curl --user 'admin:s3cretPass' https://x", "s3cretPass"),
        ("mysql -h db -u root -pHunter2Hunter2 shop", "Hunter2Hunter2"),
        ("redis-cli -h cache -a R3disPw! PING", "R3disPw!"),
        ("sshpass -p R3disPw! ssh x", "R3disPw!"),
        ("machine api.example.com login deploy password n3trc-Pa55", "n3trc-Pa55"),
        ("# x\ndb.internal:5432:shop:app:pgPass-887\n", "pgPass-887"),
        ("ALTER USER app WITH PASSWORD 'r0tat3d-Pw';", "r0tat3d-Pw"),
        ("CREATE USER 'app'@'%' IDENTIFIED BY 'Id3nt!fied';", "Id3nt!fied"),
        ("password for user app is 'Gr33n_Tea'", "Gr33n_Tea"),
        ("h=$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW", "$2b$12$EixZaYVK1fsbw1ZfbX3OXe"),
        ("root:$6$saltsalt$yW0hKVgWcTaqpAvJZ2JkP7n8m9Q:19000:0", "$6$saltsalt$yW0hKVgWcTaqpAvJZ2JkP7n8m9Q"),
        ("--api-key f3a9c1b7d5e2f8a4c6b0d9e1 --region eu", "f3a9c1b7d5e2f8a4c6b0d9e1"),
        ("https://b/x?a=1&X-Amz-Signature=" + "0f" * 32, "0f" * 32),
        ("SECRET_KEY = 'django-insecure-8(2%f$#xk&7^mz@q!w3e4r5t6y'", "django-insecure-8(2%f"),
        ("- name: DB_PASSWORD\n  value: c0rrect-horse\n", "c0rrect-horse"),
        ('<input name="password" type="text" value="f0rm-Pa55">', "f0rm-Pa55"),
    ],
)
def test_a_credential_is_found_where_people_paste_it(text: str, value: str) -> None:
    assert value not in masker().text(text).text


@pytest.mark.parametrize("spaces", [(",", ":"), (", ", ": ")])
def test_a_name_and_a_value_beside_each_other_are_a_field(spaces: tuple[str, str]) -> None:
    env = {
        "env": [{"name": "DB_PASSWORD", "value": "c0rrect-horse"}, {"name": "LOG_LEVEL", "value": "debug"}]
    }
    written = json.dumps(env, separators=spaces)
    for text in (written, json.dumps({"text": written}), f"container: {written} end"):
        masked = masker().text(text).text
        assert "c0rrect-horse" not in masked
        assert "debug" in masked


@pytest.mark.parametrize(
    "text",
    [
        "docker run -u 1000:1000 app",
        'curl -u "$USER:$PASS" https://x',
        "mysql -h db -P 3306 -u ro -p shop",
        "psql -p 5432 -U ro",
        'password authentication failed for user "app"',
        "CREATE USER app IDENTIFIED BY ''",
        '{"name": "MAX_TOKENS", "value": "4096"}',
        '{"name": "SECRET_NAME", "value": "db-credentials"}',
        '{"key": "Environment", "value": "production"}',
        "tool --token-file /run/x --key-id 12",
        "cost $5$ and $6$ more",
    ],
)
def test_what_is_none_stays(text: str) -> None:
    assert masker().text(text).text == text
