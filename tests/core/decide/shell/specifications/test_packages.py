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
