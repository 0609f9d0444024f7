"""All commands under one name, each under the heading of what people do with it."""

import pytest

from firedoor.cli import MISTAKE, NO, run, told_by_the_machine
from firedoor.cli.commands import HEADINGS, commands


def test_every_command_stands_under_a_heading_and_no_heading_names_another() -> None:
    known = {name for name in commands() if not name.startswith("-")} - {"version"}
    listed = [name for names in HEADINGS.values() for name in names]
    assert sorted(listed) == sorted(known)


def test_help_says_what_each_command_is_for(capsys) -> None:
    commands()(["--help"], result_action="return_value")
    told = capsys.readouterr().out
    assert all(heading in told for heading in HEADINGS)
    assert "Close doors at once, and open them again." in told


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("lock create", "firedoor lock create --help"),
        ("explain foo", "firedoor explain --help"),
        ("sessions --limit 0", "firedoor sessions --help"),
        ("search --limit -1 x", "firedoor search --help"),
        ("nothing-of-ours", "firedoor --help"),
    ],
)
def test_who_mistypes_is_told_where_the_options_stand(capsys, line: str, shown: str) -> None:
    assert run(line.split()) == MISTAKE
    assert capsys.readouterr().err.endswith(f"  {shown} shows what it takes.\n")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            PermissionError(13, "Permission denied", "/srv/log"),
            MISTAKE,
            "Permission denied: /srv/log\n  Run it as",
        ),
        (
            PermissionError(13, "Permission denied"),
            MISTAKE,
            "Permission denied\n  Run it as the user of the gateway",
        ),
        (OSError(28, "No space left on device", "/srv/log"), NO, "No space left on device: /srv/log\n"),
    ],
)
def test_who_may_not_read_the_files_of_a_gateway_is_told_as_whom_to_look(capsys, error, code, said) -> None:
    assert told_by_the_machine(error) == code
    assert capsys.readouterr().err.startswith(f"firedoor: {said}")
