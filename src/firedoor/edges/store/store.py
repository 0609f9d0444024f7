"""All that is kept beside the record, behind one door."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from firedoor.edges.store.approvals import StoredApprovals
from firedoor.edges.store.database import Database, open_database
from firedoor.edges.store.definitions import StoredDefinitions
from firedoor.edges.store.exposures import StoredExposures
from firedoor.edges.store.grants import StoredGrants
from firedoor.edges.store.index import StoredIndex
from firedoor.edges.store.permits import StoredPermits
from firedoor.edges.store.policies import StoredPolicies


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An open store. Close it: what waits for the index is written then."""

    grants: StoredGrants
    index: StoredIndex
    policies: StoredPolicies
    exposures: StoredExposures
    definitions: StoredDefinitions
    approvals: StoredApprovals
    permits: StoredPermits
    _database: Database

    @classmethod
    def open(cls, url: str, data_dir: Path, *, pause: Callable[[], object] = lambda: None) -> "Store":
        """Open `sqlite` (a file in `data_dir`) or a `postgresql://` address, tables included.

        `pause`: lets other threads run; called between parts of what the index writes.

        Raises:
            SettingsError: it cannot be opened.
        """
        database = open_database(url, data_dir)
        return cls(
            grants=StoredGrants(database),
            index=StoredIndex(database, pause),
            policies=StoredPolicies(database),
            exposures=StoredExposures(database),
            definitions=StoredDefinitions(database),
            approvals=StoredApprovals(database),
            permits=StoredPermits(database),
            _database=database,
        )

    def close(self) -> None:
        """Finish what is under way and let every connection go."""
        self.index.close()
        self.grants.close()
        self.policies.close()
        self._database.close()
