from pathlib import Path

import pytest

from firedoor.app.secrets import delete_secret, keep_secret, known_secrets
from firedoor.app.settings.file import load
from firedoor.model.errors import ClientError, SettingsError
from tests.app.recorded import acts, settings_in

USES = '  wiki: {url: "http://127.0.0.1:1/mcp", headers: {X-Key: "${secret:wiki-key}"}}\n'


def test_a_secret_that_is_kept_stands_where_the_settings_name_it(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, USES)
    keep_secret(settings, "wiki-key", "s3cret")
    keep_secret(settings, "other", "x")
    assert dict(load(settings.path).upstreams[1].headers) == {"X-Key": "s3cret"}
    assert known_secrets(settings) == [("other", False), ("wiki-key", True)]
    delete_secret(settings, "wiki-key")
    with pytest.raises(SettingsError, match="firedoor secret set wiki-key"):
        load(settings.path)


def test_each_change_of_a_secret_is_recorded_and_no_value_is(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    for value in ("s3cret", "s3cret-2"):
        keep_secret(settings, "a", value)
    delete_secret(settings, "a")
    recorded = acts(settings)
    assert recorded == [
        {"what": "secret_set", "name": "a", "new": True},
        {"what": "secret_set", "name": "a", "new": False},
        {"what": "secret_deleted", "name": "a"},
    ]
    assert b"s3cret" not in b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


@pytest.mark.parametrize(("name", "value"), [("../a", "x"), ("a", "x" * 70_000)])
def test_what_cannot_be_kept_is_refused_before_anything_is_recorded(
    tmp_path: Path, name: str, value: str
) -> None:
    settings = settings_in(tmp_path)
    with pytest.raises(SettingsError):
        keep_secret(settings, name, value)
    assert not (settings.data_dir / "journal").exists()


def test_a_secret_that_is_not_there_cannot_be_deleted(tmp_path: Path) -> None:
    with pytest.raises(ClientError) as caught:
        delete_secret(settings_in(tmp_path), "a")
    assert caught.value.code == "secret_unknown"
