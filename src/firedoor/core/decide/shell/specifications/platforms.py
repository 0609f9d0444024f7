"""Queues, registries, schedulers and running Java: their state is asked for. No keys, no values, no dumps."""

from firedoor.core.decide.shell.specification import Specification, Style
from firedoor.core.decide.shell.specifications.checks import (
    each_operand,
    every,
    first_operand_in,
    no_list_of_arguments,
)

_VERSION = Specification(name="version", most_operands=0)
_KAFKA = (
    "--bootstrap-server: --describe --list --group: --groups: --topic: --all-groups --all-topics --members "
    "--verbose --offsets --state --timeout: --under-replicated-partitions --unavailable-partitions"
)
_JAVA = ("Thread.print", "VM.flags", "VM.uptime", "VM.version", "GC.heap_info", "help")
_RABBIT_CHECKS = (
    "ping status cluster_status check_running check_local_alarms check_port_connectivity listeners "
    "alarms memory_breakdown server_version"
)
_RABBIT = (
    "list_queues list_exchanges list_bindings list_connections list_channels list_consumers list_vhosts "
    "list_users list_permissions status cluster_status ping version list_policies"
)

PLATFORMS = (
    Specification(
        name="promtool",
        options="--version",
        subs=(
            Specification(
                name="query",
                subs=(
                    Specification(
                        name="instant|range|series|labels",
                        options="--start: --end: --step: --time: -o: --format: --match:",
                        check=every(
                            each_operand(r"(?!https?://[^/]*@)[^\r\n]*", "its server has no credentials"),
                            no_list_of_arguments,
                        ),
                    ),
                ),
            ),
            Specification(
                name="check", subs=(Specification(name="config|rules", check=no_list_of_arguments),)
            ),
        ),
    ),
    Specification(
        name="vault",
        subs=(Specification(name="status", options="-format:", style=Style.WHOLE, most_operands=0), _VERSION),
        note="no secret, no token",
    ),
    Specification(
        name="consul",
        subs=(
            Specification(name="members", options="-detailed -wan", style=Style.WHOLE, most_operands=0),
            Specification(
                name="catalog",
                subs=(
                    Specification(
                        name="nodes|services|datacenters",
                        options="-service: -node: -detailed -tags",
                        style=Style.WHOLE,
                    ),
                ),
            ),
            _VERSION,
        ),
        note="no keys",
    ),
    Specification(
        name="nomad",
        subs=(
            Specification(name="job", subs=(Specification(name="status|history"),)),
            Specification(name="alloc", subs=(Specification(name="status|logs"),)),
            Specification(name="node", subs=(Specification(name="status"),)),
            Specification(name="server", subs=(Specification(name="members", most_operands=0),)),
            Specification(name="status"),
            _VERSION,
        ),
    ),
    Specification(
        name="etcdctl",
        options="--endpoints: -w: --write-out:",
        are_options_global=True,
        subs=(
            Specification(
                name="endpoint",
                options="--cluster -w: --write-out:",
                subs=(Specification(name="health|status|hashkv", options="--cluster -w: --write-out:"),),
            ),
            Specification(
                name="member", subs=(Specification(name="list", options="-w: --write-out:", most_operands=0),)
            ),
            Specification(name="alarm", subs=(Specification(name="list", most_operands=0),)),
            _VERSION,
        ),
        note="no keys",
    ),
    Specification(
        name="rabbitmqctl",
        options="-p: -q --quiet --vhost: --formatter:",
        check=every(first_operand_in(_RABBIT), each_operand(r"[a-z_]+", "only commands and columns")),
        note="lists and states",
    ),
    Specification(
        name="rabbitmq-diagnostics",
        options="-q -s --quiet --silent --formatter:",
        check=every(first_operand_in(_RABBIT_CHECKS), each_operand(r"[a-z_]+", "only commands")),
        note="checks and states",
    ),
    *(
        Specification(
            name=name,
            options=_KAFKA,
            style=Style.WHOLE,
            needs=("--describe", "--list"),
            most_operands=0,
            note="--describe and --list",
        )
        for script in ("kafka-topics", "kafka-consumer-groups")
        for name in (script, f"{script}.sh")
    ),
    Specification(
        name="jstat",
        options="-class -gc -gccapacity -gccause -gcnew -gcold -gcutil -compiler -t -h:",
        style=Style.WHOLE,
        check=each_operand(r"[0-9]+(?:m?s)?", "only a process of this machine, and numbers"),
    ),
    Specification(
        name="jcmd",
        options="-l",
        most_operands=2,
        check=lambda parsed: (
            None
            if [operand.text for operand in parsed.operands[1:]] in ([], *([name] for name in _JAVA))
            else "jcmd is allowed to ask for threads, flags, uptime and version."
        ),
    ),
    Specification(
        name="stern",
        options="-n: --namespace: -A --all-namespaces -c: --container: -s: --since: --tail: -l: --selector: "
        "-i: --include: -e: --exclude: -o: --output: --context: --no-follow -t --timestamps --color: "
        "-v --version",
        most_operands=1,
    ),
    Specification(
        name="logcli",
        options="-q --quiet -o: --output:",
        are_options_global=True,
        subs=(
            Specification(
                name="query|instant-query|labels|series",
                options="--limit: --since: --from: --to: --step: --now: --forward --no-labels",
                check=no_list_of_arguments,
                is_static=True,
            ),
        ),
        note="of the server that it is set to",
    ),
    Specification(
        name="varnishstat",
        options="-1 -j -x -l -f: -I: -X:",
        needs=("-1", "-j", "-x", "-l"),
        most_operands=0,
    ),
    Specification(
        name="py-spy",
        subs=(
            Specification(
                name="dump",
                options="-p: --pid: -j --json --nonblocking",
                needs=("-p", "--pid"),
                most_operands=0,
            ),
        ),
        note="not --locals, which shows values",
    ),
)
