from pathlib import Path

import pytest

from firedoor.model.errors import SettingsError
from firedoor.model.verdict import Demand, Effect
from tests.helpers.nouns import upstream
from tests.helpers.policy_files import load_policies

UPSTREAMS = [upstream("crm", kind="sql", dialect="postgres"), upstream("wiki")]
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
BEFORE = "sha256:08c8cad03b96ad59bde285feeec64487e56476ddc42126046a82f7852ce735ea"


def written(folder: Path, text: str, name: str = "rules.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def refused(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load_policies([written(folder, text)], UPSTREAMS)
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


def test_an_update_gives_rules_no_other_version(tmp_path: Path) -> None:
    # As it was before rules said anything of permits. Recordings name versions, and approvals keep to them.
    assert load_policies([written(tmp_path, RULES)]).version == BEFORE


@pytest.mark.parametrize("said", ["true", "false"])
def test_what_a_rule_says_of_permits_is_part_of_its_version(tmp_path: Path, said: str) -> None:
    plain = "rules: [{id: a, match: {tool: refund}, effect: hold}]"
    more = plain.replace("hold", f"hold, permits: {said}")
    assert (
        load_policies([written(tmp_path, plain)]).version != load_policies([written(tmp_path, more)]).version
    )


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


RULE = "rules:\n  - id: a\n    effect: deny\n"
HELD = "rules:\n  - id: a\n    effect: hold\n"
MISTAKES = {
    "rules:\n  - id: a\n    effect: dney\n": (3, '"effect" cannot be "dney"', '"deny"'),
    "rules:\n  - id: a\n    efect: deny\n": (3, 'unknown key "efect"', '"effect"'),
    "rules:\n  - id: A b\n    effect: deny\n": (2, "not an id", ""),
    RULE + "  - id: a\n    effect: deny\n": (4, "duplicate rule id", ":2"),
    RULE + "    id: b\n": (4, 'duplicate key "id"', "line 2"),
    "rulse: []\n": (1, 'unknown key "rulse"', '"rules"'),
    "rules: []\n": (1, "the file has no rule", "include"),
    RULE + "    approvers: {quorum: 2}\n": (4, '"approvers" has no effect', "Take it out"),
    RULE + "    permits: false\n": (4, '"permits" has no effect', "Take it out"),
    HELD + "    permits: perhaps\n": (4, '"permits"', ""),
    HELD + "    approvers: {quorum: 0}\n": (4, '"quorum"', ""),
    HELD + "    approvers: {group: []}\n": (4, '"group" is empty', ""),
    HELD + "    approvers: {within: soon}\n": (4, '"soon" is no length of time', "5m"),
    RULE + "    match: {tol: x}\n": (4, 'unknown key "tol"', '"tool"'),
    RULE + "    match: {tool: []}\n": (4, '"tool" is empty', ""),
    RULE + "    match: {tool: ''}\n": (4, "not a name or a pattern", ""),
    RULE + "    match: {tool: '[ab]'}\n": (4, "not a name or a pattern", "* and ?"),
    RULE + "    match: {tool: 7}\n": (4, "", ""),
    RULE + "    match: {upstream: crn}\n": (4, "'crn' matches no upstream", "crm"),
    RULE + "    match: {tool: a, resource: b}\n": (4, "it can never match", "two rules"),
    RULE + "    match:\n      tool: a\n      method: prompts/get\n": (6, "it can never match", "tools/call"),
    RULE + "    match: {method: tools/list}\n": (4, "is no method", "passes without a rule"),
    RULE + "    match: {method: tool/call}\n": (4, "is no method", "tools/call"),
    RULE + "    match: {network: 10.0.0.0.0}\n": (4, "is no network", "10.0.0.0/8"),
    RULE + "    match: {network: 10.0.0.1/8}\n": (4, "is no network", "host bits"),
    RULE + "    match:\n      time:\n        - {from: '25:00'}\n": (6, "no stretch of a week", ""),
    RULE + "    match:\n      time:\n        - {days: mun}\n": (6, "no stretch of a week", ""),
    RULE + "    when: ''\n": (4, '"when" is empty', ""),
    RULE + "    when: sql.efect == 'read'\n": (4, "'efect' is no member of sql", "effect"),
    RULE + "    when: sql.effect == 'raed'\n": (4, "'raed' is nothing that it can be", "read"),
    RULE + "    when: sgl.effect == 'read'\n": (4, "'sgl' is no fact", "sql"),
    RULE + "    when: args.a ==\n": (4, "cannot be read", ""),
    RULE + "    when: 'true'\n": (4, "looks at no fact", ""),
    RULE + "    when: time.hour\n": (4, "not yes or no", ""),
    RULE + "    match: {upstream: wiki}\n    when: sql.effect == 'read'\n": (
        5,
        "wiki is not `kind: sql",
        "",
    ),
    RULE + "    mask: pii\n": (4, '"mask" has no effect', ""),
    RULE + "    rows: 5\n": (4, '"rows" has no effect', ""),
    RULE.replace("deny", "allow") + "    mask: pii\n": (4, "nothing fulfils the mask 'pii'", ""),
    RULE.replace("deny", "allow") + "    drop: []\n": (4, '"drop" is empty', ""),
    RULE.replace("deny", "allow") + "    rate: {calls: 1, per: soon}\n": (4, "is no length of time", "1m"),
    RULE + "    tests:\n      - {args: {}, expect: none}\n": (5, "the rule says: deny", ""),
    RULE + "    when: args.a == 1\n    tests:\n      - {args: {a: 2}, expect: none}\n": (5, "ever fires", ""),
    RULE + "    when: args.a == 1\n    tests:\n      - {args: {}, expect: none}\n": (6, "not be decided", ""),
    "include:\n  - pack: nothing-such\n": (2, "there is no pack", "One of"),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    line, what, hint = MISTAKES[text]
    said = refused(tmp_path, text)
    assert f"rules.yaml:{line}: " in said
    assert what in said
    assert hint in said


def test_a_rule_that_never_decides_is_refused_with_the_one_that_shadows_it(tmp_path: Path) -> None:
    said = refused(
        tmp_path,
        "rules:\n"
        "  - id: reads\n    match: {upstream: crm, tool: read_users}\n    effect: allow\n"
        "  - id: closed\n    match: {tool: read_*}\n    effect: deny\n",
    )
    assert 'rules.yaml:2: rule "reads" never decides: rule "closed" at rules.yaml:5' in said


def test_a_rule_that_holds_may_name_its_approvers(tmp_path: Path) -> None:
    text = HELD + "    approvers: {quorum: 2, role: [approver, admin], group: dba, within: 5m}\n"
    (tmp_path / "a.yaml").write_text(text)
    [rule] = load_policies([tmp_path / "a.yaml"]).rules
    assert rule.demand == Demand(
        quorum=2,
        roles=frozenset({"approver", "admin"}),
        groups=frozenset({"dba"}),
        within_us=5 * 60 * 1_000_000,
    )
