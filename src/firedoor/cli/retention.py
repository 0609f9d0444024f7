"""Commands about how long recordings are kept: plan, run, and legal holds."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from firedoor.cli.settings_option import PLAINLY, Printing, SettingsFile

if TYPE_CHECKING:
    from firedoor.operations.plan_retention import Planned

Name = Annotated[str, Parameter(help="What it is for: a case, a letter of a court.")]


def plan(*, printing: Printing = PLAINLY) -> None:
    """Show what would be deleted now, and what legal holds keep."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.retention import plan as planned

    _print(planned(settings_for_people(printing.settings)), as_json=printing.as_json)


def run(*, printing: Printing = PLAINLY) -> None:
    """Delete what is due: its keys, then its frames. What is under a legal hold stays."""
    from firedoor.app.copying import remove_copies
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.retention import run as ran
    from firedoor.cli.output import clean

    settings = settings_for_people(printing.settings)
    _print(ran(settings), as_json=printing.as_json)
    for name in remove_copies(settings):
        told = f"{clean(name)}: the copy stays. Nobody can open it: its keys are deleted."
        print(told, file=sys.stderr)


def hold(session: str, /, *, reason: str, name: Name = "manual", settings: SettingsFile = None) -> None:
    """Keep a recording from being deleted, until the hold is lifted."""
    from firedoor.app.inspect import open_store, settings_for_people
    from firedoor.app.recording import find_session
    from firedoor.app.retention import place_hold

    found = settings_for_people(settings)
    with open_store(found) as store:
        wanted = find_session(store, session)
    place_hold(found, wanted, name, reason)
    print(f"{wanted} is under legal hold {name}.")


def lift(session: str, /, *, reason: str, name: Name = "manual", settings: SettingsFile = None) -> None:
    """Lift a legal hold: the recording is deleted when it is due."""
    from firedoor.app.inspect import open_store, settings_for_people
    from firedoor.app.recording import find_session
    from firedoor.app.retention import lift_hold

    found = settings_for_people(settings)
    with open_store(found) as store:
        wanted = find_session(store, session)
    lift_hold(found, wanted, name, reason)
    print(f"The legal hold {name} on {wanted} is lifted.")


def holds(*, printing: Printing = PLAINLY) -> None:
    """List legal holds."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.retention import holds_of
    from firedoor.cli.output import instant, print_json, print_table

    found = holds_of(settings_for_people(printing.settings))
    if printing.as_json:
        for each in found:
            print_json(
                {
                    "session": each.session,
                    "name": each.name,
                    "reason": each.reason,
                    "by": each.by,
                    "placed_at": instant(each.placed_at_us),
                }
            )
        return
    rows = [(each.session, each.name, each.by, instant(each.placed_at_us), each.reason) for each in found]
    print_table(("SESSION", "NAME", "BY", "PLACED", "REASON"), rows, empty="No legal holds.")


def _print(planned: "tuple[Planned, ...]", *, as_json: bool) -> None:
    from firedoor.cli.output import instant, print_json, print_table

    if as_json:
        for one in planned:
            print_json(
                {
                    "session": one.session,
                    "fate": one.fate.value,
                    "upstream": one.upstream,
                    "due_at": instant(one.due_at_us),
                    "rule": one.rule,
                    "frames": one.frames,
                    "holds": [hold.name for hold in one.holds],
                }
            )
        return
    rows = [
        (one.session, one.fate.value, one.upstream, instant(one.due_at_us), one.rule,
         ", ".join(hold.name for hold in one.holds) or None)
        for one in planned
    ]  # fmt: skip
    print_table(("SESSION", "FATE", "UPSTREAM", "DUE", "RULE", "HOLDS"), rows, empty="Nothing is due.")


GROUP: dict[str, Callable[..., int | None]] = {
    "plan": plan,
    "run": run,
    "hold": hold,
    "lift": lift,
    "holds": holds,
}
