"""Commands about locks: create, list, lift, verify."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, cast

from cyclopts import Parameter

from firedoor.cli.settings_option import PLAINLY, AsJson, Printing, SettingsFile
from firedoor.model.json import JsonObject


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What is locked. Several must all be met. Values match exactly."""

    principal: str | None = None
    group: str | None = None
    grant: str | None = None
    token_file: Annotated[
        Path | None,
        Parameter(help="A file with the token itself; - for standard input.", allow_leading_hyphen=True),
    ] = None
    session: str | None = None
    agent: str | None = None
    upstream: str | None = None
    tool: str | None = None
    network: Annotated[str | None, Parameter(help="An address, or a range such as 10.0.0.0/24.")] = None
    everything: Annotated[bool, Parameter(name="--all", negative="")] = False


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How it is locked."""

    suspend: Annotated[bool, Parameter(negative="", help="Hold everything; nothing is lost.")] = False
    read_only: Annotated[bool, Parameter(negative="", help="Let pass what is known to only read.")] = False
    ttl: Annotated[str | None, Parameter(help="How long it holds: 30m, 1h; else until it is lifted.")] = None
    case: str | None = None


SHOWN = 20
"""Ended sessions that are shown at most. Stops a crowd that was ended from pushing the rest out of sight."""
TRIED_AGAIN = {
    "legal_holds": "NOT held: recordings that should be. It is tried again; they may be deleted until then.",
    "approvals": "NOT withdrawn: approvals that should be. It is tried again; the lock holds for them.",
}
NOTHING = Targets()
AT_ONCE = Manner()


def create(
    *,
    targets: Targets = NOTHING,
    reason: Annotated[str, Parameter(help="Whoever is locked out reads it.")],
    manner: Manner = AT_ONCE,
    printing: Printing = PLAINLY,
) -> int:
    """Close a door at once: calls and streams under way end, nothing new begins."""
    from firedoor.app.inspect import settings_for_people, span_us
    from firedoor.app.locking import Wanted, ask_to_lock
    from firedoor.cli.output import print_json

    wanted = Wanted(
        targets=_targets(targets),
        mode=_mode(manner),
        reason=reason,
        case=manner.case,
        ttl_us=None if manner.ttl is None else span_us(manner.ttl),
    )
    told = ask_to_lock(settings_for_people(printing.settings), wanted)
    if printing.as_json:
        print_json(told)
    else:
        say(told)
    is_open = told.get("is_complete") is False or told.get("not_acknowledged_by")
    return 1 if is_open or _is_on_nobody(cast("JsonObject", told["lock"])) else 0


def list_locks(*, as_json: AsJson = False, settings: SettingsFile = None) -> None:
    """List the locks in force, oldest first."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.locking import lock_object, standing_locks
    from firedoor.cli.output import instant, print_json, print_table

    found = standing_locks(settings_for_people(settings))
    if as_json:
        for lock in found:
            print_json(lock_object(lock))
        return
    rows = [
        (
            lock.id,
            lock.mode.value,
            ", ".join(f"{target.value} {value}".strip() for target, value in lock.targets),
            lock.by,
            lock.case or "-",
            instant(lock.created_at_us),
            instant(lock.expires_at_us),
            lock.reason,
        )
        for lock in found
    ]
    heads = ("ID", "MODE", "HOLDS FOR", "BY", "CASE", "SINCE", "UNTIL", "REASON")
    print_table(heads, rows, empty="No locks.")


def lift(lock_id: str, /, *, reason: str, settings: SettingsFile = None) -> None:
    """Lift a lock. What it ended does not come back by itself."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.locking import ask_to_lift

    ask_to_lift(settings_for_people(settings), lock_id, reason)
    print(f"{lock_id} is lifted.")


def verify(lock_id: str, /, *, printing: Printing = PLAINLY) -> int:
    """Prove that a lock holds: nothing of what it names runs, and no door lets it in."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.locking import ask_to_verify
    from firedoor.cli.output import print_json

    told = ask_to_verify(settings_for_people(printing.settings), lock_id)
    if printing.as_json:
        print_json(told)
    elif told["holds"] is None:
        print(told["why"])
    elif "lifted" in told:
        _say_lifted(lock_id, cast("JsonObject", told["lifted"]))
    else:
        say_proof(lock_id, told)
    return 3 if told["holds"] is None else 0 if told["holds"] is True else 1


def say_proof(lock_id: str, told: JsonObject) -> None:
    """Tell a person what was proved of a lock, and whether anybody is known whom it holds for."""
    sessions = len(cast("list[str]", told["sessions_left"]))
    print(f"{lock_id} {'holds' if told['holds'] is True else 'does not hold'}.")
    print(f"Exchanges left: {told['exchanges_left']}. Sessions left: {sessions}.")
    if told["is_in_force"] is not True:
        print("It has run out.")
    _say_whose(cast("JsonObject", told["lock"]))
    _say_tried_again(told)
    _say_who_knows(told)


