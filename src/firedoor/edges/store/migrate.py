"""Carries out the steps that are missing, with Alembic, inside the caller's transaction.

It never goes down: an older program refuses the tables of a newer one.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from firedoor.edges.store import migrations
from firedoor.edges.store.migrations import HEAD
from firedoor.model.errors import SettingsError


def upgrade(connection: Connection, version: str | None) -> None:
    """Take the tables from `version` (None: there are none) to `HEAD`.

    Raises:
        SettingsError: `version` is not one of ours.
    """
    settings = Config()
    # Alembic expands `%` in options: a path may hold one.
    settings.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}
    if version is not None and version not in known:
        raise SettingsError(
            "database_newer",
            f"The database was made by a newer firedoor (its tables are version {version}).",
            "Run the firedoor that made it, or a later one.",
        )
    settings.attributes["connection"] = connection
    command.upgrade(settings, HEAD)
