"""The machine: processes, services, logs, devices. Looked at, never changed."""

from firedoor.core.decide.shell.specification import Parsed, Specification, Style
from firedoor.core.decide.shell.specifications import processes
from firedoor.core.decide.shell.specifications.checks import (
    each_operand,
    every,
    first_operand_in,
    only_values,
    operands_only_with,
)
from firedoor.core.decide.sql.words import words

_ANY = words("""
    free uptime whoami id groups uname arch nproc lscpu lsmem lsblk lspci lsusb lsmod lsns findmnt
    vmstat mpstat numastat pgrep pidof pstree w who users tty last lastb cal pmap slabtop
    whereis lsb_release modinfo logname lslocks lsipc ipcs
""")
_UNIT = (
    "-l -a -q -n: -o: -p: -t: -r --no-pager --all --full --lines: --output: --property: --type: --state: "
    "--failed --plain --no-legend --legend: --value --user --system --recursive --reverse --quiet "
    "--with-dependencies "
    "--show-types -M: --after --before"
)

_LINK_AND_NO_MORE = 2


def _shows_links(parsed: Parsed) -> str | None:
    """`resolvectl dns eth0` shows, with an address behind it sets."""
    sets = parsed.operands[0].text in {"dns", "domain"} if parsed.operands else False
    if sets and len(parsed.operands) > _LINK_AND_NO_MORE:
        return "resolvectl with more than a link changes it."
    return None


def _lists_units(parsed: Parsed) -> str | None:
    """Alone, with options that filter, systemctl lists units: `systemctl --failed`."""
    if parsed.operands:
        return f"systemctl {parsed.operands[0].shown} is not specified; allowed are status, show, list-units."
    return None


