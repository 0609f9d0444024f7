from pathlib import Path

import pytest

from firedoor.app.policy_file import load_policies, matches
from firedoor.model.errors import SettingsError
from firedoor.model.verdict import Effect

RULES = """\
rules:
  - id: no-drops
    match: {upstream: crm, tool: [drop_*, delete]}
    effect: deny
    reason: Tables stay.
  - id: reads
    match: {upstream: [crm, wiki]}
    effect: allow
"""


def written(folder: Path, text: str, name: str = "rules.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def refused(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load_policies([written(folder, text)], ["crm"])
    return str(caught.value).replace(str(folder) + "/", "")


def test_rules_are_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, RULES)
    first, second = load_policies([file]).rules
    assert (first.id, first.effect, first.upstreams, first.tools) == (
        "no-drops", Effect.DENY, ("crm",), ("drop_*", "delete"),
    )  # fmt: skip
    assert first.reason == "Tables stay."
    assert first.source == f"{file}:2"
    assert (second.effect, second.upstreams, second.tools) == (Effect.ALLOW, ("crm", "wiki"), ())


@pytest.mark.promise("DEC-1")
def test_the_version_is_the_hash_of_what_the_rules_say(tmp_path: Path) -> None:
    version = load_policies([written(tmp_path, RULES)]).version
    other = tmp_path / "other"
    other.mkdir()
    assert version == load_policies([written(other, "# a comment\n" + RULES, "b.yml")]).version
    assert version != load_policies([written(other, RULES.replace("deny", "allow"))]).version
    assert len(version) == len("sha256:") + 64


def test_a_folder_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    written(tmp_path, RULES.replace("no-drops", "z").replace("reads", "y"), "2.yaml")
    written(tmp_path, RULES, "1.yml")
    written(tmp_path, "no policy", "readme.txt")
    assert [rule.id for rule in load_policies([tmp_path]).rules] == ["no-drops", "reads", "z", "y"]


def test_no_policy_at_all_has_a_version_too() -> None:
    assert load_policies([]).version.startswith("sha256:")


def test_the_same_id_in_two_files_is_refused(tmp_path: Path) -> None:
    first, second = written(tmp_path, RULES, "1.yaml"), written(tmp_path, RULES, "2.yaml")
    with pytest.raises(SettingsError, match=r"2\.yaml:2: duplicate rule id") as caught:
        load_policies([first, second])
    assert "1.yaml:2" in str(caught.value)


def test_a_folder_without_a_policy_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no policy file"):
        load_policies([tmp_path])
    with pytest.raises(SettingsError, match="no such policy"):
        load_policies([tmp_path / "x.yaml"])


MISTAKES = {
    "rules:\n  - id: a\n    effect: deny\n    when: x\n": (
        4,
        '"when" is not available yet',
        "policy language",
    ),
    "rules:\n  - id: a\n    effect: deny\n    tests: []\n": (4, '"tests" is not available yet', ""),
    "rules:\n  - id: a\n    effect: hold\n": (3, '"hold" is not available yet', ""),
    "rules:\n  - id: a\n    effect: dney\n": (3, '"effect" cannot be "dney"', '"deny"'),
    "rules:\n  - id: a\n    efect: deny\n": (3, 'unknown key "efect"', '"effect"'),
    "rules:\n  - id: a\n    effect: deny\n    match: {principal: x}\n": (
        4,
        '"principal" is not available',
        "",
    ),
    "rules:\n  - id: a\n    effect: deny\n    match: {tol: x}\n": (4, 'unknown key "tol"', '"tool"'),
    "rules:\n  - id: a\n    effect: deny\n    match: {tool: []}\n": (4, '"tool" is empty', ""),
    "rules:\n  - id: a\n    effect: deny\n    match: {tool: '[ab]'}\n": (
        4,
        "not a name or a pattern",
        "* and ?",
    ),
    "rules:\n  - id: a\n    effect: deny\n    match: {upstream: crn}\n": (4, "matches no upstream", "crm"),
    "rules:\n  - id: a\n    effect: deny\n    match: {tool: 7}\n": (4, "", ""),
    "rules:\n  - id: A b\n    effect: deny\n": (2, "not an id", ""),
    "rules:\n  - id: a\n    effect: deny\n  - id: a\n    effect: deny\n": (4, "duplicate rule id", ":2"),
    "rulse: []\n": (1, 'unknown key "rulse"', '"rules"'),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    line, what, hint = MISTAKES[text]
    said = refused(tmp_path, text)
    assert f"rules.yaml:{line}: " in said
    assert what in said
    assert hint in said


@pytest.mark.parametrize(
    ("pattern", "name", "is_about"),
    [("c*", "crm", True), ("cr?", "crm", True), ("c", "crm", False), ("c.m", "crm", False), ("*", "", True)],
)
def test_a_pattern_takes_stars_and_question_marks(pattern: str, name: str, is_about: bool) -> None:
    assert matches(pattern, name) is is_about
