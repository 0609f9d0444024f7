"""Everything in force that decides about a message: one value, replaced whole when something changes."""

from collections.abc import Mapping
from dataclasses import dataclass

from firedoor.model.limits import Limits
from firedoor.model.policy import Policy
from firedoor.model.upstream import Upstream


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The settings and the policy at one instant."""

    limits: Limits
    upstreams: Mapping[str, Upstream]
    policy: Policy
    withheld: Mapping[str, tuple[bytes, ...]]
    """By upstream: every spelling of its credentials, which must not come back out."""