SYSTEM = (
    *(Specification(name=name, any_arguments=True) for name in sorted(_ANY)),
    Specification(name="ps", style=Style.RAW, check=processes.refused, note="not with environments (ps e)"),
    Specification(
        name="top",
        options="-b -n: -d: -p: -u: -U: -o: -c -H -i -w: -s -S -1 -e: -E: -l: -stats: -ncols:",
        needs=("-b", "-l"),
        most_operands=0,
    ),
    Specification(
        name="date",
        options="-d: --date: -u --utc --universal -R -I? --iso-8601? --rfc-3339: --rfc-email -r: "
        "--reference: "
        "-f: --version --help -v: -j",
        check=each_operand(r"(?s)\+.*", "only a format that begins with +"),
        note="shows, does not set",
    ),
    Specification(
        name="hostname", options="-f -i -I -s -d -A -a -y --fqdn --short --all-ip-addresses", most_operands=0
    ),
    Specification(
        name="hostnamectl",
        options="--no-pager",
        check=first_operand_in("status"),
        most_operands=1,
    ),
    Specification(
        name="timedatectl",
        options="--no-pager -a --all -p: --property: --value",
        check=first_operand_in("status show timesync-status show-timesync list-timezones"),
    ),
    Specification(name="localectl", check=first_operand_in("status list-locales list-keymaps")),
    Specification(
        name="loginctl",
        options=_UNIT,
        check=first_operand_in(
            "list-sessions list-users list-seats session-status user-status show-session show-user"
        ),
    ),
    Specification(
        name="resolvectl",
        options="--no-pager --legend: --cache: -4 -6 -i: -t: -p:",
        check=every(first_operand_in("status query statistics dns domain"), _shows_links),
        is_static=True,
    ),
    Specification(
        name="networkctl", options="--no-pager -a -s -l", check=first_operand_in("status list lldp")
    ),
    Specification(
        name="coredumpctl",
        options="--no-pager --no-legend -n: -1 -r -S: -U: --since: --until:",
        check=first_operand_in("list info"),
    ),
    Specification(
        name="systemd-analyze",
        options="--no-pager --user --system --man:",
        check=first_operand_in("time blame critical-chain verify security calendar timespan unit-paths"),
    ),
    Specification(
        name="systemctl",
        are_options_global=True,
        options=_UNIT,
        check=_lists_units,
        subs=(
            Specification(
                name="status|show|cat|is-active|is-enabled|is-failed|list-units|list-unit-files|list-timers|"
                "list-sockets|list-jobs|list-dependencies|list-machines|list-automounts|list-paths|get-default|"
                "is-system-running"
            ),
        ),
    ),
    Specification(
        name="service",
        check=every(
            each_operand(r"[\w@.-]+|--status-all", "it is SERVICE status"),
            lambda parsed: (
                None
                if [operand.text for operand in parsed.operands[1:]] == ["status"]
                else "service is allowed as: service NAME status."
            ),
        ),
    ),
    Specification(
        name="journalctl",
        options="-# -u: -n: -f -p: -k -b? -r -x -e -a -q -o: -g: -S: -U: -t: -m -l -N -F: -M: -c: -D: "
        "--unit: --user-unit: --since: --until: --lines: --priority: --dmesg --boot? --list-boots --no-pager "
        "--output: --grep: --follow --reverse --identifier: --catalog --pager-end --all --quiet "
        "--utc --no-hostname "
        "--disk-usage --fields --field: --case-sensitive? --facility: --no-full --full "
        "--output-fields: --merge "
        "--system --user --directory: --no-tail --truncate-newline --verify --header --version "
        "--help --cursor: "
        "--after-cursor: --show-cursor --transport: --exclude-identifier: -T:",
    ),
    Specification(
        name="dmesg",
        options="-T -H -k -u -x -r -t -P -L? -l: -f: -J -S -w -W -e -d -h -V --ctime --human "
        "--kernel --userspace "
        "--decode --raw --notime --nopager --color? --level: --facility: --json --syslog --follow --reltime "
        "--show-delta --time-format: --since: --until:",
    ),
    Specification(
        name="iostat",
        options="-c -d -h -k -m -N -p: -t -V -x -y -z -s --human --dec: -o: -j: -g: -H",
        check=only_values(("-o",), "JSON", "only -o JSON"),
    ),
    Specification(
        name="pidstat", options="-d -h -H -I -l -R -r -s -t -U -u -V -v -w -C: -G: -p: -T: --human"
    ),
    Specification(
        name="sar",
        options="-A -B -b -d -F -H -h -p -q -R -r -S -s: -t -u -V -v -W -w -y -z -f: -e: -i: -n: -P: -m: "
        "--human --iface: --dev: --dec:",
    ),
    Specification(
        name="lsof",
        options="-a -b -C -h -l -n -N -O -P -R -t -U -v -V -w -X -i? -p: -u: -c: -d: -g? -s? -F? -o? -S? -T? "
        "-r? -L?",
        note="lists open files",
    ),
    Specification(name="fuser", options="-v -m -u -n: -4 -6 -a -s", note="not -k"),
    Specification(
        name="sysctl",
        options="-a -n -N -e -q -b --all --values --names --ignore --pattern: -r:",
        check=each_operand(r"[\w./*-]+", "it only shows; nothing is set"),
    ),
    Specification(name="mount", options="-l -t: -v", most_operands=0, note="lists"),
    Specification(
        name="swapon",
        options="-s --show? --summary --noheadings --raw --bytes",
        needs=("-s", "--show", "--summary"),
    ),
    Specification(name="crontab", options="-l -u:", needs=("-l",), most_operands=0),
    Specification(name="atq", options="-q: -V"),
    Specification(
        name="chronyc",
        options="-n -c -v -a",
        check=first_operand_in("tracking sources sourcestats activity ntpdata"),
    ),
    Specification(
        name="ntpq", options="-p -n -c:", check=only_values(("-c",), "peers|rv|as|pe", "only peers and rv")
    ),
    Specification(name="nginx", options="-t -T -v -V -q", needs=("-t", "-T", "-v", "-V"), most_operands=0),
    Specification(
        name="haproxy",
        options="-c -f: -v -vv -q -V",
        needs=("-c", "-v", "-vv"),
        most_operands=0,
        style=Style.WHOLE,
    ),
    *(
        Specification(
            name=name,
            options="-t -S -M -v -V -l",
            needs=("-t", "-S", "-M", "-v", "-V", "-l"),
            most_operands=0,
        )
        for name in ("apachectl", "apache2ctl", "httpd")
    ),
    Specification(name="sshd", options="-t -T -C: -f:", needs=("-t", "-T"), most_operands=0),
    Specification(
        name="ausearch",
        options="-i -m: -k: -ts: -te: -ua: -ui: -x: -p: -f: -sv: -au: -ul: -n: -r -if: --start: "
        "--end: --message: "
        "--interpret --key: --raw",
        style=Style.WHOLE,
    ),
    Specification(
        name="aureport",
        options="-a -au -l -x -f -e -k -n -m -s -t -u -i --summary --failed --success -ts: -te:",
        style=Style.WHOLE,
    ),
    Specification(
        name="smartctl", options="-a -H -i -l: -A -c -x --all --health --info --attributes --scan --json? -d:"
    ),
    Specification(name="blkid", options="-o: -s: -t: -L: -U: -p"),
    Specification(name="lvs", options="-a -o: --noheadings --units: --reportformat:"),
    Specification(name="vgs", options="-a -o: --noheadings --units: --reportformat:"),
    Specification(name="pvs", options="-a -o: --noheadings --units: --reportformat:"),
    *(
        Specification(
            name=name, options="-a -c -m -v --units:", note="not --config, which names files to write"
        )
        for name in ("lvdisplay", "pvdisplay", "vgdisplay")
    ),
    Specification(
        name="lastlog", options="-b: -t: -u: --before: --time: --user:", note="sets and clears nothing"
    ),
    Specification(
        name="mailq", most_operands=0, note="alone: it is sendmail, which sends with other options"
    ),
    Specification(
        name="sensors",
        options="-A -u -f -j --no-adapter --fahrenheit --json",
        note="not -s, which sets limits",
    ),
    Specification(name="jps", options="-l -m -v -q -V"),
    Specification(name="jstack", options="-l -e", most_operands=1),
    Specification(name="supervisorctl", check=first_operand_in("status avail version pid")),
    Specification(
        name="pm2",
        options="--lines: --nostream",
        check=first_operand_in("list ls status show describe logs jlist"),
    ),
    Specification(
        name="iptables",
        options="-L? -S? -n -v -x -t: --list? --numeric --verbose --line-numbers --list-rules? --exact",
        needs=("-L", "-S", "--list", "--list-rules"),
        most_operands=1,
        check=operands_only_with(("-L", "-S", "--list", "--list-rules"), "it lists chains"),
    ),
    Specification(
        name="ip6tables",
        options="-L? -S? -n -v -x -t: --list? --numeric --verbose --line-numbers --list-rules?",
        needs=("-L", "-S", "--list", "--list-rules"),
        most_operands=1,
    ),
    *(
        Specification(name=name, options="-c -t:", most_operands=0)
        for name in ("iptables-save", "ip6tables-save")
    ),
    Specification(name="nft", options="-a -n -s -j", check=first_operand_in("list")),
    Specification(name="ufw", check=first_operand_in("status version"), most_operands=2),
    Specification(
        name="firewall-cmd",
        options="--state --list-all --list-all-zones --list-ports --list-services --get-zones "
        "--get-active-zones "
        "--get-default-zone --zone: --permanent --list-rich-rules --get-services",
        most_operands=0,
    ),
    Specification(
        name="numactl", options="-H -s --hardware --show", needs=("-H", "-s", "--hardware", "--show")
    ),
    Specification(
        name="mdadm",
        options="-D -Q -s --detail --query --examine --scan --verbose -v",
        needs=("-D", "-Q", "--detail", "--query", "--examine"),
    ),
    Specification(
        name="zpool",
        subs=(
            Specification(name="status", options="-v -x -L -P -g -t -D -i -s -p -T:"),
            Specification(name="list", options="-v -H -p -o: -T: -g -L -P"),
            Specification(name="get", options="-H -p -o:"),
            Specification(name="iostat", options="-v -l -q -w -r -H -y -p -n -L -P -T:"),
            Specification(name="history", options="-i -l"),
            Specification(name="version"),
        ),
    ),
    Specification(
        name="zfs",
        subs=(
            Specification(name="list", options="-r -d: -H -p -o: -s: -S: -t:"),
            Specification(name="get", options="-r -d: -H -p -o: -s: -t:"),
            Specification(name="version"),
        ),
    ),
    Specification(name="chage", options="-l --list", needs=("-l", "--list"), most_operands=1),
    Specification(name="passwd", options="-S --status", needs=("-S", "--status"), most_operands=1),
    Specification(name="pwdx", any_option=True),
    Specification(name="systemd-cgls", options="--no-pager -a -l -k -u? --all --full --unit?"),
    Specification(
        name="systemd-cgtop",
        options="-b -n: -d: -r -1 -p -t -c -m -i -P -k "
        "--batch --iterations: --delay: --depth: --raw --order:",
        most_operands=1,
    ),
    Specification(name="auditctl", options="-l -s -v", needs=("-l", "-s", "-v"), most_operands=0),
    Specification(
        name="ipvsadm",
        options="-L -l -n -c --list --numeric --stats --rate --connection --sort --timeout --daemon",
        needs=("-L", "-l", "--list"),
        most_operands=0,
    ),
    Specification(name="fail2ban-client", subs=(Specification(name="status|ping", most_operands=1),)),
    Specification(
        name="ssh-keygen",
        options="-l -v -E: -f:",
        needs=("-l",),
        most_operands=0,
        note="-l: the fingerprint of a key",
    ),
    Specification(
        name="busctl",
        options="--no-pager --system --user",
        subs=(
            Specification(
                name="list|tree",
                options="--no-pager --acquired --activatable --unique --no-legend",
                most_operands=0,
            ),
            Specification(name="status", options="--no-pager", most_operands=1),
        ),
        note="not the tree of one: to be asked, it is started",
    ),
    Specification(
        name="dmidecode",
        options="-t: -s: -q --type: --string: --quiet",
        check=only_values(("-t", "--type", "-s", "--string"), "[a-z0-9,-]+", "its type is written out"),
        most_operands=0,
    ),
    Specification(name="needs-restarting", options="-r -s -u --reboothint --services", most_operands=0),
    Specification(name="pg_lsclusters", options="-h -j --no-header --json", most_operands=0),
    Specification(name="pg_controldata", options="-D: --pgdata:", most_operands=1),
    Specification(
        name="ceph",
        options="-s -f: --format: --status",
        check=each_operand("(?!)", "that sub-command is not specified"),
        subs=(
            Specification(name="status|versions|quorum_status", options="-f: --format:", most_operands=0),
            Specification(
                name="health|df", options="-f: --format:", check=each_operand("detail", "only detail")
            ),
            Specification(
                name="osd",
                subs=(
                    Specification(name="tree|stat|perf|ls", options="-f: --format:", most_operands=0),
                    Specification(
                        name="df", options="-f: --format:", check=each_operand("plain|tree", "only its form")
                    ),
                ),
            ),
            Specification(
                name="pg", subs=(Specification(name="stat", options="-f: --format:", most_operands=0),)
            ),
        ),
        note="nothing behind osd perf, which sets queries",
    ),
    Specification(name="getenforce", most_operands=0),
    Specification(name="sestatus", options="-v -b", most_operands=0),
    Specification(name="aa-status", options="--json --pretty-json", most_operands=0),
)
