import pytest

from firedoor.core.decide.shell.understand import understand_shell


@pytest.mark.parametrize(
    "text",
    [
        "ps",
        "ps aux",
        "ps -ef",
        "ps -eo pid,etime,cmd --sort=-%mem",
        "ps axo pid,etime",
        "ps -o etime -p 42",
        "ps -C etcd -f",
        "ps -u etcd",
        "ps U etcd",
        "ps -p $(pgrep -o java)",
        "ps --sort etime --forest aux",
        "ps -p1 -f",
        "ps 4242",
    ],
)
def test_processes_are_shown(text: str) -> None:
    assert understand_shell(text).allowed


@pytest.mark.parametrize(
    "text",
    [
        "ps e",
        "ps eww",
        "ps auxe",
        "ps -ef e",
        "ps -p 1 e",
        "ps -p1 e",
        "ps -uroot e",
        "ps axo pid e",
        "ps --forest e",
        "ps --sort=-rss axe",
        "ps -E",
        "ps -axE",
        "ps $x",
        "ps -f $x",
    ],
)
def test_their_environments_are_not(text: str) -> None:
    assert not understand_shell(text).allowed
