"""Tries a policy on the recordings of a gateway. Reads them with the keys that are here; changes nothing."""

from collections.abc import Iterator
from functools import lru_cache

from firedoor.app.policy.in_force import ground_of
from firedoor.app.settings.resolved import Settings
from firedoor.core.decide.sql.understand import understand_sql
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.reader import read_since
from firedoor.model.policy import Policy
from firedoor.operations.replay_policy import PolicyTrial, Tried

LONGEST_SESSION_US = 12 * 3600 * 1_000_000
"""How long a session lives: as far before the first call that is tried, it may have been opened."""


def tried_on_recordings(
    settings: Settings, policy: Policy, since_us: int
) -> tuple[PolicyTrial, Iterator[Tried]]:
    """Give the trial, and the calls as they are tried."""
    understand = lru_cache(maxsize=20_000)(understand_sql)
    trial = PolicyTrial(
        policy=policy,
        upstreams={upstream.name: upstream for upstream in ground_of(settings).upstreams},
        understand=understand,
    )
    ring = KeyRing.open(settings.data_dir)
    entries = read_since(settings.data_dir, max(0, since_us - LONGEST_SESSION_US), keys=ring)
    return trial, trial.over(entries, since_us)
