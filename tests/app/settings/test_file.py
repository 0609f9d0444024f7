from pathlib import Path

import pytest

from firedoor.app.settings.file import load
from firedoor.app.settings.references import Reference
from firedoor.app.settings.resolved import Settings
from firedoor.model.errors import SettingsError
from firedoor.model.upstream import Transport
from firedoor.model.verdict import Effect

WHOLE = """\
listen: 127.0.0.1:8484
public_url: http://127.0.0.1:8484/
allowed_hosts: [gateway.example.com]
allowed_origins: ["https://app.example.com"]
data_dir: ./here
database: sqlite
upstreams:
  crm:
    command: uvx
    args: [mcp-server-sqlite, --db-path, crm.db]
    env: {CRM_KEY: "${secret:crm-key}"}
    kind: sql
    dialect: sqlite
  wiki:
    url: https://wiki.example.com/mcp
    default: allow
    sampling: allow
    headers: {Authorization: "Bearer ${env:WIKI_TOKEN}"}
policies: [policies/]
limits: {concurrent_calls_per_grant: 8}
"""
VALUES = {("secret", "crm-key"): "s3cret-one", ("env", "WIKI_TOKEN"): "s3cret-two"}


def resolve(reference: Reference, _data_dir: Path) -> str | None:
    return VALUES.get((reference.source, reference.name))


def loaded(folder: Path, text: str, **more: bool) -> Settings:
    file = folder / "firedoor.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file, resolve, **more)


def refused(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        loaded(folder, text)
    return str(caught.value).replace(str(folder) + "/", "")


def test_a_file_with_every_kind_of_key_is_understood(tmp_path: Path) -> None:
    settings = loaded(tmp_path, WHOLE)
    crm, wiki = settings.upstreams
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8484, "http://127.0.0.1:8484")
    assert settings.data_dir == tmp_path / "here"
    assert settings.policies == (tmp_path / "policies",)
    assert settings.limits.concurrent_calls_per_grant == 8
    assert (crm.upstream.transport, crm.command, crm.cwd) == (Transport.STDIO, "uvx", tmp_path)
    assert crm.env == (("CRM_KEY", "s3cret-one"),)
    assert crm.upstream.default is Effect.DENY
    assert wiki.headers == (("Authorization", "Bearer s3cret-two"),)
    assert (wiki.transport, wiki.upstream.default, wiki.upstream.may_sample) == ("auto", Effect.ALLOW, True)


def test_sampling_and_roots_are_denied_and_elicitation_allowed_unless_said(tmp_path: Path) -> None:
    upstream = loaded(tmp_path, "upstreams: {a: {command: x}}").upstreams[0].upstream
    assert (upstream.may_sample, upstream.may_list_roots, upstream.may_elicit) == (False, False, True)


@pytest.mark.promise("PATH-6")
def test_a_resolved_value_is_not_shown(tmp_path: Path) -> None:
    settings = loaded(tmp_path, WHOLE)
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in repr(settings.upstreams)


def test_a_resolved_value_is_not_in_the_error_about_it(tmp_path: Path) -> None:
    said = refused(tmp_path, 'upstreams:\n  a:\n    url: "${secret:crm-key}"\n')
    assert said.startswith("firedoor.yaml:3:")
    assert "s3cret" not in said


def test_a_looker_on_needs_no_credential_of_an_upstream(tmp_path: Path) -> None:
    text = 'upstreams: {a: {command: x, env: {K: "${env:NOWHERE}"}}}'
    settings = loaded(tmp_path, text, is_for_upstreams=False)
    assert settings.upstreams[0].env == (("K", "${env:NOWHERE}"),)


