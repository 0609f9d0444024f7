"""The command about a damaged journal: recover."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from firedoor.cli.asking import TokenFile, token_of
from firedoor.cli.settings_option import PLAINLY, Printing

if TYPE_CHECKING:
    from firedoor.core.record.gap import Lost
    from firedoor.edges.store.log.gap import Gap

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
    from firedoor.app.recovering import PEOPLE, Accepting, accept, damage_of, losses_of
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
            print("\n".join(lines_of(shown, losses_of(settings, gap))))
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


def lines_of(gap: "Gap", losses: "Sequence[Lost]") -> list[str]:
    """Write damage for people."""
    behind = f", and {gap.segments_after} later segments" if gap.segments_after else ""
    lines = [
        f"Segment {gap.segment} of the journal is damaged from byte {gap.offset} on.",
        f"{gap.length} bytes would go to quarantine{behind}: {gap.frames_after} whole frames.",
        "Sessions that are whole behind it are saved into files of their own first.",
    ]
    lines += [
        f"  lost of session {lost.session}: frames {lost.first} to {lost.last}" for lost in losses[:SHOWN]
    ]
    if len(losses) > SHOWN:
        lines.append(f"  … and of {len(losses) - SHOWN} sessions more")
    return [
        *lines,
        "A backup of the segment is better. Otherwise two people with the role admin each run:",
        f"  firedoor recover --accept-gap {gap.sha256} --reason WHY",
    ]


SHOWN = 30
"""Sessions that are named."""
FIELDS = ("segment", "offset", "length", "sha256", "frames_after", "segments_after")
GROUP: dict[str, Callable[..., int | None]] = {"recover": recover}
