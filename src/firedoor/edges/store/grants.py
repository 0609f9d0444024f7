"""The grants of the store: written by people, read by the path for each request.

Tokens never come here, only their digests. A grant is never deleted: revoked ones are evidence.
"""

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from firedoor.edges.store.database import Database
from firedoor.edges.store.epochs import Topic
from firedoor.edges.store.faults import explained
from firedoor.edges.store.lookup import AskedLookup, KeptLookup, Lookup, grant_from
from firedoor.edges.store.tables import grants
from firedoor.model.errors import SettingsError
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId, TokenDigest


class StoredGrants:
    """Implements the ports `Directory` (for the path) and `Grants` (for people)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lookup: Lookup = AskedLookup(database.reading)
        if database.file is not None and database.epochs is not None:
            self._lookup = KeptLookup(database.file, database.epochs)

    async def grant_of(self, digest: TokenDigest) -> Grant | None:
        """Return the grant as the store has it at this moment, revoked or expired ones included.

        Raises:
            RecordError: the store cannot be read now.
        """
        return await self._lookup.grant_of(digest)

    def create(self, grant: Grant) -> None:
        """Keep a new grant.

        Raises:
            SettingsError: the store cannot be written, the id or the digest is taken, or the grant has a
                chain of agents, which the table has no place for.
        """
        if len(grant.principal.actors) > 1:
            raise SettingsError("grant_chain", "A stored grant has one agent at most.")
        row = {
            "id": grant.id,
            "principal": grant.principal.name,
            "principal_kind": grant.principal.kind.value,
            "agent": grant.principal.actors[0].name if grant.principal.actors else None,
            "token_digest": grant.token_digest,
            "upstreams": None if grant.upstreams is None else sorted(grant.upstreams),
            "roles": sorted(grant.roles),
            "groups": sorted(grant.principal.groups),
            "issued_at_us": grant.issued_at_us,
            "expires_at_us": grant.expires_at_us,
            "revoked_at_us": grant.revoked_at_us,
        }
        with explained(), self._database.writing.begin() as connection:
            try:
                connection.execute(insert(grants).values(row))
            except IntegrityError as fault:
                raise SettingsError("grant_exists", f"There is a grant {grant.id} already.") from fault
        self._database.count(Topic.GRANTS)

    def list(self) -> tuple[Grant, ...]:
        """Every grant, oldest first.

        Raises:
            SettingsError: the store cannot be read.
        """
        query = select(grants).order_by(grants.c.issued_at_us, grants.c.id)
        with explained(), self._database.reading.connect() as connection:
            return tuple(grant_from(dict(row)) for row in connection.execute(query).mappings())

    def find(self, grant: GrantId) -> Grant | None:
        """Find the grant with this id.

        Raises:
            SettingsError: the store cannot be read.
        """
        with explained(), self._database.reading.connect() as connection:
            row = connection.execute(select(grants).where(grants.c.id == grant)).mappings().one_or_none()
        return None if row is None else grant_from(dict(row))

    def revoke(self, grant: GrantId, at_us: int, reason: str) -> bool:
        """Revoke it; False if there is none or it was revoked before.

        Raises:
            SettingsError: the store cannot be written.
        """
        change = (
            update(grants)
            .where(grants.c.id == grant, grants.c.revoked_at_us.is_(None))
            .values(revoked_at_us=at_us, revoked_reason=reason)
        )
        with explained(), self._database.writing.begin() as connection:
            is_changed = connection.execute(change).rowcount == 1
        self._database.count(Topic.GRANTS)
        return is_changed

    def close(self) -> None:
        """Let the connection of the path go."""
        self._lookup.close()
