"""The command about a damaged journal: recover."""

from collections.abc import Callable
from typing import Annotated

from cyclopts import Parameter

from firedoor.cli.asking import TokenFile, token_of
from firedoor.cli.settings_option import PLAINLY, Printing

Digest = Annotated[str | None, Parameter(help="What you accept as lost: its SHA-256, as it is shown.")]
Why = Annotated[str, Parameter(help="Why. It is recorded.")]


def recover(
    *,
    accept_gap: Digest = None,
    reason: Why = "",
    token_file: TokenFile = None,
    printing: Printing = PLAINLY,
) -> int:
    """Show damage that the gateway does not start over; two people may accept that it is lost.

    Exit code 0: nothing is damaged, or the gap is closed; 1: there is damage; 3: one more person must accept.
    """
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.recovering import PEOPLE, Accepting, accept, damage_of
    from firedoor.cli.output import print_json
    from firedoor.model.errors import ClientError

    settings = settings_for_people(printing.settings)
    if accept_gap is None:
        gap, kept = damage_of(settings)
        if gap is None and (kept is None or len(kept.by) < PEOPLE):
            print_json({"damage": None}) if printing.as_json else print("Nothing is damaged.")
            return 0
        shown = gap or (kept.gap if kept is not None else None)
        if shown is not None and printing.as_json:
            print_json({"damage": {name: getattr(shown, name) for name in FIELDS}})
        elif shown is not None:
            print(f"Segment {shown.segment} of the journal is damaged from byte {shown.offset} on.")
            behind = f", and {shown.segments_after} later segments" if shown.segments_after else ""
            print(f"{shown.length} bytes would go to quarantine{behind}: {shown.frames_after} whole frames.")
            print("Sessions that are whole behind it are saved into files of their own first.")
            print("A backup of the segment is better. Otherwise two people with the role admin each run:")
            print(f"  firedoor recover --accept-gap {shown.sha256} --reason WHY")
        return 1
    if not reason.strip():
        raise ClientError("gap_reason", "Say why, with --reason: it is recorded.")
    kept = accept(settings, Accepting(digest=accept_gap, token=token_of(token_file), reason=reason))
    is_done = len(kept.by) >= PEOPLE
    if printing.as_json:
        print_json({"accepted_by": [each.principal for each in kept.by], "is_done": is_done})
    else:
        print("The gap is closed and recorded." if is_done else "Accepted. One more person must accept it.")
    return 0 if is_done else 3


FIELDS = ("segment", "offset", "length", "sha256", "frames_after", "segments_after")
GROUP: dict[str, Callable[..., int | None]] = {"recover": recover}
