"""What the settings say about every message. The policy is none of it: it changes while the gateway runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from firedoor.model.limits import Limits
from firedoor.model.upstream import Upstream


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The settings that the path looks at."""

    limits: Limits
    upstreams: Mapping[str, Upstream]
    withheld: Mapping[str, tuple[bytes, ...]]
    """By upstream: every spelling of its credentials, which must not come back out."""
