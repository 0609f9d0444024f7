import socket
import sys
from pathlib import Path

from firedoor.app.doctor import Check, examine
from firedoor.app.inspect import open_store
from firedoor.app.keys import init_keys
from firedoor.model.definition import Definition, DefinitionKind
from tests.app.recorded import settings_in
from tests.helpers.program import free_port


def checks(folder: Path, text: str) -> dict[str, Check]:
    file = folder / "firedoor.yaml"
    file.write_text(text, encoding="utf-8")
    return {check.what: check for check in examine(file)}


def test_a_gateway_that_can_run_is_well(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as upstream:
        port = upstream.getsockname()[1]
        found = checks(
            tmp_path,
            f"upstreams:\n  a: {{command: {sys.executable}, default: allow}}\n"
            f"  b: {{url: 'http://127.0.0.1:{port}/mcp'}}\n",
        )
    assert {what for what, check in found.items() if not check.is_well} <= {"free space", "sqlite"}
    assert {"settings", "policies", "store and tokens", "keys", "upstream a", "upstream b"} <= set(found)


def test_settings_that_cannot_be_read_are_the_only_line(tmp_path: Path) -> None:
    found = checks(tmp_path, "upstreems: {}\n")
    assert [(check.what, check.is_well) for check in found.values()] == [("settings", False)]
    assert "\n" not in found["settings"].line


def test_what_is_wrong_and_what_to_do_are_sentences_of_their_own(tmp_path: Path) -> None:
    found = checks(tmp_path, "listn: 127.0.0.1:1\nupstreams: {a: {command: sh}}\n")["settings"].line
    assert found.endswith('firedoor.yaml:1: unknown key "listn". Did you mean "listen"?')


def test_locks_that_keep_a_gateway_from_starting_are_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("no folder")
    text = "upstreams: {a: {command: sh}}\n"
    assert checks(tmp_path, text)["locks"].found == "none in force"
    cannot = checks(tmp_path, f"{text}lock_dir: taken\n")["locks"]
    assert not cannot.is_well
    (tmp_path / "firedoor-data" / "locks.mark").write_text("7\n")
    missing = checks(tmp_path, text)["locks"]
    assert not missing.is_well
    assert "Locks are missing" in missing.found


def test_definitions_that_wait_to_be_accepted_are_counted(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    tool = Definition(kind=DefinitionKind.TOOL, name="add", hash="a" * 64, text="{}")
    with open_store(settings) as store:
        store.definitions.see("crm", [tool], 1)
        found = {check.what: check.found for check in examine(tmp_path / "firedoor.yaml")}
        assert found["definitions"] == "wait to be accepted: 1 of crm (firedoor tools diff crm)"
        store.definitions.accept("crm", [(tool.kind, tool.hash)], "dana", 2)
    found = {check.what: check.found for check in examine(tmp_path / "firedoor.yaml")}
    assert found["definitions"] == "none waits to be accepted"


def test_a_checkpoint_that_cannot_be_kept_elsewhere_is_named(tmp_path: Path) -> None:
    text = "upstreams: {a: {command: sh}}\nrecord: {checkpoint_copy: audit/checkpoint.txt}\n"
    assert not checks(tmp_path, text)["checkpoint copy"].is_well
    (tmp_path / "audit").mkdir()
    assert checks(tmp_path, text)["checkpoint copy"].is_well


def test_an_upstream_that_is_not_there_is_named(tmp_path: Path) -> None:
    port = free_port()
    found = checks(
        tmp_path,
        f"upstreams:\n  a: {{command: no-such-program-x}}\n  b: {{url: 'http://127.0.0.1:{port}/'}}\n"
        "  c: {command: sh, cwd: nowhere}\n",
    )
    assert [found[f"upstream {name}"].is_well for name in "abc"] == [False, False, False]


def test_a_policy_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    assert not checks(tmp_path, "upstreams: {a: {command: sh}}\npolicies: [nowhere]\n")["policies"].is_well


def test_a_data_directory_that_others_can_look_into_is_named(tmp_path: Path) -> None:
    (tmp_path / "firedoor-data").mkdir(mode=0o755)
    (tmp_path / "firedoor-data").chmod(0o755)
    found = checks(tmp_path, "upstreams: {a: {command: sh}}\n")
    assert not found["data directory"].is_well


def test_tokens_in_clear_to_other_machines_are_named(tmp_path: Path) -> None:
    text = (
        "listen: 0.0.0.0:8484\npublic_url: http://gateway.example.com:8484\nupstreams: {a: {command: sh}}\n"
    )
    assert not checks(tmp_path, text)["addresses"].is_well


def test_a_port_where_nobody_listens_is_named_unless_a_proxy_has_it(tmp_path: Path) -> None:
    rest = "listen: 127.0.0.1:8484\nupstreams: {a: {command: sh}}\n"
    assert not checks(tmp_path, f"public_url: http://localhost:9999\n{rest}")["addresses"].is_well
    assert checks(tmp_path, f"public_url: https://localhost:9999\n{rest}")["addresses"].is_well


def test_a_credential_is_not_shown(tmp_path: Path) -> None:
    text = "upstreams:\n  a: {command: no-such-x, args: [s3cret-a], env: {K: s3cret-b}}\n"
    text += "  b: {url: 'http://127.0.0.1:1/s3cret-c?key=s3cret-d'}\n"
    assert not [check.line for check in checks(tmp_path, text).values() if "s3cret" in check.line]


def test_keys_that_are_lost_with_one_identity_are_told(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.data_dir.mkdir(mode=0o700)
    told = next(check for check in examine(settings.path) if check.what == "keys")
    assert told.found == "local; lost with one key: view and raw. See: firedoor keys init --offline FILE"
    init_keys(settings, tmp_path / "offline.agekey")
    told = next(check for check in examine(settings.path) if check.what == "keys")
    assert told.found == "local, offline"
