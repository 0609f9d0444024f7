"""Commands that look at the record: sessions, tail, replay, search."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from firedoor.cli.settings_option import AsJson, SettingsFile

if TYPE_CHECKING:
    from firedoor.edges.store.journal.reader import RecordedEntry

SessionHeads = ("SESSION", "OPENED", "PRINCIPAL", "AGENT", "UPSTREAM", "CALLS", "STATE")
CallHeads = ("CALL", "AT", "PRINCIPAL", "UPSTREAM", "METHOD", "NAME", "VERDICT", "RESULT")
Limit = Annotated[int, Parameter(help="At most so many, the newest first.")]


def sessions(  # noqa: PLR0913 these are the options that people type
    *,
    principal: str | None = None,
    upstream: str | None = None,
    since: Annotated[str | None, Parameter(help="Opened in the last 30m, 1h, 7d.")] = None,
    live: Annotated[bool, Parameter(negative="", help="Only those that have not ended.")] = False,
    limit: Limit = 100,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """List sessions, the newest first."""
    from firedoor.app.inspect import now_us, open_store, settings_for_people, span_us
    from firedoor.cli.found import session_object
    from firedoor.cli.output import instant, print_json, print_table
    from firedoor.ports.index import SessionFilter

    wanted = SessionFilter(
        principal=principal,
        upstream=upstream,
        since_us=now_us() - span_us(since) if since else None,
        is_live=True if live else None,
        limit=limit,
    )
    with open_store(settings_for_people(settings)) as store:
        found = store.index.sessions(wanted)
    if as_json:
        for found_session in found:
            print_json(session_object(found_session))
        return
    rows = [
        (s.id, instant(s.opened_at_us), s.principal, s.agent, s.upstream, s.calls,
         "live" if s.closed_at_us is None else f"ended: {s.close_reason or 'unknown'}")
        for s in found
    ]  # fmt: skip
    print_table(SessionHeads, rows, empty="No sessions.")


def search(
    *query: Annotated[str, Parameter(help="Words, and field:pattern, such as upstream:crm name:drop_*.")],
    since: Annotated[str | None, Parameter(help="In the last 30m, 1h, 7d.")] = None,
    limit: Limit = 100,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> int:
    """Find calls by who, what, when, upstream, verdict. Exit code 1 if there are none."""
    from firedoor.app.inspect import now_us, open_store, settings_for_people, span_us
    from firedoor.app.search_query import call_filter
    from firedoor.cli.found import call_object
    from firedoor.cli.output import instant, print_json, print_table

    since_us = now_us() - span_us(since) if since else None
    wanted = call_filter(query, since_us=since_us, limit=limit)
    with open_store(settings_for_people(settings)) as store:
        found = store.index.calls(wanted)
    if as_json:
        for call in found:
            print_json(call_object(call))
    else:
        rows = [
            (f"{c.session}.{c.sequence}", instant(c.at_us), c.principal, c.upstream, c.method or c.message,
             c.name, c.effect, c.result)
            for c in found
        ]  # fmt: skip
        print_table(CallHeads, rows, empty="No calls.")
    return 0 if found else 1


def replay(
    session: str,
    /,
    *,
    raw: Annotated[bool, Parameter(negative="", help="As received rather than as delivered.")] = False,
    speed: Annotated[float | None, Parameter(help="1 waits as long as it took; 10 a tenth of it.")] = None,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Show a recording from its beginning. The id may be cut short."""
    from firedoor.app.inspect import open_store, settings_for_people
    from firedoor.app.recording import find_session
    from firedoor.app.recording import replay as read
    from firedoor.model.errors import ClientError

    if raw:
        raise ClientError(
            "layer_unknown", "There is no raw layer: nothing is masked yet.", "Leave --raw out."
        )
    if speed is not None and not speed > 0:
        raise ClientError("speed_unusable", "A speed is more than 0.")
    found = settings_for_people(settings)
    with open_store(found) as store:
        wanted = find_session(store, session)
    before_us = None
    for entry in read(found, wanted):
        if speed is not None and before_us is not None:
            time.sleep(max(0, entry.at_us - before_us) / 1_000_000 / speed)
        before_us = entry.at_us
        show(entry, as_json=as_json)


def tail(session: str | None = None, /, *, as_json: AsJson = False, settings: SettingsFile = None) -> None:
    """Show what is recorded from now on, as it comes."""
    from firedoor.app.inspect import open_store, settings_for_people
    from firedoor.app.recording import find_session, follow

    found = settings_for_people(settings)
    wanted = None
    if session is not None:
        with open_store(found) as store:
            wanted = find_session(store, session)
    for entry in follow(found, wanted):
        show(entry, as_json=as_json)


def show(entry: "RecordedEntry", *, as_json: bool) -> None:
    """Print one entry."""
    from firedoor.cli.entry import as_line, as_object
    from firedoor.cli.output import print_json

    if as_json:
        print_json(as_object(entry))
    else:
        print(as_line(entry), flush=True)


GROUP: dict[str, Callable[..., int | None]] = {
    "sessions": sessions,
    "tail": tail,
    "replay": replay,
    "search": search,
}
