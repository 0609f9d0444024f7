"""Commands that look at the record: sessions, tail, replay, search."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from firedoor.cli.settings_option import PLAINLY, AsJson, Identities, Printing, SettingsFile

if TYPE_CHECKING:
    from firedoor.operations.replay_session import Moment

SessionHeads = ("SESSION", "OPENED", "PRINCIPAL", "AGENT", "UPSTREAM", "CALLS", "STATE")
CallHeads = ("CALL", "AT", "PRINCIPAL", "AGENT", "UPSTREAM", "METHOD", "NAME", "VERDICT", "RULES", "RESULT")
Limit = Annotated[int, Parameter(help="At most so many, the newest first.", validator=Number(gte=1))]
Unrecorded = Annotated[
    bool, Parameter(negative="", help="Leave no entry in the record: for copies that are only read.")
]


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Options that say whose sessions are meant. Patterns take `*` and `?`."""

    principal: Annotated[str | None, Parameter(help="Of this principal; * and ? are patterns.")] = None
    agent: Annotated[str | None, Parameter(help="Of this agent.")] = None
    upstream: Annotated[str | None, Parameter(help="With this upstream.")] = None


ANYBODYS = Whose()


def sessions(
    *,
    whose: Whose = ANYBODYS,
    since: Annotated[str | None, Parameter(help="Opened in the last 30m, 1h, 7d.")] = None,
    live: Annotated[bool, Parameter(negative="", help="Only those that have not ended.")] = False,
    limit: Limit = 100,
    printing: Printing = PLAINLY,
) -> None:
    """List sessions, the newest first."""
    from firedoor.app.copying import CopiedSessions
    from firedoor.app.inspect import open_store, settings_for_people, since_us
    from firedoor.cli.found import session_object
    from firedoor.cli.output import instant, note_cut, print_json, print_table
    from firedoor.operations.list_sessions import list_sessions
    from firedoor.ports.index import SessionFilter

    wanted = SessionFilter(
        principal=whose.principal,
        agent=whose.agent,
        upstream=whose.upstream,
        since_us=since_us(since),
        is_live=True if live else None,
        limit=limit,
    )
    settings = settings_for_people(printing.settings)
    with open_store(settings) as store:
        found = list_sessions(store.index, wanted)
    note_cut(len(found), limit)
    copied = CopiedSessions(settings)
    if printing.as_json:
        for each in found:
            is_copied = {"is_copied": copied.has(each.id)} if copied.is_asked else {}
            print_json({**session_object(each), **is_copied})
        return
    rows = [
        (s.id, instant(s.opened_at_us), s.principal, s.agent, s.upstream, s.calls,
         ("live" if s.closed_at_us is None else f"ended: {s.close_reason or 'unknown'}")
         + (", only here" if copied.is_asked and not copied.has(s.id) else ""))
        for s in found
    ]  # fmt: skip
    print_table(SessionHeads, rows, empty="No sessions.")


def search(
    *query: Annotated[str, Parameter(help="Words, and field:pattern: upstream:crm tool:drop_* since:1h.")],
    limit: Limit = 100,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> int:
    """Find calls by who, what, when, upstream, verdict. Exit code 1 if there are none."""
    from firedoor.app.inspect import now_us, open_store, settings_for_people
    from firedoor.cli.found import call_object, rules_of, verdict_of
    from firedoor.cli.output import instant, note_cut, print_json, print_table
    from firedoor.model.errors import ClientError
    from firedoor.operations.search_record import QueryFault, search_record

    with open_store(settings_for_people(settings)) as store:
        found = search_record(store.index, " ".join(query), now_us=now_us(), limit=limit)
    if isinstance(found, QueryFault):
        raise ClientError("query_unusable", found.message, found.hint)
    note_cut(len(found), limit)
    if as_json:
        for call in found:
            print_json(call_object(call))
    else:
        rows = [
            (f"{c.session}.{c.sequence}", instant(c.at_us), c.principal, c.agent, c.upstream,
             c.method or c.message, c.name, verdict_of(c), rules_of(c), c.result)
            for c in found
        ]  # fmt: skip
        print_table(CallHeads, rows, empty="No calls.")
    return 0 if found else 1


def replay(
    session: str,
    /,
    *,
    raw: Annotated[
        bool, Parameter(negative="", help="The upstream's side of the mask. Needs the raw key.")
    ] = False,
    speed: Annotated[float | None, Parameter(help="1 waits as long as it took; 10 a tenth of it.")] = None,
    identity: Identities = None,
    unrecorded: Unrecorded = False,
    printing: Printing = PLAINLY,
) -> None:
    """Show a recording from its beginning. The id may be cut short. That you look is recorded.

    With the number of a call behind it, as a denial says it, only that call is shown.
    """
    from firedoor.app.inspect import open_store, settings_for_people
    from firedoor.app.recording import Looking, find_session
    from firedoor.app.recording import replay as read
    from firedoor.model.errors import ClientError
    from firedoor.operations.replay_session import end_of, replay_session
    from firedoor.ports.index import SessionFilter

    if speed is not None and not speed > 0:
        raise ClientError("speed_unusable", "A speed is more than 0.")
    session, is_call, number = session.partition(".")
    if is_call and not (number.isascii() and number.isdigit()):
        raise ClientError("session_unknown", f"{number!r} is no call.", "A call is SESSION.NUMBER.")
    found = settings_for_people(printing.settings)
    with open_store(found) as store:
        wanted = find_session(store, session)
        known = store.index.sessions(SessionFilter(session=wanted, limit=1))
    looking = Looking(identities=identity or (), is_raw=raw, is_unrecorded=unrecorded)
    before_us = moment = None
    for moment in replay_session(read(found, wanted, looking)):
        if is_call and int(number) not in {moment.sequence, moment.call}:
            continue
        if speed is not None and before_us is not None:
            time.sleep(max(0, moment.at_us - before_us) / 1_000_000 / speed)
        before_us = moment.at_us
        show(moment, wanted, as_json=printing.as_json)
    said = end_of(moment.kind, known[0].close_reason) if moment is not None and known else ""
    if said and not printing.as_json and not is_call:
        print(f"  ({said})")


def tail(
    session: str | None = None,
    /,
    *,
    identity: Identities = None,
    unrecorded: Unrecorded = False,
    printing: Printing = PLAINLY,
) -> None:
    """Show what is recorded from now on, as it comes. That you look is recorded."""
    from firedoor.app.inspect import open_store, settings_for_people
    from firedoor.app.recording import Looking, find_session, follow
    from firedoor.cli.output import instant
    from firedoor.operations.replay_session import replay_session

    found = settings_for_people(printing.settings)
    looking = Looking(identities=identity or (), is_unrecorded=unrecorded)
    wanted = None
    if session is not None:
        with open_store(found) as store:
            wanted = find_session(store, session)
    for entry in follow(found, wanted, looking=looking):
        # Each entry for itself: those of several sessions come one among the other.
        for moment in replay_session([entry]):
            if wanted is None and not printing.as_json:
                print(f"{entry.session} {instant(entry.at_us)}")
            show(moment, entry.session, as_json=printing.as_json)


def show(moment: "Moment", session: str, *, as_json: bool) -> None:
    """Print one moment of a recording."""
    from firedoor.cli.output import print_json
    from firedoor.operations.replay_session import lines_of, object_of

    if as_json:
        print_json({"session": session, **object_of(moment)})
    else:
        print("\n".join(lines_of(moment)), flush=True)


GROUP: dict[str, Callable[..., int | None]] = {
    "sessions": sessions,
    "tail": tail,
    "replay": replay,
    "search": search,
}
