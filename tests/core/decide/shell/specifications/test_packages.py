import pytest

from firedoor.core.decide.shell.understand import understand_shell


@pytest.mark.parametrize(
    "command",
    [
        "python3 --version",
        "node -v",
        "go env",
        "pip list",
        "npm ls",
        "dpkg -l x",
        "apt list --installed",
        "rpm -qa",
        "gh pr list",
        "gh api repos/a/b",
        "make --version",
        "npm audit",
    ],
)
def test_a_package_command_that_reads_is_allowed(command: str) -> None:
    facts = understand_shell(command)
    assert facts.allowed, facts.reasons


@pytest.mark.parametrize(
    "command",
    [
        "python3",
        "python3 x.py",
        "python3 -c 1",
        "node x.js",
        "go run x",
        "go env -w A=b",
        "pip install x",
        "npm audit fix",
        "npm install",
        "npm exec x",
        "dpkg -i x",
        "dpkg --purge x",
        "apt install x",
        "rpm -e x",
        "rpm --eval '%(id)'",
        "rpm -q --qf '%(id)' x",
        "gh pr merge 1",
        "gh api graphql",
        "gh api -X DELETE x",
        "gh api x -f a=b",
        "gh api https://x",
        'gh api "$x"',
        "make",
        "python2 -v",
        "zsh -v",
        "gem install x",
    ],
)
def test_a_package_command_that_does_more_is_not(command: str) -> None:
    assert not understand_shell(command).allowed


@pytest.mark.parametrize(
    "command",
    [
        "gh search prs --repo a/b --merged --limit 5 timeout",
        "gh search prs --review=approved --base main --updated '>2026-01-01' x",
        "amtool alert query a=b",
    ],
)
def test_a_forge_is_searched_by_what_a_request_is(command: str) -> None:
    assert understand_shell(command).allowed, understand_shell(command).reasons


@pytest.mark.parametrize(
    "command",
    [
        "gh search prs --web x",
        "amtool alert query @/etc/motd",
        "amtool silence add a=b",
    ],
)
def test_a_search_opens_no_browser_and_reads_no_options_from_a_file(command: str) -> None:
    assert not understand_shell(command).allowed
