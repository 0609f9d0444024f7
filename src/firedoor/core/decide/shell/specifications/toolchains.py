"""Tools of languages: what is depended on, what would be changed. Nothing is built, tested, fixed or run.

Left out on purpose, since each runs what a folder holds: `bundle list` (a Gemfile is Ruby), `composer show`
(plugins), `ldd` (starts the program), `python -m json.tool` without `-I` (takes `json.py` from where it is).
"""

from firedoor.core.decide.shell.specification import Parsed, Specification, Style
from firedoor.core.decide.shell.specifications.checks import (
    each_operand,
    every,
    first_operand_in,
    some_operand,
)

_VERSION_ONLY = "only their versions"
_LOCKED = ("--locked", "--frozen")
_GO_READS = ("list", "doc", "mod", "env", "version")
_GO_MOD_READS = ("graph", "why", "verify")


def _go_mod(parsed: Parsed) -> str | None:
    return every(some_operand, first_operand_in(" ".join(_GO_MOD_READS)))(parsed)


TOOLCHAINS = (
    Specification(
        name="go",
        note="nothing that builds, tests or writes modules",
        subs=(
            Specification(name="version", most_operands=0),
            Specification(name="env", options="-json", style=Style.WHOLE, note="not -w, -u"),
            Specification(name="list", options="-m -json -f: -deps -e -find -versions", style=Style.WHOLE),
            Specification(name="doc", options="-all -src -short -u", style=Style.WHOLE),
            Specification(name="mod", check=_go_mod, note=", ".join(_GO_MOD_READS)),
        ),
    ),
    Specification(
        name="cargo",
        options="--version",
        note="with --locked or --frozen: without, it may write Cargo.lock",
        subs=(
            Specification(
                name="tree",
                options="--locked --frozen --offline -i: --invert: -d --duplicates -e: --edges: --depth: -p: "
                "--package: --workspace --all-features --no-dedupe --prefix: -f: --format:",
                needs=_LOCKED,
                most_operands=0,
            ),
            Specification(
                name="metadata",
                options="--locked --frozen --offline --format-version: --no-deps --all-features",
                needs=_LOCKED,
                most_operands=0,
            ),
        ),
    ),
    Specification(
        name="uv",
        options="--version",
        subs=(
            Specification(
                name="pip",
                subs=(
                    Specification(
                        name="list|show|freeze|check|tree", options="--format: -f --files --outdated --depth:"
                    ),
                ),
            ),
            Specification(
                name="tree",
                options="--locked --frozen --depth: --package: --invert --outdated",
                needs=_LOCKED,
                most_operands=0,
            ),
        ),
    ),
    Specification(
        name="poetry",
        options="--version",
        subs=(
            Specification(
                name="show", options="--tree -t --latest -l --outdated -o --all -a --why --only: --with:"
            ),
            Specification(name="env", check=every(some_operand, first_operand_in("info list"))),
            Specification(name="check", options="--lock", most_operands=0),
        ),
    ),
    Specification(
        name="conda",
        options="--version",
        subs=(
            Specification(name="list", options="-n: --name: -f --full-name --json --export --explicit"),
            Specification(name="info", options="--envs -e --json --all -a", most_operands=0),
            Specification(name="env", check=every(some_operand, first_operand_in("list")), most_operands=1),
        ),
    ),
    Specification(
        name="yarn",
        options="--version",
        subs=(
            Specification(name="list", options="--depth: --pattern: --json", most_operands=0),
            Specification(name="why|info|outdated", options="--json"),
        ),
    ),
    Specification(
        name="pnpm",
        options="--version",
        subs=(
            Specification(
                name="list|ls|why|outdated", options="--depth: --json -r --recursive -P --prod -D --dev"
            ),
        ),
    ),
    Specification(
        name="gem",
        options="--version",
        subs=(Specification(name="list|info|which", options="-l --local -a --all -d --details"),),
    ),
    Specification(
        name="dotnet",
        options="--version --info --list-sdks --list-runtimes",
        style=Style.WHOLE,
        needs=("--version", "--info", "--list-sdks", "--list-runtimes"),
        most_operands=0,
        note=_VERSION_ONLY,
    ),
    *(
        Specification(
            name=name,
            options="-v --version",
            needs=("-v", "--version"),
            most_operands=0,
            note=_VERSION_ONLY,
        )
        for name in ("mvn", "gradle")
    ),
    Specification(
        name="ruff",
        options="--version",
        note="check with --no-fix or --diff, since settings may ask to fix; format with --check or --diff",
        subs=(
            Specification(
                name="check",
                options="--no-fix --diff --select: --ignore: --output-format: --statistics --no-cache -q -e "
                "--exit-zero --show-files --show-settings --preview",
                needs=("--no-fix", "--diff"),
            ),
            Specification(name="format", options="--check --diff --no-cache -q", needs=("--check", "--diff")),
            Specification(name="rule|linter"),
        ),
    ),
    Specification(
        name="black",
        options="--check --diff --version -q -v -l: --line-length: --exclude: --include: --color",
        needs=("--check", "--diff", "--version"),
    ),
    *(
        Specification(
            name=name,
            options="-v --version",
            needs=("-v", "--version"),
            most_operands=0,
            note=_VERSION_ONLY,
        )
        for name in ("perl", "php")
    ),
    Specification(name="gofmt", options="-l -d -e -s", style=Style.WHOLE, note="not -w"),
    Specification(
        name="shellcheck",
        options="-s: -f: -e: -S: -x -a --shell: --format: --exclude: --severity: --version",
    ),
    Specification(
        name="nm",
        options="-D -C -g -u -n -r -S -A -l -p --demangle? --dynamic --defined-only --undefined-only",
    ),
    Specification(
        name="objdump", options="-d -D -h -x -t -T -r -R -s -f -p -C -S -l -j: -M: --no-show-raw-insn"
    ),
    Specification(name="readelf", options="-a -h -l -S -s -d -n -r -V -A -e -W --wide --dyn-syms --notes"),
    Specification(
        name="nvidia-smi",
        options="-L -q --list-gpus --query-gpu: --query-compute-apps: --format: -i: -d:",
        style=Style.WHOLE,
        most_operands=0,
        note="shows; sets nothing",
    ),
    Specification(
        name="kustomize",
        options="--version",
        subs=(
            Specification(name="version", most_operands=0),
            Specification(
                name="build",
                check=each_operand(
                    r"\.{0,2}/[^:?]*|\.{1,2}|[\w-]+(?:/[^:?]*)?", "only folders of this machine"
                ),
                most_operands=1,
            ),
        ),
    ),
    Specification(
        name="glab",
        options="--version",
        subs=(
            Specification(
                name="mr|issue",
                subs=(
                    Specification(
                        name="list|ls|view|diff",
                        options="-R: --repo: -l: --label: -a: --assignee: -c -F: -P:",
                    ),
                ),
            ),
        ),
    ),
)
