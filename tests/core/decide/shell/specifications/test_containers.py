import pytest

from firedoor.core.decide.shell.understand import understand_shell


@pytest.mark.parametrize(
    "command",
    [
        "ctr -n k8s.io images ls -q",
        "ctr c ls",
        "ctr --namespace k8s.io tasks list",
        "ctr version",
        "docker inspect web",
    ],
)
def test_what_containerd_holds_is_listed(command: str) -> None:
    assert understand_shell(command).allowed, understand_shell(command).reasons


@pytest.mark.parametrize(
    "command",
    [
        "ctr -n k8s.io images rm x",
        "ctr -a /tmp/x.sock c ls",
        "ctr run a b",
        "ctr tasks exec x",
        "ctr c info x",
        "ctr images export x y",
        "docker inspect -f '{{.Config.Env}}' web",
    ],
)
def test_containerd_is_not_told_to_do_anything(command: str) -> None:
    assert not understand_shell(command).allowed
