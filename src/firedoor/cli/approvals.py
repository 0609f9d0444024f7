"""Commands of approvers: see what waits, approve, deny. Who decides is who the token says."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, cast

from cyclopts import Parameter

from firedoor.cli.asking import TokenFile, ask_desk, needed, said_of
from firedoor.cli.settings_option import PLAINLY, Printing
from firedoor.model.json import JsonObject

Reason = Annotated[str, Parameter(help="Why. It is recorded; who is refused reads it.")]
MANY = 10
"""Requests of one asker that wait, which a reader of the list is told of."""
Heads = ("ID", "STATE", "PRINCIPAL", "AGENT", "UPSTREAM", "WHAT", "RISK", "UNTIL", "SAID")


def approvals(
    approval_id: str | None = None,
    /,
    *,
    everything: Annotated[bool, Parameter(name="--all", negative="", help="Ended ones too.")] = False,
    token_file: TokenFile = None,
    printing: Printing = PLAINLY,
) -> int:
    """List the calls that wait for approval; or show one with all that an approver should know."""
    from firedoor.cli.output import print_json

    if approval_id is not None:
        told = ask_desk(printing, "approval.show", {"id": approval_id}, token_file)
        if told is None:
            return 3
        print_json(told) if printing.as_json else _show(told)
        return 0
    told = ask_desk(printing, "approval.list", {"everything": everything}, token_file)
    if told is None:
        return 3
    found = cast("list[JsonObject]", told["approvals"])
    if printing.as_json:
        for each in found:
            print_json(each)
        return 0
    _list(found)
    _say_who_asks_most(found)
    _list_permits(cast("list[JsonObject]", told["permits"]))
    for each in cast("list[JsonObject]", told["load"]):
        _warn(each["approver"], each["reviews_today"], each["is_too_much"])
    return 0


def approve(
    approval_id: str, /, *, reason: Reason, token_file: TokenFile = None, printing: Printing = PLAINLY
) -> int:
    """Approve one call, as `firedoor approvals ID` shows it; it is executed at most once. Or a permit."""
    return _review(approval_id, reason, token_file, printing, is_approval=True)


def deny(
    approval_id: str, /, *, reason: Reason, token_file: TokenFile = None, printing: Printing = PLAINLY
) -> int:
    """Refuse one call, or a permit. One refusal is enough."""
    return _review(approval_id, reason, token_file, printing, is_approval=False)


def _review(
    approval_id: str, reason: str, token_file: Path | None, printing: Printing, *, is_approval: bool
) -> int:
    from firedoor.cli.output import clean, print_json

    arguments: JsonObject = {"id": approval_id, "reason": reason, "approve": is_approval}
    told = ask_desk(printing, "approval.review", arguments, token_file)
    if told is None:
        return 3
    if printing.as_json:
        print_json(told)
        return 0
    print(f"{clean(told['id'])} is {clean(told['state'])}.")
    if told["state"] == "requested":
        print("More people are needed.")
    _warn("You", told["reviews_today"], told["is_too_much"])
    return 0


def _list(found: list[JsonObject]) -> None:
    from firedoor.cli.output import instant, print_table, short

    rows = [
        (
            each["id"],
            each["state"],
            each["principal"],
            ", ".join(cast("list[str]", each["agents"])) or None,
            each["upstream"],
            short(each["name"] or each["method"]),
            each["risk"],
            instant(cast("int", each["expires_at_us"])),
            said_of(each),
        )
        for each in found
    ]
    print_table(Heads, rows, empty="Nothing waits for approval.")


def _say_who_asks_most(found: list[JsonObject]) -> None:
    """One who asks for much hides what others ask for."""
    from firedoor.cli.output import clean

    waiting = Counter(
        (str(each["principal"]), *cast("list[str]", each["agents"]))
        for each in found
        if each["state"] == "requested"
    )
    for who, times in waiting.most_common(1):
        if times >= MANY:
            print(f"{times} of them are asked for by {clean(' ← '.join(who))}.")


def _list_permits(found: list[JsonObject]) -> None:
    """What waits beside calls, and what is open without anybody deciding."""
    from firedoor.cli.output import clean, instant
    from firedoor.cli.permits import print_permits

    for each in found:
        if each["kind"] == "break-glass" and each["state"] == "live":
            until = instant(cast("int", each["expires_at_us"]))
            who, where = clean(each["principal"]), clean(each["upstream"])
            print(f"BREAK-GLASS is open until {until}: {who} on {where}, {clean(each['id'])}.")
    waiting = [each for each in found if each["state"] == "requested"]
    if waiting:
        print()
        print_permits(waiting, empty="")


def _show(told: JsonObject) -> None:
    from firedoor.cli.output import clean, instant

    agents = " ← ".join([str(told["principal"]), *cast("list[str]", told["agents"])])
    print(f"{clean(told['id'])}  {clean(told['state'])}  until {instant(cast('int', told['expires_at_us']))}")
    print(f"who     {clean(agents)}")
    print(f"what    {clean(told['method'])} {clean(told['name'])} on {clean(told['upstream'])}")
    print(f"risk    {clean(told['risk'])}   rules {clean(', '.join(cast('list[str]', told['rules'])))}")
    for demand in cast("list[dict[str, list[str]]]", told["demands"]):
        print(f"needs   {clean(needed(demand))}")
    for reason in cast("list[str]", told["reasons"]):
        print(f"why     {clean(reason)}")
    _show_call(told)
    _show_past(told)


def _show_call(told: JsonObject) -> None:
    """What would be sent, and what is easily overlooked in it."""
    from firedoor.cli.output import clean
    from firedoor.operations.indented import indented

    if told["params"] is None:
        print(f"The parameters are not shown. {clean(told['why_not_shown'])}")
    else:
        print("parameters, as they will be sent (masked like answers):")
        for line in indented(str(told["params"])):
            print(f"    {clean(line)}")
    for part in cast("list[str]", told["understood"]):
        print(f"understood: {clean(part)}")
    changed = cast("list[str]", told["diff"])
    if changed:
        print("changed since the last attempt that was refused:")
    # Without the names of the two, and the places: a line says what it is.
    for line in changed[2:]:
        if not line.startswith("@@"):
            print(f"    {clean(line)}")
    for notice in cast("list[str]", told["notices"]):
        print(f"note    {clean(notice)}")


def _show_past(told: JsonObject) -> None:
    """What the session did before, and what people have said."""
    from firedoor.cli.output import clean, instant

    for call in cast("list[JsonObject]", told["last_calls"]):
        when = instant(cast("int", call["at_us"]))
        print(f"before  {when} {clean(call['name'] or call['method'])} {clean(call['result'])}")
    for review in cast("list[JsonObject]", told["reviews"]):
        print(f"said    {clean(review['by'])}: {clean(review['decision'])}: {clean(review['reason'])}")


def _warn(who: object, times: object, is_too_much: object) -> None:
    from firedoor.cli.output import clean

    if is_too_much is True:
        print(f"{clean(who)} decided {times} times in a day. Who is asked that often stops reading.")


GROUP: dict[str, Callable[..., int | None]] = {"approvals": approvals, "approve": approve, "deny": deny}
