"""Questions to the index, as SQL. Patterns of people become LIKE patterns; nothing is spliced into SQL."""

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select
from sqlalchemy.sql.elements import KeyedColumnElement

from firedoor.edges.store.indexed import LOST
from firedoor.edges.store.tables import calls, sessions
from firedoor.model.ids import GrantId, SessionId
from firedoor.ports.index import CallFilter, CallRow, Field, SessionFilter, SessionRow

ESCAPE = "\\"
PLAIN = {
    Field.PRINCIPAL: calls.c.principal,
    Field.AGENT: calls.c.agent,
    Field.UPSTREAM: calls.c.upstream,
    Field.PEER: calls.c.peer,
    Field.SESSION: calls.c.session_id,
    Field.METHOD: calls.c.method,
    Field.NAME: calls.c.name,
    Field.VERDICT: calls.c.effect,
    Field.MODE: calls.c.mode,
    Field.RESULT: calls.c.result,
    Field.CODE: calls.c.code,
}
LOOKED_THROUGH = (
    calls.c.principal, calls.c.agent, calls.c.upstream, calls.c.peer, calls.c.method, calls.c.name,
    calls.c.rules, calls.c.code,
)  # fmt: skip
"""Where a plain word may stand."""


def find_calls(connection: Connection, wanted: CallFilter) -> tuple[CallRow, ...]:
    """Find calls, the newest first."""
    conditions = [_asked(field, pattern) for field, pattern in wanted.fields]
    for word in wanted.words:
        inside = f"%{_like(word, globs=False)}%"
        conditions.append(or_(*(column.ilike(inside, escape=ESCAPE) for column in LOOKED_THROUGH)))
    if wanted.since_us is not None:
        conditions.append(calls.c.at_us >= wanted.since_us)
    if wanted.until_us is not None:
        conditions.append(calls.c.at_us < wanted.until_us)
    query = (
        select(calls)
        .where(and_(True, *conditions))
        .order_by(calls.c.at_us.desc(), calls.c.session_id.desc(), calls.c.sequence.desc())
        .limit(wanted.limit)
    )
    return tuple(
        CallRow(
            session=SessionId(row["session_id"]),
            effect=row["effect"],
            rules=tuple((row["rules"] or "").strip("\n").split("\n")) if row["rules"] else (),
            **{name: row[name] for name in SAME_IN_ROW},
        )
        for row in connection.execute(query).mappings()
    )


SAME_IN_ROW = (
    "sequence", "at_us", "principal", "agent", "upstream", "peer", "message", "method", "name", "mode",
    "status", "result", "code", "ended_at_us",
)  # fmt: skip


def find_sessions(connection: Connection, wanted: SessionFilter) -> tuple[SessionRow, ...]:
    """Find sessions, the newest first."""
    asked = (
        (sessions.c.id, wanted.session),
        (sessions.c.principal, wanted.principal),
        (sessions.c.agent, wanted.agent),
        (sessions.c.upstream, wanted.upstream),
        (sessions.c.grant_id, wanted.grant),
    )
    conditions = [_matches(column, pattern) for column, pattern in asked if pattern is not None]
    if wanted.since_us is not None:
        conditions.append(sessions.c.opened_at_us >= wanted.since_us)
    if wanted.is_live is not None:
        conditions.append(
            sessions.c.closed_at_us.is_(None) if wanted.is_live else sessions.c.closed_at_us.is_not(None)
        )
    # A session says how many calls it had when it ends. Until then, and of one that never said so, they
    # are counted.
    so_far = (
        select(func.count())
        .where(calls.c.session_id == sessions.c.id, calls.c.message == "request")
        .scalar_subquery()
    )
    query = (
        select(
            *(column for column in sessions.columns if column.name != "calls"),
            case((_has_said_nothing, so_far), else_=sessions.c.calls).label("calls"),
        )
        .where(and_(True, *conditions))
        .order_by(sessions.c.opened_at_us.desc(), sessions.c.id.desc())
        .limit(wanted.limit)
    )
    return tuple(
        SessionRow(
            id=SessionId(row["id"]),
            grant=None if row["grant_id"] is None else GrantId(row["grant_id"]),
            **{name: row[name] for name in SAME_IN_SESSION},
        )
        for row in connection.execute(query).mappings()
    )


_has_said_nothing = or_(sessions.c.closed_at_us.is_(None), sessions.c.close_reason == LOST)

SAME_IN_SESSION = (
    "principal", "agent", "upstream", "era", "client_name", "client_version", "peer", "opened_at_us",
    "closed_at_us", "close_reason", "calls",
)  # fmt: skip


def _asked(field: Field, pattern: str) -> ColumnElement[bool]:
    if field is Field.RULE:
        return calls.c.rules.ilike(f"%\n{_like(pattern, globs=True)}\n%", escape=ESCAPE)
    return _matches(PLAIN[field], pattern)


def _matches(column: KeyedColumnElement[str], pattern: str) -> ColumnElement[bool]:
    if "*" in pattern or "?" in pattern:
        return column.ilike(_like(pattern, globs=True), escape=ESCAPE)
    return column == pattern


def _like(pattern: str, *, globs: bool) -> str:
    for special in (ESCAPE, "%", "_"):
        pattern = pattern.replace(special, ESCAPE + special)
    return pattern.replace("*", "%").replace("?", "_") if globs else pattern
