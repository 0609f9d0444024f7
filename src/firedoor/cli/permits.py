"""Commands about permits and break-glass: request, list, show, revoke. Approving one: `firedoor approve`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, cast

from cyclopts import Parameter

from firedoor.cli.asking import TokenFile, ask_desk, needed, said_of
from firedoor.cli.settings_option import PLAINLY, Printing
from firedoor.model.json import JsonObject

Heads = ("ID", "KIND", "STATE", "PRINCIPAL", "AGENT", "UPSTREAM", "TOOLS", "UNTIL", "USED", "CASE", "SAID")
Several = Annotated[list[str] | None, Parameter(negative="")]


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Which calls it lets pass. Values match exactly, but tools, which take * and ?."""

    upstream: str
    tool: Several = None
    principal: Annotated[str | None, Parameter(help="Whose calls; left out: your own.")] = None
    agent: Annotated[
        list[str] | None, Parameter(negative="", help="The agent; the whole chain, if there are several.")
    ] = None
    when: Annotated[
        list[str] | None,
        Parameter(negative="", help='A condition on the call, as in rules: "args.amount <= 100".'),
    ] = None
    uses: Annotated[int | None, Parameter(help="How many calls; left out: as many as come.")] = None


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """For how long, and for what."""

    span: Annotated[
        str | None, Parameter(name="--for", help="15m, 1h; left out: 30m, and 15m for break-glass.")
    ] = None
    case: str | None = None
    break_glass: Annotated[
        bool,
        Parameter(
            negative="", help="An emergency: the whole upstream, opened by two people, and told to all."
        ),
    ] = False


USUAL = Span()


def request(
    *,
    calls: Calls,
    reason: Annotated[str, Parameter(help="Why. It is recorded; who approves reads it.")],
    span: Span = USUAL,
    token_file: TokenFile = None,
    printing: Printing = PLAINLY,
) -> int:
    """Ask that calls may pass for a while without waiting. Others approve it: firedoor approve ID."""
    from firedoor.cli.output import clean, print_json

    asked: dict[str, object] = {
        "kind": "break-glass" if span.break_glass else "permit",
        "upstream": calls.upstream,
        "tools": calls.tool or [],
        "principal": calls.principal or "",
        "agents": calls.agent or [],
        "conditions": calls.when or [],
        "uses": calls.uses,
        "for": span.span or "",
        "case": span.case or "",
        "reason": reason,
    }
    told = ask_desk(printing, "permit.request", cast("JsonObject", asked), token_file)
    if told is None:
        return 3
    if printing.as_json:
        print_json(told)
    else:
        wanted = sum(demand["quorum"] for demand in cast("list[dict[str, int]]", told["demands"]))
        print(f"{clean(told['id'])} is asked for. {wanted} other people decide about it." if wanted > 1
              else f"{clean(told['id'])} is asked for. Another person decides about it.")  # fmt: skip
    return 0


def list_permits(
    *,
    everything: Annotated[bool, Parameter(name="--all", negative="", help="Ended ones too.")] = False,
    token_file: TokenFile = None,
    printing: Printing = PLAINLY,
) -> int:
    """List the permits that are asked for and those that are live."""
    from firedoor.cli.output import print_json

    told = ask_desk(printing, "permit.list", {"everything": everything}, token_file)
    if told is None:
        return 3
    found = cast("list[JsonObject]", told["permits"])
    if printing.as_json:
        for each in found:
            print_json(each)
    else:
        print_permits(found, empty="No permit is open.")
    return 0


def show(permit_id: str, /, *, token_file: TokenFile = None, printing: Printing = PLAINLY) -> int:
    """Show a permit, with every call that it let pass."""
    from firedoor.cli.output import print_json

    told = ask_desk(printing, "permit.show", {"id": permit_id}, token_file)
    if told is None:
        return 3
    print_json(told) if printing.as_json else _show(told)
    return 0


def revoke(
    permit_id: str,
    /,
    *,
    reason: Annotated[str, Parameter(help="Why. It is recorded.")],
    token_file: TokenFile = None,
    printing: Printing = PLAINLY,
) -> int:
    """End a permit at once. Whoever asked for it may, whom it is for, and whoever may approve it."""
    from firedoor.cli.output import clean, print_json

    told = ask_desk(printing, "permit.revoke", {"id": permit_id, "reason": reason}, token_file)
    if told is None:
        return 3
    print_json(told) if printing.as_json else print(f"{clean(told['id'])} is {clean(told['state'])}.")
    return 0


def print_permits(found: list[JsonObject], *, empty: str) -> None:
    """Print permits as a table."""
    from firedoor.cli.output import instant, print_table, short

    rows = [
        (
            each["id"],
            each["kind"],
            each["state"],
            each["principal"],
            short(", ".join(cast("list[str]", each["agents"])) or None),
            each["upstream"],
            short(", ".join(cast("list[str]", each["tools"])) or "everything"),
            instant(cast("int", each["expires_at_us"])),
            _used(each),
            short(each["case"] or None),
            said_of(each),
        )
        for each in found
    ]
    print_table(Heads, rows, empty=empty)


def _minutes(told: JsonObject) -> str:
    """How long it is live, from its approval on."""
    seconds = cast("int", told["span_us"]) // 1_000_000
    return f"{seconds // 60} min {seconds % 60} s, from its approval on".replace(" 0 s,", ",")


def _used(each: JsonObject) -> str:
    return f"{each['used']}" if each["uses"] is None else f"{each['used']} of {each['uses']}"


def _show(told: JsonObject) -> None:
    from firedoor.cli.output import clean, instant

    until = instant(cast("int", told["expires_at_us"]))
    print(f"{clean(told['id'])}  {clean(told['kind'])}  {clean(told['state'])}  until {until}")
    who = " ← ".join([str(told["principal"]), *cast("list[str]", told["agents"])])
    what = ", ".join(cast("list[str]", told["tools"])) or "everything"
    print(f"who     {clean(who)}")
    print(f"what    {clean(what)} on {clean(told['upstream'])}")
    for condition in cast("list[str]", told["conditions"]):
        print(f"when    {clean(condition)}")
    print(f"for     {_minutes(told)}   case {clean(told['case'] or None)}   risk {clean(told['risk'])}")
    for demand in cast("list[dict[str, list[str]]]", told["demands"]):
        print(f"needs   {clean(needed(demand))}")
    print(f"asked   {clean(told['asked_by'])}: {clean(told['reason'])}")
    print(f"used    {clean(_used(told))}")
    if told["ended_by"]:
        print(f"ended   {clean(told['ended_by'])}")
    for review in cast("list[JsonObject]", told["reviews"]):
        print(f"said    {clean(review['by'])}: {clean(review['decision'])}: {clean(review['reason'])}")
    for call in cast("list[JsonObject]", told["calls"]):
        why = f"  not forwarded: {clean(call['not_forwarded'])}" if call["not_forwarded"] else ""
        when = instant(cast("int", call["at_us"]))
        print(f"call    {when} {clean(call['name'] or call['method'])} {clean(call['call'])}{why}")


GROUP: dict[str, Callable[..., int | None]] = {
    "request": request,
    "list": list_permits,
    "show": show,
    "revoke": revoke,
}
