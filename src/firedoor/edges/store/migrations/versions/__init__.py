"""One file per step. Loaded by Alembic, in the order of their `down_revision`."""
