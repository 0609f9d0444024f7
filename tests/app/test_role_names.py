"""A role is known where something asks for it: every gateway, a rule, or the settings."""

from pathlib import Path

from firedoor.app.inspect import open_store
from firedoor.app.policy.in_force import draft_of, made_of
from firedoor.app.role_names import roles_that_count
from firedoor.app.settings.file import load
from firedoor.operations.create_token import ROLES

SETTINGS = """\
data_dir: ./data
upstreams:
  crm:
    command: cat
policies: [rules.yaml]
approvals:
  break_glass: {roles: [commander]}
"""
RULES = """\
rules:
  - id: refunds
    match: {tool: refund}
    effect: hold
    approvers: {role: ROLE}
"""


def test_roles_of_rules_and_settings_count_beside_those_of_every_gateway(tmp_path: Path) -> None:
    (tmp_path / "firedoor.yaml").write_text(SETTINGS)
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES.replace("ROLE", "dba"))
    settings = load(tmp_path / "firedoor.yaml")
    with open_store(settings) as store:
        assert roles_that_count(frozenset({"viewer"}), settings, store.policies) == ROLES
        wanted = frozenset({"sre"})
        assert roles_that_count(wanted, settings, store.policies) == ROLES | {"dba", "commander"}
        documents, policy = draft_of(settings, None)
        store.policies.add(made_of(documents, policy, by="dana", note="", at_us=1))
        rules.write_text(RULES.replace("ROLE", "sre"))
        found = roles_that_count(wanted, settings, store.policies)
        assert found == ROLES | {"dba", "sre", "commander"}
