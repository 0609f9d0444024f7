"""Which call a value was found in, beside the entry that holds it. Older rows do not say."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("exposures", sa.Column("call", sa.BigInteger()))
