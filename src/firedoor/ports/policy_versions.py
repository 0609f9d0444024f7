"""Where the versions of the policy are kept."""

from dataclasses import dataclass, replace
from typing import Protocol

POLICY_OUTRUN = "policy_outrun"
"""Code of the error: another version came into force meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """One policy that was in force, or is. Nothing of it ever changes; the newest is in force."""

    number: int = 0
    """Counts up, also when an older policy comes into force again. 0: not kept yet."""
    version: str
    """Content hash of its rules."""
    documents: str
    """All texts that it is made from, as JSON."""
    drafts: str = ""
    """Hash of the files of the settings as they were then: a start takes them if they changed since."""
    by: str
    note: str = ""
    at_us: int

    def seen_with(self, drafts: str) -> "PolicyVersion":
        """The same, with the files of the settings as they are now."""
        return replace(self, drafts=drafts)


class PolicyVersions(Protocol):
    """All versions, for the people who change the policy. The path asks `Policies` instead."""

    def add(self, made: PolicyVersion, *, expected: int | None = None) -> PolicyVersion:
        """Bring a policy into force, in every process, from the next call on. Return it with its number.

        `expected`: the number that must be the newest still.

        Raises:
            SettingsError: another one came into force meanwhile, or the store cannot be written.
        """
        ...

    def newest(self) -> PolicyVersion | None:
        """The version in force.

        Raises:
            SettingsError: the store cannot be read.
        """
        ...

    def find(self, number: int) -> PolicyVersion | None:
        """One version.

        Raises:
            SettingsError: the store cannot be read.
        """
        ...

    def list(self) -> tuple[PolicyVersion, ...]:
        """All of them, the newest first.

        Raises:
            SettingsError: the store cannot be read.
        """
        ...
