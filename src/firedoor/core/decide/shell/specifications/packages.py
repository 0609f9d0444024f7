"""Packages, languages and forges: what is installed, what is listed. Nothing is installed, built or run."""

from firedoor.core.decide.shell.specification import Parsed, Specification, Style
from firedoor.core.decide.shell.specifications.checks import (
    every,
    first_operand_in,
    no_list_of_arguments,
    some_operand,
)
from firedoor.core.decide.sql.words import words

_VERSIONS = [
    "python2",
    "ruby",
    "gcc",
    "g++",
    "clang",
    "make",
    "cmake",
    "deno",
    "bun",
    "zsh",
    "ansible",
    "ansible-playbook",
    "packer",
    "pulumi",
    "minikube",
    "kind",
    "eksctl",
    "postgres",
    "mongod",
    "mongosh",
    "redis-server",
    "javac",
    "composer",
    "bundle",
    "pipenv",
    "vim",
    "rsync",
    "prometheus",
    "grafana-server",
    "terragrunt",
    "rustup",
]

_GET_AND_KEY = 2
_NPM_KEYS = words(
    "registry prefix cache userconfig globalconfig engine-strict strict-ssl save-exact loglevel tag"
)


def _gh_api(parsed: Parsed) -> str | None:
    if len(parsed.operands) != 1 or parsed.operands[0].text is None:
        return "gh api is allowed with one path that is written out."
    if parsed.operands[0].text.strip("/").startswith("graphql") or "://" in parsed.operands[0].text:
        return "gh api is allowed with a path of the REST API."
    return None


def _npm_config(parsed: Parsed) -> str | None:
    """One key is asked for. Credentials have keys like `//registry/:_authToken`, and a proxy may hold one."""
    texts = [operand.text for operand in parsed.operands]
    if len(texts) != _GET_AND_KEY or texts[0] != "get" or texts[1] not in _NPM_KEYS:
        return "npm config is allowed to get one key that is no credential."
    return None


_GH = "-R: --repo: --json: -q: --jq: -t: --template: -L: --limit:"
_GH_LIST = (
    f"{_GH} -s: --state: -l: --label: -a: --assignee: -A: --author: -S: --search: -H: --head: -B: --base: "
    "-b: --branch: -u: --user: -w: --workflow: --status: -e: --event: -c: --commit: --comments --created:"
)

