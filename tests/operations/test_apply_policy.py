"""Bringing a policy into force: recorded first, and never over somebody else's change."""

from dataclasses import replace

import pytest

from firedoor.model.errors import ClientError, RecordError
from firedoor.model.policy import Policy, Rule
from firedoor.model.verdict import Effect
from firedoor.operations.apply_policy import apply_policy, differences, earlier
from firedoor.ports.policy_versions import PolicyVersion

MADE = PolicyVersion(version="sha256:2", documents="{}", by="dana", note="why", at_us=7)
A = Rule(id="a", effect=Effect.ALLOW, source="f:1")


class Kept:
    """Implements `PolicyVersions`, and tells what happened in which order."""

    def __init__(self, *versions: str) -> None:
        self.story: list[str] = []
        self.versions = [replace(MADE, number=n + 1, version=v) for n, v in enumerate(versions)]
        self.fails = False

    def add(self, made: PolicyVersion, *, expected: int | None = None) -> PolicyVersion:
        self.story.append(f"added, expecting {expected}")
        self.versions.append(replace(made, number=len(self.versions) + 1))
        return self.versions[-1]

    def newest(self) -> PolicyVersion | None:
        return self.versions[-1] if self.versions else None

    def find(self, number: int) -> PolicyVersion | None:
        return next((v for v in self.versions if v.number == number), None)

    def list(self) -> tuple[PolicyVersion, ...]:
        return tuple(reversed(self.versions))

    def note(self, act: str, about: dict) -> None:
        if self.fails:
            raise RecordError("record_unavailable", "No.")
        self.story.append(f"{act} {about['previous']} -> {about['policy']}")


def test_what_is_applied_is_recorded_before_it_counts() -> None:
    kept = Kept("sha256:1")
    made = apply_policy(Policy(version="sha256:2", rules=(A,)), MADE, kept, kept, expected=1)
    assert made.number == 2
    assert kept.story == ["policy_applied_by_operator sha256:1 -> sha256:2", "added, expecting 1"]


def test_what_cannot_be_recorded_is_not_applied() -> None:
    kept = Kept()
    kept.fails = True
    with pytest.raises(RecordError):
        apply_policy(Policy(version="sha256:2"), MADE, kept, kept)
    assert kept.versions == []


def test_differences_are_by_rule_and_not_by_where_it_stands() -> None:
    before = [A, Rule(id="gone", effect=Effect.DENY), Rule(id="b", effect=Effect.ALLOW)]
    after = [replace(A, source="g:9"), Rule(id="b", effect=Effect.DENY), Rule(id="new", effect=Effect.HOLD)]
    assert [(d.rule, d.what) for d in differences(before, after)] == [
        ("b", "changed"), ("new", "added"), ("gone", "removed"),
    ]  # fmt: skip


def test_the_way_back_leads_to_the_last_that_differs_or_to_the_one_that_is_named() -> None:
    kept = Kept("sha256:1", "sha256:2", "sha256:2")
    assert earlier(kept, None).number == 1
    assert earlier(kept, 2).number == 2
    for given, number in ((kept, 9), (Kept("sha256:1"), None)):
        with pytest.raises(ClientError):
            earlier(given, number)
