"""`firedoor exposure`: whose data was seen, by whom, when. Opens no recording, and repeats no value."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from firedoor.cli.settings_option import AsJson, SettingsFile

if TYPE_CHECKING:
    from firedoor.ports.exposures import ExposureRow

HEADS = ("LINE", "KIND", "SEEN", "AT", "PRINCIPAL", "AGENT", "UPSTREAM", "CALL")
SessionId = Annotated[str | None, Parameter(help="What was found in the answers of one session.")]
CaseName = Annotated[
    str | None, Parameter(help="What was found in the sessions that locks and permits of a case touched.")
]
ValueFile = Annotated[
    Path | None, Parameter(help="A file with one value a line; - reads standard input. Where each was found.")
]


def exposure(
    *,
    session: SessionId = None,
    case: CaseName = None,
    value_file: ValueFile = None,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> int:
    """Say whose data was seen, by whom, when, without opening recordings. Exit code 1 if nothing was."""
    from firedoor.app.exposures import found_in_case, found_in_session, found_of_values
    from firedoor.cli.output import instant, print_json, print_table
    from firedoor.model.errors import ClientError

    if sum(one is not None for one in (session, case, value_file)) != 1:
        hint = "firedoor exposure --session ID, --case NAME, or --value-file FILE"
        raise ClientError("exposure_of_what", "Give one of --session, --case and --value-file.", hint)
    if session is not None:
        found = [(0, row) for row in found_in_session(settings, session)]
    elif case is not None:
        found = [(0, row) for row in found_in_case(settings, case)]
    else:
        found = [(one.line, one.row) for one in found_of_values(settings, value_file or Path("-"))]
    if as_json:
        for line, row in found:
            print_json({**_object(line, row), "at": instant(row.at_us)})
    else:
        rows = [
            (line or "", row.kind, _seen(row), instant(row.at_us), row.principal, row.agent, row.upstream,
             f"{row.session}.{row.sequence if row.call is None else row.call}")
            for line, row in found
        ]  # fmt: skip
        print_table(HEADS, rows, empty="Nothing was found.")
    return 0 if found else 1


def _seen(row: "ExposureRow") -> str:
    return {"note": "in clear", "begun": "begun"}.get(row.action, "masked")


def _object(line: int, row: "ExposureRow") -> dict[str, str | int | None]:
    about: dict[str, str | int | None] = {"line": line} if line else {}
    return {
        **about,
        "kind": row.kind,
        "action": row.action,
        "mark": row.mark,
        "session": row.session,
        "sequence": row.sequence,
        "call": row.call,
        "principal": row.principal,
        "agent": row.agent,
        "upstream": row.upstream,
    }


GROUP: dict[str, Callable[..., int | None]] = {"exposure": exposure}