PACKAGES = (
    *(
        Specification(
            name=name,
            options="--version",
            style=Style.WHOLE,
            needs=("--version",),
            most_operands=0,
            note="only --version: -v is verbose for some of them, and they read a program from their input",
        )
        for name in sorted(_VERSIONS)
    ),
    *(
        Specification(
            name=name,
            options="--version -V -version",
            style=Style.WHOLE,
            needs=("--version", "-V", "-version"),
            most_operands=0,
            note="only its version",
        )
        for name in ("python", "python3", "java")
    ),
    Specification(
        name="node",
        options="--version -v",
        needs=("--version", "-v"),
        most_operands=0,
        note="only its version",
    ),
    *(
        Specification(
            name=name,
            options="--version -V --no-color --disable-pip-version-check",
            subs=(
                Specification(
                    name="list",
                    options="--outdated -o --format: --not-required --user --local -l --path: --uptodate -v",
                    most_operands=0,
                ),
                Specification(name="show", options="-f --files -v --verbose"),
                Specification(name="freeze", options="--all --local -l --user --exclude:", most_operands=0),
                Specification(name="check", most_operands=0),
                Specification(
                    name="index",
                    options="--pre",
                    check=every(some_operand, first_operand_in("versions")),
                    most_operands=2,
                    is_static=True,
                ),
            ),
        )
        for name in ("pip", "pip3")
    ),
    Specification(
        name="npm",
        options="--version -v",
        subs=(
            Specification(
                name="ls|list|ll|la",
                options="--depth: -g --global --all -a --json --long --parseable --prod --omit: --link",
            ),
            Specification(name="outdated", options="-g --global --json --long --all -a --depth:"),
            Specification(name="view|info|show|v", options="--json"),
            Specification(
                name="audit",
                options="--json --omit: --audit-level: --production",
                most_operands=0,
                note="not fix",
            ),
            Specification(name="explain|why", options="--json"),
            Specification(name="root|prefix", options="-g --global", most_operands=0),
            Specification(name="config", check=_npm_config, note="get KEY, not of credentials"),
            Specification(name="run|run-script", most_operands=0, note="alone: it lists what there is"),
        ),
    ),
    Specification(
        name="dpkg",
        options="-l -L -s -S -p --list --listfiles --status --search --print-architecture --get-selections "
        "--version",
        needs=(
            "-l",
            "-L",
            "-s",
            "-S",
            "-p",
            "--list",
            "--listfiles",
            "--status",
            "--search",
            "--print-architecture",
            "--get-selections",
            "--version",
        ),
    ),
    Specification(
        name="dpkg-query",
        options="-l -L -s -S -W -f: --list --listfiles --status --search --show --showformat:",
    ),
    Specification(
        name="apt",
        options="-a --all-versions -q",
        subs=(
            Specification(
                name="list", options="--installed --upgradable --all-versions -a --manual-installed -q"
            ),
            Specification(name="show|search|policy|depends|rdepends", options="-a -n --names-only --full"),
        ),
    ),
    Specification(
        name="apt-cache",
        subs=(
            Specification(
                name="policy|show|search|madison|depends|rdepends|showpkg|stats|pkgnames",
                options="-n --names-only --installed --no-all-versions",
            ),
        ),
    ),
    Specification(
        name="rpm",
        options="-q -a -i -l -f -c -d -p -R -V --query --all --info --list --file --requires --provides "
        "--changelog --last --scripts --queryformat: --qf: --whatprovides: --version --verify",
        needs=("-q", "-V", "--query", "--version"),
        check=lambda p: next(
            (
                f"rpm {v.shown} is not a plain format."
                for v in (*p.values("--queryformat", "--qf"), *p.operands)
                if v.text is None or "%(" in v.text or "%{lua" in v.text or "://" in v.text
            ),
            None,
        ),
    ),
    *(
        Specification(
            name=name,
            options="-q --quiet -C --cacheonly",
            subs=(
                Specification(
                    name="list|info|repolist|search|check-update|provides|whatprovides",
                    options="--installed --available --updates -v --all --showduplicates -q",
                ),
            ),
        )
        for name in ("yum", "dnf")
    ),
    Specification(
        name="apk",
        subs=(
            Specification(
                name="info|list|search|policy|version",
                options="-a -d -e -I -v -L -s -u -q --installed --upgradable",
            ),
        ),
    ),
    Specification(
        name="snap",
        subs=(Specification(name="list|info|version|services|changes", options="--all --verbose"),),
    ),
    Specification(
        name="brew",
        subs=(
            Specification(
                name="list|ls|info|outdated|deps|leaves",
                options="--versions --cask --formula -1 --json? --tree --installed",
            ),
        ),
        options="--version",
    ),
    Specification(
        name="gh",
        options="--version",
        note="not --web",
        subs=(
            Specification(
                name="pr",
                subs=(
                    Specification(
                        name="list|ls|view|status|diff|checks",
                        options=f"{_GH_LIST} -d --draft --name-only --patch --color: --required -c",
                    ),
                ),
            ),
            Specification(
                name="issue",
                subs=(
                    Specification(
                        name="list|ls|view|status", options=f"{_GH_LIST} -c -m: --milestone: --mention:"
                    ),
                ),
            ),
            Specification(
                name="run",
                subs=(
                    Specification(
                        name="list|ls|view",
                        options=f"{_GH_LIST} -v --verbose --log --log-failed -j: --job: --exit-status "
                        f"--attempt:",
                    ),
                ),
            ),
            Specification(
                name="workflow",
                subs=(Specification(name="list|ls|view", options=f"{_GH} -a --all -r: --ref: -y --yaml"),),
            ),
            Specification(
                name="release",
                subs=(
                    Specification(
                        name="list|ls|view", options=f"{_GH} --exclude-drafts --exclude-pre-releases"
                    ),
                ),
            ),
            Specification(
                name="repo",
                subs=(
                    Specification(
                        name="list|ls|view",
                        options=f"{_GH} -b: --branch: -l: --language: --visibility: --fork --source "
                        f"--no-archived --archived",
                    ),
                ),
            ),
            Specification(
                name="search",
                subs=(
                    Specification(
                        name="issues|prs|repos|code|commits",
                        options=f"{_GH_LIST} --owner: --language: --sort: --order: --extension: "
                        "--filename: --merged --draft --review: --checks: --base: --head: --created: "
                        "--updated: --closed:",
                    ),
                ),
            ),
            Specification(
                name="auth", subs=(Specification(name="status", options="-h: --hostname: -a --active"),)
            ),
            Specification(
                name="api",
                options="--jq: -q: --paginate -p: --cache: -i --include --slurp -t: --template:",
                check=_gh_api,
                note="GET of a path; no fields, no other method",
            ),
        ),
    ),
    Specification(
        name="amtool",
        options="-o: --output:",
        subs=(
            Specification(
                name="alert",
                check=every(first_operand_in("query"), no_list_of_arguments),
                options="-a -i -s -o: --output:",
            ),
        ),
    ),
)