MISTAKES = {
    "listne: 127.0.0.1:1\nupstreams: {a: {command: x}}": (
        1,
        'unknown key "listne"',
        'Did you mean "listen"?',
    ),
    "upstreams:\n  a:\n    comand: x\n": (3, 'unknown key "comand"', 'Did you mean "command"?'),
    "upstreams:\n  a:\n    command: x\n    command: y\n": (4, 'duplicate key "command"', "line 3"),
    "upstreams:\n  a:\n    command: x\n    args: [1]\n": (4, "must be text", "quotes"),
    "upstreams:\n  a:\n    command: x\n    args: y\n": (4, '"args" must be a list, not text', ""),
    "upstreams:\n  a:\n    command: x\n    default: alow\n": (4, '"default" cannot be "alow"', '"allow"?'),
    "upstreams:\n  a:\n    command: x\n    default: no\n": (4, '"default" cannot be "no"', "allow, deny"),
    "upstreams:\n  a:\n    command: x\n    url: http://b\n": (4, 'both "command" and "url"', ""),
    "upstreams:\n  a:\n    default: deny\n": (2, "no way to it", ""),
    "upstreams:\n  a:\n    url: http://b\n    env: {A: b}\n": (4, '"env" has no effect', "Take it out"),
    "upstreams:\n  a:\n    command: x\n    headers: {A: b}\n": (4, '"headers" has no effect', ""),
    "upstreams:\n  a:\n    command: x\n    transport: sse\n": (4, '"transport" has no effect', ""),
    "upstreams:\n  a:\n    command: x\n    dialect: sqlite\n": (4, '"dialect" has no effect', ""),
    "upstreams:\n  a:\n    url: http://b\n    headers: {Mcp-Name: b}\n": (4, "has no effect", ""),
    'upstreams:\n  a:\n    url: http://b\n    headers: {"A b": b}\n': (4, "not the name of a header", ""),
    'upstreams:\n  a:\n    url: http://b\n    headers: {a: "b\\r\\nc: d"}\n': (4, "cannot be sent", ""),
    "upstreams:\n  a:\n    url: ftp://b\n": (3, "must begin with http://", ""),
    "upstreams:\n  A b:\n    command: x\n": (2, "cannot be the name of an upstream", "lower-case"),
    "upstreams: {}\n": (1, '"upstreams" is empty', ""),
    "listen: 127.0.0.1:1\n": (1, '"upstreams" is missing', ""),
    "upstreams: {a: {command: x}}\nlisten: '8484'\n": (2, "an address and a port", ""),
    "upstreams: {a: {command: x}}\nlisten: 0.0.0.0:1\n": (2, '"public_url" is needed', ""),
    "upstreams: {a: {command: x}}\npublic_url: http://a/b\n": (2, "must have no path", ""),
    "upstreams: {a: {command: x}}\nallowed_origins: [example.com]\n": (2, "not an origin", "https://"),
    "upstreams: {a: {command: x}}\nallowed_hosts: ['*.example.com']\n": (2, "not a host", ""),
    "upstreams: {a: {command: x}}\ndatabase: mysql://a\n": (
        2,
        "not one that Firedoor knows",
        "postgresql://",
    ),
    "upstreams: {a: {command: x}}\nmask: {default: all}\n": (
        2,
        'there is no profile "all"',
        "One of: off, on.",
    ),
    "upstreams: {a: {command: x}}\nidentity: {}\n": (2, '"identity" is not available yet', ""),
    "upstreams: {a: {command: x}}\nsinks: []\n": (2, '"sinks" is not available yet', ""),
    "upstreams: {a: {command: x}}\nlimits: {body_bytes: 1}\n": (2, "must be 1024 or more", ""),
    "upstreams: {a: &a {command: x}, b: *a}\n": (1, "anchors", ""),
    "upstreams: {a: !x {command: x}}\nlisten: !!python/name:os.system ''\n": (2, "tags", ""),
    "upstreams: {a: {command: x}\nlisten: 1\n": (2, "", ""),
    "": (1, "empty", ""),
    "- a\n": (1, "must be keys with values", ""),
    "1: a\n": (1, "a key must be text", ""),
    'upstreams: {a: {command: x}}\ndata_dir: "${env:HOME}"\n': (2, "takes no reference", ""),
    'upstreams:\n  a:\n    command: x\n    env: {A: "${env:NOPE}"}\n': (4, "NOPE is not set", ""),
    'upstreams:\n  a:\n    command: x\n    env: {A: "${secret:nope}"}\n': (4, 'no secret "nope"', ""),
    'upstreams:\n  a:\n    command: x\n    env: {A: "${NOPE}"}\n': (4, "not a reference", "${env:NAME}"),
    'upstreams:\n  a:\n    command: x\n    env: {A: "${env:NOPE"}\n': (4, "not a reference", ""),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    line, what, hint = MISTAKES[text]
    said = refused(tmp_path, text)
    assert said.startswith(f"firedoor.yaml:{line}: ")
    assert what in said
    assert hint in said


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    said = refused(tmp_path, "listne: a\nupstreams:\n  a:\n    comand: x\n    kind: sqll\n")
    assert [line.split(":")[1] for line in said.splitlines() if line.startswith("firedoor")] == [
        "1",
        "4",
        "5",
    ]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.yaml: cannot be read"):
        load(tmp_path / "nowhere.yaml", resolve)


def test_a_dollar_and_brace_can_be_written(tmp_path: Path) -> None:
    settings = loaded(tmp_path, 'upstreams: {a: {command: x, args: ["$${env:A}"]}}')
    assert settings.upstreams[0].args == ("${env:A}",)
