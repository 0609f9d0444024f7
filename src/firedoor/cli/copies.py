"""Commands about copies of the record in another place: status, fetch."""

from collections.abc import Callable
from pathlib import Path

from firedoor.cli.settings_option import PLAINLY, Printing, SettingsFile


def status(*, printing: Printing = PLAINLY) -> int:
    """Say what of the record is only here. Exit code 1: something is late, or cannot be copied."""
    from firedoor.app.copying import state_of, told
    from firedoor.app.inspect import settings_for_people
    from firedoor.cli.output import clean, instant, print_json

    state = state_of(settings_for_people(printing.settings))
    if state is None:
        print("No copies are made: record.copies is not set.")
        return 0
    said, is_well = told(state)
    if printing.as_json:
        print_json(
            {
                "at": instant(state.at_us),
                "is_well": is_well,
                "waiting": list(state.waiting),
                "trouble": state.trouble,
                "differing": list(state.differing),
                "kept": list(state.kept),
            }
        )
        return 0 if is_well else 1
    print(f"{clean(said)} (looked at {instant(state.at_us)})")
    for what, names in (("only here", state.waiting), ("differs", state.differing), ("stays", state.kept)):
        for name in names:
            print(f"  {what}  {clean(name)}")
    return 0 if is_well else 1


def fetch(place: Path, /, *, settings: SettingsFile = None) -> None:
    """Bring all copies into a new folder, to be verified there."""
    from firedoor.app.copying import fetch_copies
    from firedoor.app.inspect import settings_for_people

    count = fetch_copies(settings_for_people(settings), place)
    print(f"{count} files. Verify them: firedoor verify --sealed --directory {place}")


GROUP: dict[str, Callable[..., int | None]] = {"status": status, "fetch": fetch}
