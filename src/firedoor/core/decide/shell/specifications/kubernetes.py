"""kubectl, helm and their neighbours: what is looked at in a cluster. Never secrets, never elsewhere."""

import re

from firedoor.core.decide.shell.specification import Parsed, Specification
from firedoor.core.decide.shell.specifications.checks import (
    every,
    first_operand_in,
    only_values,
    some_operand,
)

_GLOBAL = (
    "-n: --namespace: --context: --cluster: --request-timeout: -v: --v: --warnings-as-errors "
    "--match-server-version "
    "--help -h"
)
_LISTED = (
    "-A -l: -o: -w -L: --all-namespaces --selector: --field-selector: --output: --show-labels "
    "--sort-by: --no-headers "
    "--watch --watch-only --label-columns: --chunk-size: --ignore-not-found --output-watch-events "
    "--server-print "
    "--show-kind --show-managed-fields --template: --allow-missing-template-keys --subresource:"
)
_LOCAL_FILES = only_values(("-f", "--filename"), r"(?!.*://)[^:]*", "it is fetched")
_SECRET = re.compile(r"(?i)(secrets?|sealedsecrets?|externalsecrets?)(\..*)?")
_RAW = (
    r"/(?:healthz|livez|readyz)(?:/[a-z0-9-]+)*(?:\?verbose)?|/version|/metrics"
    r"|/apis/metrics\.k8s\.io/[a-z0-9/.-]+"
)
_RESOURCE = re.compile(r"[A-Za-z0-9./,:_-]+")


def _resources(parsed: Parsed) -> str | None:
    """Kinds are known and none of them is a secret."""
    for operand in (
        parsed.operands[:1] if all("/" not in (o.text or "") for o in parsed.operands) else parsed.operands
    ):
        begin = operand.text if operand.text is not None else operand.prefix
        if operand.text is None and "/" not in begin:
            return f"The kind of resource in {' '.join(parsed.path)} {operand.shown} is written out."
        if _RESOURCE.fullmatch(begin) is None:
            return f"{' '.join(parsed.path)} {operand.shown} is not read."
        kinds = [kind.partition("/")[0] for kind in begin.split(",")]
        if any(_SECRET.fullmatch(kind) for kind in kinds):
            return f"{' '.join(parsed.path)} of secrets is not allowed: it shows credentials."
    return None


_KUBECTL = Specification(
    name="kubectl",
    options=_GLOBAL,
    are_options_global=True,
    note="not of secrets, not with --kubeconfig, --server, --token or --as",
    subs=(
        Specification(
            name="get",
            options=f"{_LISTED} --raw:",
            check=every(
                _resources, only_values(("--raw",), _RAW, "of raw paths, only health, version and metrics")
            ),
            note="not secrets, not files, --raw only of health, version and metrics",
        ),
        Specification(
            name="describe",
            options="-A -l: --all-namespaces --selector: --show-events --chunk-size:",
            check=_resources,
            note="not secrets",
        ),
        Specification(
            name="logs|log",
            options="-c: -f -l: -p --container: --follow --selector: --previous --since: --since-time: "
            "--tail: --timestamps "
            "--all-containers --prefix --limit-bytes: --max-log-requests: --ignore-errors "
            "--pod-running-timeout: --all-pods",
        ),
        Specification(
            name="top",
            options=_GLOBAL,
            are_options_global=True,
            subs=(
                Specification(
                    name="pod|pods|po|node|nodes|no",
                    options="-A -l: --all-namespaces --selector: --sort-by: --containers --no-headers --sum "
                    "--field-selector: --show-capacity --use-protocol-buffers",
                ),
            ),
        ),
        Specification(name="explain", options="--api-version: --recursive --output:"),
        Specification(name="version", options="--client -o: --output: --short"),
        Specification(
            name="api-resources",
            options="-o: --output: --api-group: --namespaced --no-headers --verbs: --sort-by: --cached "
            "--categories:",
        ),
        Specification(name="api-versions"),
        Specification(name="cluster-info", most_operands=0, note="not dump"),
        Specification(name="events|event", options=f"{_LISTED} --for: --types:", most_operands=0),
        Specification(
            name="config",
            options=_GLOBAL,
            are_options_global=True,
            subs=(
                Specification(name="current-context|get-clusters|get-users", most_operands=0),
                Specification(name="get-contexts", options="-o: --output: --no-headers"),
                Specification(
                    name="view",
                    options="--minify -o: --output: --merge --flatten",
                    most_operands=0,
                    note="not --raw",
                ),
            ),
        ),
        Specification(
            name="auth",
            options=_GLOBAL,
            are_options_global=True,
            subs=(
                Specification(
                    name="can-i", options="-A --all-namespaces --list --no-headers -q --quiet --subresource:"
                ),
                Specification(name="whoami", options="-o: --output:", most_operands=0),
            ),
        ),
        Specification(
            name="rollout",
            options=_GLOBAL,
            are_options_global=True,
            subs=(
                Specification(
                    name="status|history",
                    options="-w --watch --timeout: --revision: -l: --selector: -o: --output:",
                ),
            ),
        ),
        Specification(name="options", most_operands=0),
        Specification(
            name="diff",
            options=f"-f: --filename: -R --recursive -l: --selector: --server-side {_GLOBAL}",
            check=_LOCAL_FILES,
            most_operands=0,
            note="the machine's own differ; not of URLs, not -k, which fetches with git",
        ),
    ),
)