def _say_lifted(lock_id: str, lifted: JsonObject) -> None:
    from firedoor.cli.output import clean, instant

    when, by = instant(cast("int", lifted["at_us"])), clean(lifted["by"])
    print(f"{lock_id} does not hold: {by} lifted it at {when}: {clean(lifted['reason'])}")


def say(told: JsonObject) -> None:
    """Tell a person what a lock did: the lock, what it ended, who is still missing."""
    from firedoor.cli.output import clean

    name = clean(cast("JsonObject", told["lock"])["id"])
    if "calls_ended" in told:
        print(f"{name} is in force.")
        _say_ended(told)
    elif told["is_running"]:
        print(f"{name} is kept. The gateway does not answer: it holds there once that goes on.")
    elif told["acknowledged_by"] or told["not_acknowledged_by"]:
        print(f"{name} is in force.")
        print("No gateway answers here. What those that share its locks have ended is not known here.")
    else:
        print(f"{name} is in force.")
        print("No gateway runs here. It holds from the start of the next one.")
    _say_whose(cast("JsonObject", told["lock"]))
    _say_who_knows(told)


def _say_ended(told: JsonObject) -> None:
    from firedoor.cli.output import clean

    print(f"Calls ended: {told['calls_ended']}. Streams ended: {told['streams_ended']}.")
    print(f"Approvals withdrawn: {told['approvals_withdrawn']}.")
    sessions = cast("list[str]", told["sessions_ended"])
    print(f"Sessions ended: {len(sessions)}.")
    for session in sessions[:SHOWN]:
        print(f"  {clean(session)}")
    if len(sessions) > SHOWN:
        print(f"  and {len(sessions) - SHOWN} more: `firedoor sessions` shows them")
    held = told["recordings_held"]
    print(f"Recordings under legal hold: {'not known yet' if held is None else held}.")
    _say_tried_again(told)
    ended = sessions or any(told[what] for what in ("calls_ended", "streams_ended", "approvals_withdrawn"))
    if not ended and not told.get("tried_again"):
        _say_nobody(cast("JsonObject", told["lock"]), held)


def _say_tried_again(told: JsonObject) -> None:
    for what in cast("list[str]", told.get("tried_again", [])):
        print(TRIED_AGAIN[what])


def _say_nobody(lock: JsonObject, held: object) -> None:
    if lock["mode"] != "stop" or _is_on_nobody(lock):
        return
    targets = [each["target"] for each in cast("list[dict[str, str]]", lock["targets"])]
    if targets == ["all"]:
        print("Nobody is here.")
    elif held is None:
        print("Nobody whom it holds for is here now.")
    elif held:
        print("Nobody whom it holds for is here now. The recordings are of earlier sessions.")
    else:
        print("Nobody whom it holds for is here: look whether the name is right.")


def _say_whose(lock: JsonObject) -> None:
    if _is_on_nobody(lock):
        print("No gateway knows that session: NOBODY IS LOCKED OUT. Look at the id with `firedoor sessions`,")
        print("or lock the grant or the principal.")


def _is_on_nobody(lock: JsonObject) -> bool:
    """Whether it is on a session of which nobody can say whose it is: whoever has it may begin anew."""
    targets = cast("list[dict[str, str]]", lock["targets"])
    return lock["grant"] is None and any(each["target"] == "session" for each in targets)


def _say_who_knows(told: JsonObject) -> None:
    from firedoor.cli.output import clean

    by, missing = (cast("list[str]", told[name]) for name in ("acknowledged_by", "not_acknowledged_by"))
    if by:
        print(f"Acknowledged by: {', '.join(clean(name) for name in by)}.")
    if missing:
        print(f"NOT acknowledged by: {', '.join(clean(name) for name in missing)}.")
    if ("is_running" in told and missing) or told.get("is_complete") is False:
        print("Something still ends: look again with `firedoor lock verify`.")


def _mode(manner: Manner) -> str:
    from firedoor.model.errors import ClientError

    if manner.suspend and manner.read_only:
        raise ClientError("lock_mode", "A lock suspends or leaves reading open: not both.")
    return "suspend" if manner.suspend else "read-only" if manner.read_only else "stop"


def _targets(given: Targets) -> list[tuple[str, str]]:
    from firedoor.cli.token_file import own_token_in
    from firedoor.core.authenticate.token import digest_of

    named = [
        ("principal", given.principal),
        ("group", given.group),
        ("grant", given.grant),
        ("token", None if given.token_file is None else digest_of(own_token_in(given.token_file))),
        ("session", given.session),
        ("agent", given.agent),
        ("upstream", given.upstream),
        ("tool", given.tool),
        ("network", given.network),
    ]
    found = [(target, value) for target, value in named if value is not None]
    return [*found, ("all", "")] if given.everything else found


GROUP: dict[str, Callable[..., int | None]] = {
    "create": create,
    "list": list_locks,
    "lift": lift,
    "verify": verify,
}
