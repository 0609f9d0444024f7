"""Definitions of tools, prompts and instructions, and which of them people rely on."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "definitions",
        sa.Column("upstream", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("suspicions", sa.JSON(), nullable=False),
        sa.Column("first_seen_at_us", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at_us", sa.BigInteger()),
        sa.Column("accepted_by", sa.Text(), nullable=False),
        sa.Column("gone_at_us", sa.BigInteger()),
        sa.PrimaryKeyConstraint("upstream", "kind", "hash", name="pk_definitions"),
    )
    op.create_table(
        "first_lists",
        sa.Column("upstream", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("upstream", "kind", name="pk_first_lists"),
    )
