import pytest

from firedoor.core.decide.shell.understand import understand_argv, understand_shell


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


@pytest.mark.parametrize(
    "command",
    [
        "exit 1",
        "exit $?",
        "wait $!",
        "wait",
        "printf '%s %-4b|%%\\n' \"$x\" $y",
        "printf '%s %d\\n' \"$x\" 5 y 6.5",
        "printf '%d\\n' $?",
        "printf '%*s|%.*f' 5 \"$x\" 2 1e3",
        "printf '%08x %s' 0x1f name",
        'printf "a$x"',
        "printf",
        "printf '100%%' x",
        "hash -r",
        'test "$x" = "$y"',
    ],
)
def test_numbers_that_are_written_out_and_texts_are_allowed(command: str) -> None:
    assert understand_shell(command).allowed


@pytest.mark.parametrize(
    "command",
    [
        'exit "$x"',
        "exit 'a[$(id)]'",
        "wait -n -p 'a[$(id)]'",
        "shift 'a[$(id)]'",
        'printf "%d" "$x"',
        'printf "%*s" "$x" 5',
        'printf "%s$x" "$y"',
        'printf -- "$x" y',
        'printf -- "$x"',
        'printf "%d %s" x "$y"',
        "x='a[$(id)]'; printf %d x",
        "printf %n PATH",
        "printf '%1$d' x",
        "printf '%(x)T' x",
        "printf '\\045d' \"$x\"",
        "printf '\\x25d' x",
        "printf '\\u0025d' x",
        "printf '%s %d' $x 5",
        "printf '%ld' x",
        "printf -v x y",
        'read -r x y < f; test "$x" "$y"',
        "test $x",
        "seq 3 | xargs -I{} test {} x",
        "hash x",
        "export x=1 $y",
        "export x=*",
        "xargs --replace={} ls {}",
    ],
)
def test_what_a_shell_may_read_as_arithmetic_is_not(command: str) -> None:
    assert not understand_shell(command).allowed


def test_a_bracket_is_closed() -> None:
    assert understand_argv(("[", "a", "=", "b", "]")).allowed
    assert not understand_argv(("[", "a", "=", "b")).allowed
    assert not understand_argv(("[",)).allowed
