"""All commands under one name, each under the heading of what people do with it."""

import pytest

from firedoor.cli import MISTAKE, run
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
