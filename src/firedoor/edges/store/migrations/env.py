"""What Alembic runs around the steps: only ever on the connection that `migrate` hands over."""

from alembic import context
from sqlalchemy import Connection

from firedoor.edges.store.tables import metadata

connection = context.config.attributes["connection"]
if not isinstance(connection, Connection):
    raise TypeError("migrations run when the store is opened, and in no other way")
# The transaction is the caller's: all steps happen, or none.
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
