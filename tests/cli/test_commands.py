"""All commands under one name, each under the heading of what people do with it."""

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
