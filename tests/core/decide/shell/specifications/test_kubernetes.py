import pytest

from firedoor.core.decide.shell.understand import understand_shell


@pytest.mark.parametrize(
    "command",
    [
        "kubectl get pods -ojson",
        "kubectl -n x get pod/a svc/b",
        'kubectl get pods -- "$p"',
        'kubectl get "pod/$p"',
        'kubectl logs "pod/$p"',
        "kubectl describe nodes",
        "kubectl config view --minify",
        "kubectl events -n x",
        "helm get notes x",
        "crictl ps",
        "kubectl auth can-i --list",
        "kubectl rollout status deploy/x",
    ],
)
def test_a_cluster_command_that_reads_is_allowed(command: str) -> None:
    facts = understand_shell(command)
    assert facts.allowed, facts.reasons


@pytest.mark.parametrize(
    "command",
    [
        "kubectl",
        "kubectl get secrets",
        "kubectl get SECRETS",
        "kubectl get secrets.v1.",
        "kubectl get pods,secret",
        "kubectl get pod/a secret/b",
        'kubectl get "$x"',
        'kubectl get -- "$x"',
        "kubectl get pods $x",
        "kubectl describe secret x",
        "kubectl get --raw /x",
        "kubectl get -f x",
        "kubectl --kubeconfig=x get pods",
        "kubectl get pods --as=root",
        "kubectl config view --raw",
        "kubectl config set x y",
        "kubectl cluster-info dump",
        "kubectl rollout undo deploy/x",
        "kubectl auth reconcile -f x",
        "kubectl top",
        "helm get values x",
        "helm upgrade a b",
        "helm repo add a b",
        "crictl exec x ls",
        "kubectl get 'a b'",
    ],
)
def test_a_cluster_command_that_does_more_is_not(command: str) -> None:
    assert not understand_shell(command).allowed


@pytest.mark.parametrize(
    "command",
    [
        "cilium status --brief",
        "cilium -n kube-system status",
        "cilium version",
        "velero backup get",
        "velero -n v restore get x -o json",
        "velero get backups",
    ],
)
def test_what_stands_beside_a_cluster_is_asked_for_its_state(command: str) -> None:
    assert understand_shell(command).allowed, understand_shell(command).reasons


@pytest.mark.parametrize(
    "command",
    [
        "cilium uninstall",
        "cilium status --wait x",
        "cilium config set a b",
        "cilium --kubeconfig /tmp/x status",
        "velero restore create x",
        "velero backup delete x",
        "velero backup download x",
        "velero get plugins",
        "velero get plugin",
        "velero backup",
        "velero --kubeconfig x backup get",
    ],
)
def test_what_stands_beside_a_cluster_is_not_changed(command: str) -> None:
    assert not understand_shell(command).allowed
