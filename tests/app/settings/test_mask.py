from pathlib import Path

import pytest

from firedoor.app.settings.file import load
from firedoor.app.settings.resolved import Settings
from firedoor.model.errors import SettingsError
from firedoor.model.mask import Action, Kind

STRICT = """\
upstreams:
  crm: {command: x, mask: strict}
  wiki: {command: x}
  logs: {command: x, mask: off}
mask:
  profiles:
    strict:
      kinds: {email: reversible, ip_address: token, name: off}
      custom:
        - {kind: employee, pattern: "E-[0-9]{6}", sample: E-123456, fields: [staff_no], paths: ["$.a[*].b"]}
      reveal_to: [send_*]
"""


def loaded(folder: Path, text: str) -> Settings:
    file = folder / "firedoor.yaml"
    file.write_text(text)
    return load(file)


def test_without_a_word_about_it_every_upstream_is_masked(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "upstreams: {a: {command: x}}\n")
    assert settings.upstreams[0].upstream.mask == "on"
    assert [profile.name for profile in settings.masks] == ["on"]


@pytest.mark.parametrize(
    ("limits", "mebibytes"),
    [("", 16), ("limits: {answer_bytes: 1024}\n", 16), ("limits: {answer_bytes: 67108864}\n", 64)],
)
def test_no_text_is_withheld_for_its_length_that_an_answer_may_have(
    tmp_path: Path, limits: str, mebibytes: int
) -> None:
    settings = loaded(tmp_path, STRICT + limits)
    assert {profile.text_bytes for profile in settings.masks} == {mebibytes << 20}


def test_an_upstream_has_its_own_profile_the_default_or_none(tmp_path: Path) -> None:
    settings = loaded(tmp_path, STRICT)
    assert [entry.upstream.mask for entry in settings.upstreams] == ["strict", "on", ""]
    assert [entry.upstream.reveals for entry in settings.upstreams] == [True, False, False]


def test_a_profile_says_what_it_does_otherwise(tmp_path: Path) -> None:
    strict = next(profile for profile in loaded(tmp_path, STRICT).masks if profile.name == "strict")
    assert strict.action(Kind.EMAIL) is Action.REVERSIBLE
    assert strict.action(Kind.IP_ADDRESS) is Action.TOKEN
    assert strict.action(Kind.NAME) is Action.OFF
    assert strict.action(Kind.CARD) is Action.TOKEN
    assert strict.custom[0].kind == "employee"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("mask: {default: all}\nupstreams: {a: {command: x}}\n", 1, 'there is no profile "all"'),
        ("upstreams: {a: {command: x, mask: hard}}\n", 1, 'there is no profile "hard"'),
        (
            STRICT.replace("ip_address", "ip_addres"),
            8,
            'there is no kind "ip_addres"\n  Did you mean "ip_address"?',
        ),
        (STRICT.replace("sample: E-123456, ", ""), 10, '"pattern" and "sample" go together'),
        (STRICT.replace("reversible", "token"), 11, '"reveal_to" has no effect'),
        (STRICT.replace("kind: employee", "kind: email"), 10, '"email" is built in'),
        (STRICT.replace("kind: employee", "kind: Employee"), 10, '"Employee" is no kind: 2 to 32'),
        (
            "upstreams: {a: {command: x}}\nmask: {profiles: {p: {custom: [{kind: ab}]}}}\n",
            2,
            "looks for nothing",
        ),
        ("upstreams: {a: {command: x}}\nmask: {profiles: {off: {}}}\n", 2, '"off" cannot be the name'),
    ],
)
def test_what_would_have_no_effect_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, what: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        loaded(tmp_path, text)
    assert f"firedoor.yaml:{line}: " in str(caught.value)
    assert what in str(caught.value)
