"""The versions of the policy, and the groups of a grant's principal."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "policies",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("version", sa.String(80), nullable=False),
        sa.Column("documents", sa.Text(), nullable=False),
        sa.Column("drafts", sa.String(80), nullable=False),
        sa.Column("applied_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("applied_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_policies"),
    )
    op.add_column("grants", sa.Column("groups", sa.JSON(), nullable=False, server_default="[]"))
