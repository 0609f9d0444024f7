import pytest

from firedoor.core.decide.shell.understand import understand_shell


@pytest.mark.parametrize(
    "command",
    [
        "git --version",
        "git log -20 -p -- x",
        "git branch --list 'a*'",
        "git branch --merged main",
        "git remote show origin",
        "git stash show -p",
        "git config --list",
        "git config user.name",
        "git config get user.name",
        "git config --get user.name",
        "git tag -l 'v*'",
        "git ls-remote origin",
        "git ls-remote https://x/y.git",
        "git worktree list",
        "git submodule status",
        "git reflog",
    ],
)
def test_git_that_reads_is_allowed(command: str) -> None:
    facts = understand_shell(command)
    assert facts.allowed, facts.reasons


@pytest.mark.parametrize(
    "command",
    [
        "git",
        "git frob",
        "git branch x",
        "git branch -v x -D",
        "git branch -C new",
        "git -C",
        "git tag -a v1",
        "git tag x",
        "git remote add a b",
        "git remote show 'ext::sh -c id'",
        "git stash",
        "git stash pop",
        "git config user.name x",
        "git config edit",
        "git config --global --edit",
        "git config set a.b c",
        'git config "$x" y',
        "git ls-remote 'ext::x'",
        "git ls-remote ssh://x",
        "git worktree add x",
        "git submodule update",
        "git submodule foreach id",
        "git reflog expire",
        "git log --output=x",
        "git diff --ext-diff",
        "git show --textconv x",
        "git --git-dir=/tmp/x log",
        "git -c a=b log",
        "git log $x",
        "git cat-file --filters x",
        "git config --get-regexp a b c",
    ],
)
def test_git_that_does_more_is_not(command: str) -> None:
    assert not understand_shell(command).allowed
