"""The settings as the rest of the gateway uses them: checked, paths absolute, references resolved.

Nothing that may hold a credential is shown by `repr`: a traceback or a log line must not tell it.
"""

from dataclasses import dataclass, field
from pathlib import Path

from firedoor.app.settings.approvals import ApprovalSettings
from firedoor.edges.store.journal.room import Marks
from firedoor.model.custody import Custody
from firedoor.model.mask import MaskProfile
from firedoor.model.retention import Retention
from firedoor.model.upstream import Upstream


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamSettings:
    """One upstream: what the path needs, and how to reach it."""

    upstream: Upstream
    transport: str
    """stdio, streamable-http, sse, or auto: streamable-http first, then sse."""
    command: str | None = None
    args: tuple[str, ...] = field(default=(), repr=False)
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cwd: Path | None = None
    """Where the command runs; the folder of the settings file unless set."""
    url: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    kind: str = "none"
    dialect: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """What stops an agent, or an upstream, from using up the gateway."""

    body_bytes: int
    answer_bytes: int
    concurrent_calls_per_grant: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """firedoor.yaml, understood."""

    path: Path
    host: str
    port: int
    """0 lets the system choose; for tests."""
    public_url: str
    """Without a slash at the end."""
    allowed_hosts: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    data_dir: Path
    lock_dir: Path
    """Several gateways of a machine may have the same one: what one locks, all lock."""
    database: str = field(repr=False)
    """`sqlite`, or the address of a PostgreSQL database."""
    upstreams: tuple[UpstreamSettings, ...]
    policies: tuple[Path, ...]
    limits: LimitSettings
    custody: Custody = Custody.LOCAL
    """What of the record this machine may read."""
    checkpoint_copy: Path | None = None
    """A file, on another disk or machine, that gets each checkpoint of the log and is read at each start."""
    copies: str | None = None
    """Where sessions that ended, tiles and checkpoints are copied to: `s3://bucket/folder`, or a folder."""
    marks: Marks = field(default_factory=Marks)
    """Below which free room on the disk of the record what happens."""
    retention: Retention = field(default_factory=Retention)
    approvals: ApprovalSettings = field(default_factory=ApprovalSettings)
    masks: tuple[MaskProfile, ...] = ()
    """Every profile of masking that an upstream or a rule may ask for."""
