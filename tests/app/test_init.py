import json
from pathlib import Path

import pytest

from firedoor.app.init import initialise
from firedoor.app.settings.file import load
from firedoor.model.errors import SettingsError

CLAUDE = {
    "mcpServers": {
        "Git Hub": {
            "command": "npx",
            "args": ["-y", "@x/y", "--api-key", "argument-value", "--token=ghp_abcdefghijklmnop"],
            "env": {"GITHUB_TOKEN": "ghp_qrstuvwxyzabc", "PORT": "80", "FROM": "${SOMEWHERE}"},
        },
        "wiki": {"type": "http", "url": "https://w/mcp", "headers": {"Authorization": "Bearer header-value"}},
    }
}
CREDENTIALS = ("argument-value", "ghp_abcdefghijklmnop", "ghp_qrstuvwxyzabc", "header-value")
VSCODE = """{
  // what VS Code writes
  "inputs": [{"id": "api key", "type": "promptString", "password": true}],
  "servers": {"vs": {"type": "stdio", "command": "uvx", "args": ["a"], "env": {"K": "${input:api key}"},}},
}"""
CODEX = """
[mcp_servers.web]
url = "https://q/mcp"
bearer_token_env_var = "QT"
"""


def files(folder: Path) -> list[Path]:
    paths = [folder / ".mcp.json", folder / ".vscode" / "mcp.json", folder / ".codex" / "config.toml"]
    for path, text in zip(paths, (json.dumps(CLAUDE), VSCODE, CODEX), strict=True):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return paths


def test_upstreams_of_clients_are_imported_and_their_credentials_resolved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SOMEWHERE", "API_KEY", "QT"):
        monkeypatch.setenv(name, f"of-{name}")
    target = tmp_path / "firedoor.yaml"
    list(initialise(target, files(tmp_path)))
    github, wiki, vs, web = load(target).upstreams
    assert github.args == tuple(CLAUDE["mcpServers"]["Git Hub"]["args"])
    assert dict(github.env) == {"GITHUB_TOKEN": "ghp_qrstuvwxyzabc", "PORT": "80", "FROM": "of-SOMEWHERE"}
    assert wiki.headers == (("Authorization", "Bearer header-value"),)
    assert dict(vs.env) == {"K": "of-API_KEY"}
    assert web.headers == (("Authorization", "Bearer of-QT"),)


def test_no_credential_is_printed_or_written_in_clear(tmp_path: Path) -> None:
    sources = files(tmp_path)
    before = [source.read_bytes() for source in sources]
    printed = "\n".join(initialise(tmp_path / "firedoor.yaml", sources))
    kept = b"".join(f.read_bytes() for f in (tmp_path / "firedoor-data").rglob("*") if f.is_file())
    text = (tmp_path / "firedoor.yaml").read_text(encoding="utf-8")
    for credential in CREDENTIALS:
        assert credential not in printed
        assert credential not in text
        assert credential.encode() not in kept
    assert [source.read_bytes() for source in sources] == before


def test_a_settings_file_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "firedoor.yaml"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(SettingsError, match="already"):
        list(initialise(target, []))
    assert target.read_text(encoding="utf-8") == "mine"


def test_without_a_source_an_example_is_written_that_loads(tmp_path: Path) -> None:
    list(initialise(tmp_path / "firedoor.yaml", []))
    assert load(tmp_path / "firedoor.yaml").upstreams[0].upstream.name == "example"


def test_a_folder_is_searched_for_the_files_of_clients(tmp_path: Path) -> None:
    files(tmp_path)
    list(initialise(tmp_path / "out.yaml", [tmp_path]))
    text = (tmp_path / "out.yaml").read_text(encoding="utf-8")
    assert [name for name in ("git-hub:", "wiki:", "vs:", "web:") if name not in text] == []


@pytest.mark.parametrize("text", ["{", "{}", '{"mcpServers": {"a": {}}}'])
def test_a_file_that_names_no_upstream_is_refused_and_nothing_written(tmp_path: Path, text: str) -> None:
    source = tmp_path / "mcp.json"
    source.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"mcp\.json"):
        list(initialise(tmp_path / "firedoor.yaml", [source]))
    assert not (tmp_path / "firedoor.yaml").exists()


@pytest.mark.parametrize("switch", [{"disabled": True}, {"enabled": False}])
def test_what_a_client_has_switched_off_is_left_out_and_said(tmp_path: Path, switch) -> None:
    source = tmp_path / "mcp.json"
    blocks = {"on": {"command": "x", "disabled": False}, "off": {"url": "https://o/mcp", **switch}}
    source.write_text(json.dumps({"mcpServers": blocks}), encoding="utf-8")
    target = tmp_path / "firedoor.yaml"
    said = list(initialise(target, [source]))
    assert [entry.upstream.name for entry in load(target).upstreams] == ["on"]
    assert f"Left out off: it is switched off in {source}." in said


def test_a_server_of_a_known_database_is_guarded_and_that_is_said(tmp_path: Path) -> None:
    source = tmp_path / "mcp.json"
    servers = {"crm": {"command": "uvx", "args": ["mcp-server-sqlite", "--db-path", "crm.db"]}}
    source.write_text(json.dumps({"mcpServers": servers}))
    target = tmp_path / "firedoor.yaml"
    told = list(initialise(target, [source]))
    (crm,) = load(target).upstreams
    assert (crm.upstream.kind, crm.upstream.dialect) == ("sql", "sqlite")
    assert "  mcp-server-sqlite speaks SQL: its tools are guarded as kind: sql, dialect: sqlite." in told


def test_who_runs_commands_and_who_is_given_a_database_are_guarded_and_that_is_said(tmp_path: Path) -> None:
    source = tmp_path / "mcp.json"
    servers = {
        "shell": {"command": "uvx", "args": ["mcp-shell-server"]},
        "notes": {"command": "/srv/notes", "args": ["mysql://dana:hunter2@db/notes"]},
    }
    source.write_text(json.dumps({"mcpServers": servers}))
    target = tmp_path / "firedoor.yaml"
    told = list(initialise(target, [source]))
    shell, notes = load(target).upstreams
    assert (shell.upstream.kind, notes.upstream.kind, notes.upstream.dialect) == ("shell", "sql", "mysql")
    assert "  mcp-shell-server runs commands: its tools are guarded as kind: shell." in told
    assert (
        "  It is given the address of a database and speaks SQL: "
        "its tools are guarded as kind: sql, dialect: mysql."
    ) in told
    assert "hunter2" not in "\n".join(told)
