"""Brings a policy into force, takes one back, and says what a draft would change. Never reads a file.

What is applied was checked before: a broken policy never gets here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from firedoor.model.errors import ClientError
from firedoor.model.policy import Policy, Rule
from firedoor.ports.acts import Acts
from firedoor.ports.policy_versions import PolicyVersion, PolicyVersions


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One rule that a draft adds, removes or changes."""

    rule: str
    what: str
    """`added`, `removed`, `changed` or `moved`."""
    before: Rule | None = None
    after: Rule | None = None


def differences(before: Sequence[Rule], after: Sequence[Rule]) -> Iterator[Difference]:
    """What differs between two policies, in the order of the second; what is gone comes last."""
    old = {rule.id: replace(rule, source="") for rule in before}
    new = {rule.id: replace(rule, source="") for rule in after}
    for name, rule in new.items():
        if name not in old:
            yield Difference(rule=name, what="added", after=rule)
        elif rule != old[name]:
            yield Difference(rule=name, what="changed", before=old[name], after=rule)
    for name, rule in old.items():
        if name not in new:
            yield Difference(rule=name, what="removed", before=rule)


def apply_policy(
    policy: Policy, made: PolicyVersion, versions: PolicyVersions, acts: Acts, *, expected: int | None = None
) -> PolicyVersion:
    """Bring it into force from the next call on, in every process. What is done is recorded first.

    Raises:
        SettingsError: another one came into force meanwhile, or the store cannot be written.
        RecordError: it cannot be recorded; then it is not applied.
    """
    newest = versions.newest()
    acts.note(
        "policy_applied_by_operator",
        {
            "policy": policy.version,
            "previous": newest.version if newest is not None else "",
            "rules": len(policy.rules),
            "note": made.note,
        },
    )
    return versions.add(made, expected=expected)


def earlier(versions: PolicyVersions, number: int | None) -> PolicyVersion:
    """The version to go back to: the one that is named, else the last that differs from the newest.

    Raises:
        ClientError: there is none.
    """
    kept = versions.list()
    if number is not None:
        found = versions.find(number)
        if found is None:
            raise ClientError("policy_unknown", f"There is no version {number}.", "See `policy show --all`.")
        return found
    for version in kept[1:]:
        if version.version != kept[0].version:
            return version
    raise ClientError("policy_unknown", "There is no earlier policy to go back to.")
