"""Policies in files, read as the gateway reads them."""

from collections.abc import Collection, Sequence
from pathlib import Path

from firedoor.app.policy.file import policy_of, read_documents
from firedoor.model.policy import Policy
from firedoor.model.upstream import Upstream


def load_policies(
    paths: Sequence[Path], upstreams: Sequence[Upstream] | None = None, masks: Collection[str] = ()
) -> Policy:
    """Read policy files, and the `*.yaml` and `*.yml` files of folders in the order of their names."""
    return policy_of(read_documents(paths), upstreams, masks)
