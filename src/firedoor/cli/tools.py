"""Commands about what upstreams say of their tools, prompts and themselves: list, diff, accept."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from firedoor.cli.settings_option import PLAINLY, Printing

if TYPE_CHECKING:
    from firedoor.app.settings.resolved import Settings
    from firedoor.operations.review_definitions import Reviewed

SHOWN = 12
"""Digits of a hash that are shown."""
Upstream = Annotated[str, Parameter(help="As the settings name it.")]


def list_tools(upstream: Upstream, /, *, printing: Printing = PLAINLY) -> None:
    """List what an upstream defines, and how each definition stands."""
    from firedoor.cli.output import instant, print_json, print_table

    _, reviewed = _reviewed(upstream, printing)
    if printing.as_json:
        for each in reviewed:
            print_json(_object(each))
        return
    rows = [
        (
            each.pin.definition.kind.value,
            each.pin.definition.name,
            each.stand.value,
            each.pin.definition.hash[:SHOWN],
            instant(each.pin.accepted_at_us),
            each.pin.accepted_by or None,
            len(each.pin.definition.suspicions) or None,
        )
        for each in reviewed
    ]
    heads = ("KIND", "NAME", "STATE", "HASH", "ACCEPTED", "BY", "SUSPICIONS")
    print_table(heads, rows, empty="Nothing was listed yet.")


def diff(upstream: Upstream, *names: str, printing: Printing = PLAINLY) -> int:
    """Show what differs from what was accepted. Exit code 1 if anything does."""
    from firedoor.cli.output import clean, print_json
    from firedoor.operations.review_definitions import Stand, difference

    _, reviewed = _reviewed(upstream, printing)
    found = [each for each in reviewed if each.stand is not Stand.ACCEPTED]
    found = [each for each in found if not names or each.pin.definition.name in names]
    for each in found:
        if printing.as_json:
            print_json({**_object(each), "diff": list(difference(each))})
            continue
        definition = each.pin.definition
        print(
            clean(f"{each.stand.value:8} {definition.kind.value} {definition.name}@{definition.hash[:SHOWN]}")
        )
        for suspicion in definition.suspicions:
            where = f" in {suspicion.where}" if suspicion.where else ""
            print(clean(f"  ! {suspicion.kind}{where}: {suspicion.what}"))
        for line in difference(each):
            print(f"  {clean(line)}")
    if not found and not printing.as_json:
        print("Nothing differs from what was accepted.")
    return 1 if found else 0


def accept(upstream: Upstream, *names: str, printing: Printing = PLAINLY) -> int:
    """Rely on definitions from the next call on: those named (NAME, NAME@HASH), else all without suspicions.

    Exit code 1 if some still wait.
    """
    from firedoor.app.acts import RecordedActs, this_operator
    from firedoor.app.inspect import now_us, open_store
    from firedoor.cli.output import clean, print_json
    from firedoor.operations.accept_definitions import Wanted, accept_definitions

    found, _ = _reviewed(upstream, printing)
    wanted = Wanted(upstream=upstream, names=names, by=this_operator().name, at_us=now_us())
    with open_store(found) as store:
        acceptance = accept_definitions(wanted, store.definitions, RecordedActs(found))
    for each in acceptance.accepted:
        if printing.as_json:
            print_json({**_object(each), "state": "accepted"})
        else:
            print(clean(f"accepted {_named(each)}"))
    left: tuple[Reviewed, ...] = () if names else acceptance.left
    for each in () if printing.as_json else left:
        number = len(each.pin.definition.suspicions)
        print(clean(f"waiting  {_named(each)}: {number} suspicions. Look at it, then accept it by name."))
    if not acceptance.accepted and not left and not printing.as_json:
        print("Nothing waits to be accepted.")
    return 1 if left else 0


def _named(each: "Reviewed") -> str:
    definition = each.pin.definition
    return f"{definition.kind.value} {definition.name}@{definition.hash[:SHOWN]}"


def _reviewed(upstream: str, printing: Printing) -> "tuple[Settings, tuple[Reviewed, ...]]":
    from firedoor.app.inspect import open_store, settings_for_people
    from firedoor.model.errors import ClientError
    from firedoor.operations.review_definitions import review_definitions

    found = settings_for_people(printing.settings)
    known = [entry.upstream.name for entry in found.upstreams]
    if upstream not in known:
        hint = f"The settings name: {', '.join(known)}."
        raise ClientError("upstream_unknown", f"There is no upstream {upstream}.", hint)
    with open_store(found) as store:
        return found, review_definitions(store.definitions, upstream)


def _object(each: "Reviewed") -> dict[str, object]:
    from firedoor.cli.output import instant

    definition, pin = each.pin.definition, each.pin
    return {
        "kind": definition.kind.value,
        "name": definition.name,
        "state": each.stand.value,
        "hash": definition.hash,
        "accepted_before": None if each.before is None else each.before.definition.hash,
        "first_seen_at": instant(pin.first_seen_at_us),
        "accepted_at": instant(pin.accepted_at_us),
        "accepted_by": pin.accepted_by or None,
        "gone_at": instant(pin.gone_at_us),
        "suspicions": [
            {"kind": found.kind, "where": found.where, "what": found.what} for found in definition.suspicions
        ],
    }


GROUP: dict[str, Callable[..., int | None]] = {"list": list_tools, "diff": diff, "accept": accept}
