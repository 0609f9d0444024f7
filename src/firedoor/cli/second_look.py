"""`firedoor second-look`: what was delivered in clear though no mask had found it. Shows no value."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from firedoor.cli import DONE, NO, NOT_ENOUGH
from firedoor.cli.settings_option import PLAINLY, Identities, Printing

if TYPE_CHECKING:
    from firedoor.model.errors import RecordError
    from firedoor.operations.look_again import Left

HEADS = ("KIND", "SHOWN", "CALL", "AT", "PATH", "FROM", "TO", "EXTRA", "CONFIDENCE")


def second_look(
    *,
    session: Annotated[str | None, Parameter(help="The messages of one session. The id may be cut.")] = None,
    case: Annotated[str | None, Parameter(help="Those of the sessions that a case touched.")] = None,
    identity: Identities = None,
    unrecorded: Annotated[
        bool, Parameter(negative="", help="Leave no entry in the record: for copies that are only read.")
    ] = False,
    printing: Printing = PLAINLY,
) -> int:
    """Find what masks had not found in recordings. Exit code 1: nothing; 3: not all could be looked at."""
    from firedoor.app.recording import Looking
    from firedoor.app.second_look import left_in_case, left_in_session, second_look
    from firedoor.model.errors import ClientError

    if (session is None) == (case is None):
        hint = "firedoor second-look --session ID, or --case NAME"
        raise ClientError("second_look_of_what", "Give one of --session and --case.", hint)
    looking = Looking(identities=identity or (), is_unrecorded=unrecorded)
    with second_look() as look:
        if session is not None:
            found = left_in_session(printing.settings, session, looking, look)
        else:
            found = left_in_case(printing.settings, case or "", looking, look)
        return _shown(found, look.extras, as_json=printing.as_json)


def _shown(found: "Iterable[Left | RecordError]", extras: Sequence[str], *, as_json: bool) -> int:
    """Print what was found, and give the exit code. With `--json`, each as soon as it is there."""
    from firedoor.cli.output import clean, instant, print_json, print_table
    from firedoor.operations.look_again import UNREAD, Left

    left: list[Left] = []
    unopened = 0
    for one in found:
        if not isinstance(one, Left):
            print(f"firedoor: {clean(one.message)}", file=sys.stderr)
            unopened += 1
            continue
        left.append(one)
        if as_json:
            print_json({**_object(one), "at": instant(one.at_us)})
            sys.stdout.flush()
    if not as_json:
        rows = [
            (one.kind, one.shown, f"{one.session}.{_call(one)}", instant(one.at_us), one.path, one.start,
             one.end, one.extra, one.confidence)
            for one in left
        ]  # fmt: skip
        print_table(HEADS, rows, empty=f"Nothing was seen by {' and '.join(extras)}.")
    if unopened or any(one.kind == UNREAD for one in left):
        return NOT_ENOUGH
    return DONE if left else NO


def _call(one: "Left") -> int:
    return one.sequence if one.call is None else one.call


def _object(one: "Left") -> dict[str, str | int | None]:
    return {
        "kind": one.kind,
        "shown": one.shown,
        "session": one.session,
        "call": one.call,
        "sequence": one.sequence,
        "path": one.path,
        "start": one.start,
        "end": one.end,
        "extra": one.extra,
        "rule": one.rule,
        "confidence": one.confidence,
    }


GROUP: dict[str, Callable[..., int | None]] = {"second-look": second_look}
