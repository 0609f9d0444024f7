"""The exposure index: keyed marks of what messages hold, from the envelopes of the record. No value."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from firedoor.core.record.facts import IndexRow
from firedoor.edges.store.database import Database
from firedoor.edges.store.faults import explained
from firedoor.edges.store.tables import exposures, sessions
from firedoor.model.entry import EntryKind
from firedoor.model.errors import ClientError
from firedoor.model.ids import SessionId
from firedoor.ports.exposures import ExposureRow

ROWS = 100_000
"""Most rows of one answer. Beyond it there is none: a list that was cut looks like one that was not."""
_PARTS = 5


class StoredExposures:
    """Implements the port `Exposures`."""

    def __init__(self, database: Database, most: int = ROWS) -> None:
        self._database = database
        self._most = most

    def of_session(self, session: str) -> tuple[ExposureRow, ...]:
        """What was found in one session, the oldest first.

        Raises:
            SettingsError: the index cannot be read.
            ClientError: there are too many.
        """
        return self._find(exposures.c.session_id == session)

    def of_marks(self, marks: Sequence[str]) -> tuple[ExposureRow, ...]:
        """Where any of these marks was found, the oldest first.

        Raises:
            SettingsError: the index cannot be read.
            ClientError: there are too many.
        """
        return self._find(exposures.c.mark.in_(marks))

    def _find(self, condition: ColumnElement[bool]) -> tuple[ExposureRow, ...]:
        query = (
            select(exposures, sessions.c.principal, sessions.c.agent, sessions.c.upstream)
            .join_from(exposures, sessions, sessions.c.id == exposures.c.session_id, isouter=True)
            .where(condition)
            .order_by(exposures.c.at_us, exposures.c.session_id, exposures.c.sequence)
            .limit(self._most + 1)
        )
        with explained(), self._database.reading.connect() as connection:
            found = tuple(
                ExposureRow(
                    session=SessionId(row["session_id"]),
                    sequence=row["sequence"],
                    call=row["call"],
                    at_us=row["at_us"],
                    kind=row["kind"],
                    action=row["action"],
                    mark=row["mark"],
                    principal=row["principal"],
                    agent=row["agent"],
                    upstream=row["upstream"],
                )
                for row in connection.execute(query).mappings()
            )
        if len(found) > self._most:
            what = f"More than {self._most:,} values were found: no list can show them all."
            hint = "Ask for less: --session ID, or fewer lines in --value-file."
            raise ClientError("exposure_too_much", what, hint)
        return found


def exposed(row: IndexRow) -> list[dict[str, str | int | None]]:
    """The rows of one entry: each mark once. What has an unexpected shape is skipped."""
    masked = row.envelope.get("masked")
    if not isinstance(masked, list | tuple):
        return []
    call = row.sequence if row.kind is EntryKind.INTENT else row.envelope.get("call")
    found: dict[tuple[str, str], dict[str, str | int | None]] = {}
    for item in masked:
        if not isinstance(item, list | tuple) or len(item) != _PARTS:
            continue
        kind, action, mark = item[0], item[1], item[4]
        if isinstance(kind, str) and isinstance(action, str) and isinstance(mark, str) and mark:
            found[kind, mark] = {
                "session_id": row.session,
                "sequence": row.sequence,
                "call": call if isinstance(call, int) and 0 <= call <= row.sequence else None,
                "at_us": row.at_us,
                "kind": kind[:64],
                "action": action[:16],
                "mark": mark[:64],
            }
    return list(found.values())
