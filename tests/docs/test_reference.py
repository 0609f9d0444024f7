"""The reference leaves nothing out, and names nothing that is not there."""

import re
from pathlib import Path

import pytest

from firedoor.app.policy import keys
from firedoor.app.policy.file import PACKS, pack_names
from firedoor.app.settings.approvals import (
    ApprovalKeys,
    BreakGlassKeys,
    ClientKeys,
    PermitKeys,
    SlackKeys,
    WebhookKeys,
)
from firedoor.app.settings.file import FileKeys, LimitKeys, UpstreamKeys
from firedoor.app.settings.mask import CustomKeys, MaskKeys, ProfileKeys
from firedoor.app.settings.record import RecordKeys, RetentionKeys
from firedoor.cli.commands import commands
from firedoor.core.decide.rules.schema import FACTS, FUNCTIONS, MACROS
from tests.helpers.nouns import upstream
from tests.helpers.policy_files import load_policies

DOCS = Path(__file__).parents[2] / "docs"
SETTINGS = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
POLICY = (DOCS / "reference" / "policy.md").read_text(encoding="utf-8")
COMMANDS = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("heading", "model"),
    [
        ("# Settings", FileKeys),
        ("## Upstreams", UpstreamKeys),
        ("## Limits", LimitKeys),
        ("## Mask", MaskKeys),
        ("### A profile", ProfileKeys),
        ("### A detector of your own", CustomKeys),
        ("## Record", RecordKeys),
        ("## Retention", RetentionKeys),
        ("## Approvals", ApprovalKeys),
        ("### A client", ClientKeys),
        ("### A webhook", WebhookKeys),
        ("### Slack", SlackKeys),
        ("### Permits", PermitKeys),
        ("### Break-glass", BreakGlassKeys),
    ],
)
def test_the_reference_has_every_setting_and_no_other(heading: str, model: type) -> None:
    section = re.split(r"^##?#? ", SETTINGS.split(heading, 1)[1], flags=re.MULTILINE)[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE) == list(model.model_fields)


def test_the_reference_has_every_command_and_no_other() -> None:
    app = commands()
    groups = {"policy", "tools", "token", "explain", "keys", "retention", "copies", "secret", "lock"}
    groups.add("permits")
    known = {name for name in app if not name.startswith("-")} - groups
    known |= {f"{group} {name}" for group in groups for name in app[group] if not name.startswith("-")}
    assert set(re.findall(r"^\| `firedoor ([a-z -]+)` \|", COMMANDS, re.MULTILINE)) == known


@pytest.mark.parametrize(
    ("heading", "model"),
    [
        ("## Rule", keys.RuleKeys),
        ("## Match", keys.MatchKeys),
        ("## Tests", keys.TestKeys),
        ("## Include", keys.IncludeKeys),
        ("## Tools", keys.ConfirmedKeys),
    ],
)
def test_the_policy_reference_has_every_key_and_no_other(heading: str, model: type) -> None:
    section = re.split(r"^## ", POLICY.split(f"\n{heading}\n", 1)[1], flags=re.MULTILINE)[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE) == list(model.model_fields)


def test_the_policy_reference_has_every_fact_and_no_other() -> None:
    known = set(FACTS) | {f"{n}.{m}" for n, fact in FACTS.items() for m in fact.members or ()}
    section = POLICY.split("\n## Facts\n", 1)[1].split("\n## Functions\n")[0]
    assert set(re.findall(r"^\| `([a-z_.]+)` \|", section, re.MULTILINE)) == known
    for name, fact in FACTS.items():
        (row,) = re.findall(rf"^\| `{name}` \| (.*) \|$", section, re.MULTILINE)
        assert set(fact.item.members or () if fact.item else ()) <= set(re.findall(r"`(\w+)` \(", row))
    functions = POLICY.split("\n## Functions\n", 1)[1].split("\n## ")[0]
    assert {*FUNCTIONS, *MACROS} <= set(re.findall(r"`(\w+)`", functions))


def test_every_pack_has_a_page_that_names_its_rules() -> None:
    pages = {
        page.stem: page.read_text(encoding="utf-8") for page in (DOCS / "reference" / "packs").glob("*.md")
    }
    assert set(pages) == {*pack_names(), "README"}
    for name in pack_names():
        assert f"[{name}]({name}.md)" in pages["README"]
        rules = re.findall(r"^  - id: (\S+)$", (PACKS / f"{name}.yaml").read_text(), re.MULTILINE)
        assert re.findall(rf"^\| `{name}\.([a-z-]+)` \|", pages[name], re.MULTILINE) == rules


def test_the_policy_of_the_how_to_can_be_loaded(tmp_path: Path) -> None:
    page = (DOCS / "howto" / "policy.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    file = tmp_path / "policy.yaml"
    file.write_text(next(block for block in blocks if block.startswith("rules:")), encoding="utf-8")
    assert len(load_policies([file], [upstream("wiki")]).rules) == 2
