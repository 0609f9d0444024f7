"""Each pack loads for an upstream of its kind, its tests pass, and each of its rules has some."""

from pathlib import Path

import pytest

from firedoor.app.policy.file import counted_tests, pack_names, read_documents
from firedoor.core.decide.sql.dialects import DIALECTS
from tests.helpers.nouns import upstream
from tests.helpers.policy_files import load_policies

KINDS = {"sql": "sql", "shell": "shell"}
RELATIONAL = ("postgres", "mysql", "sqlite", "tsql", "oracle", "bigquery", "snowflake")


def included(folder: Path, pack: str) -> Path:
    file = folder / "policy.yaml"
    file.write_text(f"include:\n  - {{pack: {pack}, upstream: there}}\n")
    return file


def kind_of(pack: str) -> str:
    return KINDS.get(pack.partition("-")[0], "none")


def test_these_are_the_packs() -> None:
    assert pack_names() == [
        "git-safe", "incident-lockdown", "kubernetes-read-mostly", "secrets-hygiene",
        "shell-read-only", "sql-guarded-writes", "sql-read-only",
    ]  # fmt: skip


@pytest.mark.parametrize("pack", pack_names())
def test_a_pack_is_proven_by_its_own_tests(tmp_path: Path, pack: str) -> None:
    file = included(tmp_path, pack)
    there = upstream("there", kind=kind_of(pack), dialect="postgres" if kind_of(pack) == "sql" else "")
    policy = load_policies([file], [there])
    counted = counted_tests(read_documents([file]))
    assert [rule.id for rule in policy.rules if not counted.get(rule.id)] == []
    assert all(rule.id.startswith(f"{pack}.") and rule.upstreams == ("there",) for rule in policy.rules)
    assert all(rule.reason for rule in policy.rules if rule.effect != "allow")


@pytest.mark.parametrize("dialect", RELATIONAL)
@pytest.mark.parametrize("pack", ["sql-read-only", "sql-guarded-writes"])
def test_the_packs_about_sql_hold_in_every_relational_dialect(
    tmp_path: Path, pack: str, dialect: str
) -> None:
    assert dialect in DIALECTS
    load_policies([included(tmp_path, pack)], [upstream("there", kind="sql", dialect=dialect)])
