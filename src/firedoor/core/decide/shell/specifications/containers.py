"""docker, podman, nerdctl: what runs and what it said. Never another daemon, never into a container."""

from firedoor.core.decide.shell.specification import Specification
from firedoor.core.decide.shell.specifications.checks import only_values

_LIST = "-a -q -f: --all --quiet --filter: --format: --no-trunc"

_NO_ENVIRONMENT = only_values(("-f", "--format"), r"(?is)(?!.*\bEnv\b).*", "it shows the environment")
_LOCAL_PROJECT = only_values(
    ("-f", "--file"), r"(?!.*(?:://|@)).*", "it is fetched with git or from a registry"
)
_SUBS = (
    Specification(name="ps", options=f"{_LIST} -n: -l -s --last: --latest --size --sort: --ns --pod -p"),
    Specification(name="images", options=f"{_LIST} --digests --tree --sort:"),
    Specification(
        name="logs",
        options="-f -n: -t --follow --tail: --since: --until: --timestamps --details",
        most_operands=1,
    ),
    Specification(name="inspect", options="-f: --format: -s --size --type:", check=_NO_ENVIRONMENT),
    Specification(name="stats", options="-a --all --no-stream --no-trunc --format: --no-reset"),
    Specification(name="top|port|diff"),
    Specification(name="info|version", options="-f: --format:", most_operands=0),
    Specification(name="history", options="-H -q --human --no-trunc --quiet --format:"),
    Specification(name="events", options="-f: --filter: --since: --until: --format:", most_operands=0),
    Specification(name="search", options="-f: --filter: --format: --limit: --no-trunc", is_static=True),
    Specification(
        name="container",
        subs=(
            Specification(name="ls|list|ps", options=f"{_LIST} -n: -l -s --last: --latest --size"),
            Specification(
                name="logs", options="-f -n: -t --follow --tail: --since: --until: --timestamps --details"
            ),
            Specification(name="inspect", options="-f: --format: -s --size", check=_NO_ENVIRONMENT),
            Specification(name="stats", options="-a --all --no-stream --no-trunc --format:"),
            Specification(name="top|port|diff"),
        ),
    ),
    Specification(
        name="image",
        subs=(
            Specification(name="ls|list", options=f"{_LIST} --digests"),
            Specification(name="inspect", options="-f: --format:"),
            Specification(name="history", options="-H -q --human --no-trunc --quiet --format:"),
        ),
    ),
    Specification(
        name="network|volume|node|service|stack|plugin|pod",
        subs=(
            Specification(name="ls|list", options=_LIST),
            Specification(name="inspect", options="-f: --format: -v --verbose --pretty"),
            Specification(name="ps", options=_LIST),
            Specification(
                name="logs", options="-f -n: -t --follow --tail: --since: --timestamps --no-trunc --raw"
            ),
        ),
    ),
    Specification(
        name="system",
        subs=(
            Specification(name="df", options="-v --verbose --format:"),
            Specification(name="info", options="-f: --format:", most_operands=0),
            Specification(
                name="events", options="-f: --filter: --since: --until: --format:", most_operands=0
            ),
        ),
    ),
    Specification(name="buildx", subs=(Specification(name="ls|inspect|version|du"),)),
    Specification(
        name="manifest", subs=(Specification(name="inspect", options="-v --verbose", is_static=True),)
    ),
    Specification(
        name="context",
        subs=(Specification(name="ls|list|show|inspect", options="-q --quiet --format: -f:"),),
    ),
    Specification(
        name="compose",
        options="-f: --file: -p: --project-name: --profile: --project-directory: --ansi: --no-ansi",
        subs=(
            Specification(
                name="ps|ls|images|top|version|port",
                options="-a -q --all --quiet --services --format: --filter: --status: --no-trunc --short -f: "
                "--index: --protocol:",
                check=_LOCAL_PROJECT,
            ),
            Specification(
                name="logs",
                options="-f -n: -t --follow --tail: --since: --until: --timestamps --no-color "
                "--no-log-prefix --index:",
                check=_LOCAL_PROJECT,
            ),
        ),
    ),
)

_COMPOSE = Specification(
    name="docker-compose",
    options="-f: --file: -p: --project-name: --profile: --version -v",
    subs=next(sub for sub in _SUBS if sub.name == "compose").subs,
)

CONTAINERS = (
    *(
        Specification(
            name=name,
            options="-v --version -c: --context: --log-level: -l:" if name == "docker" else "-v --version",
            subs=_SUBS,
            note="not with -H or --host",
        )
        for name in ("docker", "podman", "nerdctl")
    ),
    _COMPOSE,
    Specification(
        name="ctr",
        options="-n: --namespace:",
        subs=(
            Specification(
                name="images|image|i|containers|container|c|tasks|task|t|snapshots|snapshot|namespaces|ns",
                subs=(Specification(name="ls|list", options="-q --quiet"),),
            ),
            Specification(name="version", most_operands=0),
        ),
        note="not -a, which names another daemon",
    ),
)