def _no_url(parsed: Parsed) -> str | None:
    """Charts are named or lie here: a URL would be fetched from wherever it says."""
    for operand in parsed.operands:
        if operand.text is None or "://" in operand.text:
            return f"helm with {operand.shown} is not allowed: only charts that are named, or lie here."
    return None


_HELM = Specification(
    name="helm",
    options="-n: --namespace: --kube-context: --help -h",
    are_options_global=True,
    subs=(
        Specification(
            name="list|ls",
            options="-A -a -q -o: -f: -d -r -m: -l: --all-namespaces --all --short --output: --filter: "
            "--date --reverse "
            "--max: --offset: --deployed --failed --pending --superseded --uninstalled "
            "--uninstalling --selector: "
            "--no-headers --time-format:",
        ),
        Specification(name="status", options="-o: --output: --revision: --show-desc --show-resources"),
        Specification(name="history|hist", options="-o: --output: --max:"),
        Specification(
            name="get",
            options="--revision: -n: --namespace: --kube-context:",
            check=first_operand_in("manifest notes hooks metadata"),
            note="not values",
        ),
        Specification(
            name="search",
            options="-l -o: -r --versions --output: --version: --regexp --devel --max-col-width: "
            "--list-repo-url",
            check=first_operand_in("repo hub"),
        ),
        Specification(name="version", options="--short --template:"),
        Specification(
            name="repo", options="-o: --output:", check=first_operand_in("list ls"), most_operands=1
        ),
        Specification(name="env", most_operands=0),
        Specification(
            name="show",
            options="--version:",
            check=every(some_operand, first_operand_in("chart readme values crds all"), _no_url),
            is_static=True,
        ),
        Specification(
            name="template|lint",
            options="-f: --values: --set: --set-string: --version: --strict --quiet --include-crds "
            "--show-only: -s: --skip-tests --debug --kube-version: -a: --api-versions:",
            check=every(_no_url, only_values(("-f", "--values"), r"(?!.*://).*", "it is fetched")),
            note="local charts; no post-renderer, no files written",
        ),
    ),
)

_POD_FILTERS = (
    "-a -q -o: -l: --all --quiet --output: --label: --name: --namespace: --state: -s: --no-trunc "
    "--id: --last: --latest --pod: --image: -p: --verbose -v"
)

KUBERNETES = (
    _KUBECTL,
    _HELM,
    Specification(
        name="crictl",
        subs=(
            Specification(name="ps|pods|images|img", options=_POD_FILTERS),
            Specification(name="logs", options="-f -t -p --tail: --since: --follow --timestamps --previous"),
            Specification(name="inspect|inspectp|inspecti", options="-o: --output: -q"),
            Specification(name="stats|statsp", options="-a -o: --all --output: --id:"),
            Specification(name="info|version", most_operands=0),
        ),
    ),
    Specification(name="kubectx", options="-c --current", needs=("-c", "--current"), most_operands=0),
    Specification(name="kubens", options="-c --current", needs=("-c", "--current"), most_operands=0),
    Specification(
        name="cilium",
        options="-n: --namespace: --context:",
        are_options_global=True,
        subs=(Specification(name="status|version", options="--brief -o: --output:", most_operands=0),),
    ),
    Specification(
        name="velero",
        options="-n: --namespace:",
        are_options_global=True,
        subs=(
            Specification(
                name="backup|restore|schedule",
                subs=(Specification(name="get", options="-o: -l:"),),
            ),
            Specification(
                name="get",
                options="-o: -l:",
                check=first_operand_in("backups backup restores restore schedules schedule"),
            ),
        ),
        note="not its plugins: to be asked for them, an object is created",
    ),
    Specification(
        name="istioctl",
        options="-n: --namespace: -i: --context:",
        are_options_global=True,
        subs=(
            Specification(name="version|proxy-status|ps", options="--short -o: --output: --remote"),
            Specification(name="analyze", options="-A --all-namespaces -o: --output:", most_operands=0),
        ),
    ),
    Specification(
        name="argocd",
        options="--grpc-web -o: --output:",
        are_options_global=True,
        subs=(
            Specification(
                name="app",
                options="-p: -l:",
                check=first_operand_in("list get history diff resources logs"),
            ),
            Specification(name="version", options="--client --short"),
        ),
    ),
    Specification(
        name="flux",
        options="-n: --namespace: -A --all-namespaces",
        are_options_global=True,
        subs=(Specification(name="get|stats|check|version|logs|tree"),),
    ),
)
