"""The entry `approvals` of the settings."""

import base64
from pathlib import Path

import pytest

from firedoor.app.settings.file import load
from firedoor.core.decide.patience import Patience
from firedoor.model.errors import SettingsError

SECRET = "whsec_" + base64.b64encode(b"k" * 24).decode()
USUAL = "upstreams: {crm: {url: http://127.0.0.1:1/mcp}}\n"


def loaded(folder: Path, text: str):
    (folder / "firedoor.yaml").write_text(USUAL + text)
    return load(folder / "firedoor.yaml").approvals


def test_without_it_clients_wait_and_nobody_is_told(tmp_path: Path) -> None:
    usual = loaded(tmp_path, "")
    assert (usual.wait_s, usual.webhooks, usual.slack) == (45, (), None)


def test_a_permit_is_live_for_an_hour_at_most_unless_they_say_otherwise(tmp_path: Path) -> None:
    usual = loaded(tmp_path, "").permits
    assert (usual.longest_us, usual.openers, usual.opens_denied) == (3_600_000_000, {"approver"}, False)
    text = "approvals:\n  permits: {longest: 2h}\n  break_glass: {roles: [admin], opens_denied: true}\n"
    found = loaded(tmp_path, text).permits
    assert (found.longest_us, found.openers, found.opens_denied) == (7_200_000_000, {"admin"}, True)


def test_a_client_that_waits_for_another_time_is_named(tmp_path: Path) -> None:
    assert loaded(tmp_path, "").clients == ()
    text = (
        "approvals:\n  clients:\n    - {name: Codex, silent: 2m}\n    - {name: mine, silent: 5s, shown: 9s}\n"
    )
    assert loaded(tmp_path, text).clients == (
        Patience(names=("codex",), silent_s=120, shown_s=120),
        Patience(names=("mine",), silent_s=5, shown_s=9),
    )


def test_who_is_told_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", SECRET)
    text = "approvals:\n  wait: 2m\n  webhooks: [{url: https://pager.test/x, secret: '${env:HOOK}'}]\n"
    found = loaded(tmp_path, text + "  slack: {url: https://hooks.test/y, signing_secret: s}\n")
    assert (found.wait_s, found.webhooks[0].secret) == (120, SECRET)
    assert found.slack is not None
    assert SECRET not in repr(found)
    assert "hooks.test" not in repr(found)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{wait: soon}", '"soon" is no length of time'),
        ("{clients: [{name: x, silent: soon}]}", '"soon" is no length of time up to half an hour'),
        ("{clients: [{name: x, silent: 1m, shown: 1h}]}", '"1h" is no length of time up to half an hour'),
        ("{clients: [{name: '', silent: 1m}]}", "every client is of this name"),
        ("{permits: {longest: soon}}", '"soon" is no length of time up to a day'),
        ("{permits: {longest: 2d}}", '"2d" is no length of time up to a day'),
        ("{break_glass: {roles: []}}", "nobody could open it"),
        ("{webhooks: [{url: https://x.test, secret: short}]}", "not a secret of a webhook"),
        (f"{{webhooks: [{{url: http://x.test, secret: {SECRET}}}]}}", "not an address that may be told"),
        ("{slack: {url: ftp://x.test, signing_secret: s}}", "not an address that may be told"),
        ("{slack: {url: https://x.test}}", "signing_secret"),
        ("{chat: x}", 'unknown key "chat"'),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(SettingsError, match=r"firedoor\.yaml:2") as caught:
        loaded(tmp_path, f"approvals: {text}\n")
    assert what in str(caught.value)


def test_a_webhook_on_this_machine_needs_no_tls(tmp_path: Path) -> None:
    text = f"approvals: {{webhooks: [{{url: 'http://127.0.0.1:9/x', secret: {SECRET}}}]}}\n"
    assert loaded(tmp_path, text).webhooks[0].url == "http://127.0.0.1:9/x"
