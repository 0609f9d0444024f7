"""What was understood of a command line. How: `core.decide.shell`."""

from dataclasses import dataclass
from enum import StrEnum


class ShellEffect(StrEnum):
    """What a command line would do, as far as it can be seen without running it."""

    READ = "read"
    """Every command in it is specified, and none of them changes anything."""
    WRITE = "write"
    """It is known to change something that can be changed back."""
    DESTRUCTIVE = "destructive"
    """It is known to remove, stop or overwrite something."""
    UNKNOWN = "unknown"
    """It was not understood, in part or as a whole. Never a read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellFacts:
    """The facts of one command line."""

    effect: ShellEffect
    allowed: bool
    """Whether every part of it is specified as allowed. Only a read is ever allowed."""
    reasons: tuple[str, ...]
    """For people and models: what was understood and what would be allowed, in one sentence each."""
    commands: tuple[str, ...] = ()
    """Each command that would run, with its sub-command, in order of first use: `kubectl get`, `sort`."""
    paths: tuple[str, ...] = ()
    """Every argument or redirection that names a path, as written; sorted."""
    urls: tuple[str, ...] = ()
    """Every argument that names a URL, as written; sorted."""
