import pytest

from firedoor.core.decide.shell.understand import understand_shell


@pytest.mark.parametrize(
    "command",
    [
        "set -euo pipefail",
        "export A=1",
        "read -r a b",
        "printf '%s' x",
        "env TZ=UTC date",
        "timeout -s KILL 5 ls",
        "nice -n 5 ls",
        "time -p ls",
        "command -v ls",
        "command ls",
        "xargs -n1 -P4 cat",
        "bash -euo pipefail -c ls",
        "sh -ec ls",
        "printenv HOME",
        "[ -f x ]",
        "test 1 -lt 2",
        "sleep 5",
        "watch -x ls -l",
        "env -u X ls",
        "getent hosts x",
    ],
)
def test_a_word_of_the_shell_that_reads_is_allowed(command: str) -> None:
    facts = understand_shell(command)
    assert facts.allowed, facts.reasons


@pytest.mark.parametrize(
    "command",
    [
        "set -o posix",
        "set",
        "set -- a",
        "export",
        "export PATH=x",
        "export -f ls",
        "read PATH",
        "read 'a[1]'",
        "printf -v x y",
        "printf '%d' 'a[$(id)]'",
        "env",
        "env -S ls",
        "env A=1",
        "env PATH=x ls",
        "env -C / rm x",
        "timeout 5",
        "timeout 5 rm x",
        "timeout $x ls",
        "nice",
        "nice rm x",
        "command rm x",
        "xargs rm",
        "xargs -I{} {} x",
        "xargs -I{} sh -c {}",
        "xargs --replace cat",
        "bash",
        "bash -i",
        "bash x",
        "bash -c",
        "bash --norc -c ls",
        "bash -o posix -c ls",
        'sh -c "$x"',
        "sh -s",
        "printenv",
        "printenv AWS_SECRET_ACCESS_KEY",
        "[ -f x",
        "test -v x",
        "watch",
        'watch "$x"',
        "getent shadow",
    ],
)
def test_a_word_of_the_shell_that_does_more_is_not(command: str) -> None:
    assert not understand_shell(command).allowed
