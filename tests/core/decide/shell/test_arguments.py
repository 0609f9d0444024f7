import pytest

from firedoor.core.decide.shell.arguments import commands_in


@pytest.mark.parametrize(
    "name", ["command", "cmd", "Command", "shell_command", "script", "bash", "command-line"]
)
def test_a_text_under_a_name_for_commands_is_found(name: str) -> None:
    assert commands_in({name: "ls -la", "cwd": "/srv"}) == (((name,), "ls -la"),)


def test_a_list_of_words_is_a_command_that_no_shell_reads() -> None:
    assert commands_in({"command": ["bash", "-lc", "ls | wc"]}) == (
        (("command",), ("bash", "-lc", "ls | wc")),
    )


def test_words_beside_a_command_belong_to_it() -> None:
    assert commands_in({"command": "ls", "args": ["-l", "/srv"]}) == ((("command",), ("ls", "-l", "/srv")),)


def test_words_that_a_shell_would_read_otherwise_count_in_both_readings() -> None:
    found = commands_in({"command": "ls", "args": ["; rm -rf /"]})
    assert [command for _, command in found] == [("ls", "; rm -rf /"), "ls ; rm -rf /"]


def test_commands_are_found_at_any_depth_and_in_order() -> None:
    found = commands_in({"steps": [{"run": "ls"}, {"run": "id"}], "commands": ["ls", "-l"]})
    assert found == (
        (("commands",), ("ls", "-l")),
        (("steps", "0", "run"), "ls"),
        (("steps", "1", "run"), "id"),
    )


def test_a_list_that_holds_more_than_words_is_no_command_and_is_looked_into() -> None:
    assert commands_in({"command": ["ls", 1], "cmd": 7, "run": [], "script": None}) == ()
    assert commands_in({"command": ["ls", {"run": "id"}]}) == ((("command", "1", "run"), "id"),)


def test_deep_nesting_is_walked_without_recursion() -> None:
    nested: dict = {"command": "ls"}
    for _ in range(5_000):
        nested = {"x": nested}
    assert len(commands_in(nested)) == 1


def test_other_names_carry_no_command() -> None:
    assert commands_in({"path": "/srv", "pattern": "rm", "count": 3}) == ()
