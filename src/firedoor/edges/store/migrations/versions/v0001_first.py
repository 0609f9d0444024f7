"""The first shape: grants, sessions, calls, and the watermark of the index.

Written out rather than taken from `tables`: a step says what was done then, not what is true today.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _grants()
    _sessions()
    _calls()
    op.create_table(
        "index_watermark",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_index_watermark"),
    )


def _grants() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("principal_kind", sa.String(16), nullable=False),
        sa.Column("agent", sa.Text()),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("upstreams", sa.JSON()),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("issued_at_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_us", sa.BigInteger()),
        sa.Column("revoked_at_us", sa.BigInteger()),
        sa.Column("revoked_reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
        sa.UniqueConstraint("token_digest", name="uq_grants_token_digest"),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("principal", sa.Text()),
        sa.Column("agent", sa.Text()),
        sa.Column("grant_id", sa.String(64)),
        sa.Column("upstream", sa.Text()),
        sa.Column("era", sa.String(16)),
        sa.Column("client_name", sa.Text()),
        sa.Column("client_version", sa.Text()),
        sa.Column("peer", sa.Text()),
        sa.Column("opened_at_us", sa.BigInteger()),
        sa.Column("closed_at_us", sa.BigInteger()),
        sa.Column("close_reason", sa.Text()),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_opened_at_us", "sessions", ["opened_at_us"])
    op.create_index("ix_sessions_grant_id", "sessions", ["grant_id"])


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("principal", sa.Text()),
        sa.Column("agent", sa.Text()),
        sa.Column("upstream", sa.Text()),
        sa.Column("peer", sa.Text()),
        sa.Column("message", sa.String(16)),
        sa.Column("method", sa.Text()),
        sa.Column("name", sa.Text()),
        sa.Column("effect", sa.String(16)),
        sa.Column("rules", sa.Text()),
        sa.Column("status", sa.Integer()),
        sa.Column("result", sa.String(16)),
        sa.Column("code", sa.Text()),
        sa.Column("ended_at_us", sa.BigInteger()),
        sa.PrimaryKeyConstraint("session_id", "sequence", name="pk_calls"),
    )
    op.create_index("ix_calls_at_us", "calls", ["at_us"])
