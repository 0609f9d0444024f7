"""Tools of languages: what is depended on, what would be changed. Nothing is built, tested, fixed or run.

Left out on purpose, since each runs what a folder holds, some even to say their version: `bundle list` (a
Gemfile is Ruby), `composer show` (plugins), `ldd` (starts the program), `python -m json.tool` without `-I`
(takes `json.py` from where it is), `cargo` and `rustc` (`rust-toolchain.toml` names a folder to run them
from, `.cargo/config.toml` the compiler), `yarn` (`yarnPath`), `pnpm list` (`.pnpmfile.cjs`), `poetry`
(`.poetry/plugins`), `mvn` (`.mvn/jvm.config`), `uv pip list` (the Python of `.venv`), `dotnet --version`
(`global.json`), `kustomize build` (fetches with git, and its Secrets are made of files).
"""

from firedoor.core.decide.shell.specification import Parsed, Specification, Style
from firedoor.core.decide.shell.specifications.checks import (
    each_operand,
    every,
    first_operand_in,
    no_list_of_arguments,
    only_values,
    some_operand,
)

_VERSION_ONLY = "only their versions"
_GO_MOD_READS = ("graph", "why", "verify")
_OF_THIS_MODULE = each_operand(
    r"[^@]+", "packages without a version: a module that is named with one is fetched from where it says"
)


def _go_mod(parsed: Parsed) -> str | None:
    return every(some_operand, first_operand_in(" ".join(_GO_MOD_READS)), _OF_THIS_MODULE)(parsed)


TOOLCHAINS = (
    Specification(
        name="yamllint",
        options="-d: -f: -s --strict --format:",
        check=only_values(("-d",), "default|relaxed", "settings name files that are read"),
        note="with -d only default and relaxed; not -c: settings name files",
    ),
    Specification(
        name="actionlint",
        options="-color -no-color -oneline",
        style=Style.WHOLE,
        note="not -shellcheck, -pyflakes, which name programs",
    ),
    Specification(name="hadolint", options="-f: --format: --ignore: --no-color --no-fail"),
    Specification(
        name="go",
        note="nothing that builds, tests or writes modules",
        subs=(
            Specification(name="version", most_operands=0),
            Specification(name="env", options="-json", style=Style.WHOLE, note="not -w, -u"),
            Specification(
                name="list",
                options="-m -json -f: -deps -e -find",
                style=Style.WHOLE,
                check=_OF_THIS_MODULE,
                is_static=True,
            ),
            Specification(
                name="doc",
                options="-all -src -short -u",
                style=Style.WHOLE,
                check=_OF_THIS_MODULE,
                is_static=True,
            ),
            Specification(name="mod", check=_go_mod, is_static=True, note=", ".join(_GO_MOD_READS)),
        ),
    ),
    Specification(
        name="conda",
        options="--version",
        subs=(
            Specification(name="list", options="-n: --name: -f --full-name --json --export --explicit"),
            Specification(name="info", options="--envs -e", most_operands=0),
            Specification(name="env", check=every(some_operand, first_operand_in("list")), most_operands=1),
        ),
    ),
    Specification(
        name="gem",
        options="--version",
        subs=(Specification(name="list|info|which", options="-l --local -a --all -d --details"),),
    ),
    Specification(
        name="dotnet",
        options="--list-sdks --list-runtimes",
        style=Style.WHOLE,
        needs=("--list-sdks", "--list-runtimes"),
        most_operands=0,
        note="only what is installed",
    ),
    *(
        Specification(
            name=name,
            options="-v --version",
            needs=("-v", "--version"),
            most_operands=0,
            note=_VERSION_ONLY,
        )
        for name in ("gradle", "pnpm", "uv")
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
                check=no_list_of_arguments,
            ),
            Specification(
                name="format",
                options="--check --diff --no-cache -q",
                needs=("--check", "--diff"),
                check=no_list_of_arguments,
            ),
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
        check=no_list_of_arguments,
    ),
    Specification(
        name="objdump",
        options="-d -D -h -x -t -T -r -R -s -f -p -C -S -l -j: -M: --no-show-raw-insn",
        check=no_list_of_arguments,
    ),
    Specification(
        name="readelf",
        options="-a -h -l -S -s -d -n -r -V -A -e -W --wide --dyn-syms --notes",
        check=no_list_of_arguments,
    ),
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
        subs=(Specification(name="version", most_operands=0),),
    ),
    Specification(
        name="glab",
        options="--version",
        subs=(
            Specification(
                name="ci|pipeline",
                subs=(
                    Specification(
                        name="list|ls",
                        options="-R: --repo: -P: --per-page: -p: --page: -s: --status: -r: --ref:",
                        is_static=True,
                    ),
                ),
            ),
            Specification(
                name="mr|issue",
                subs=(
                    Specification(
                        name="list|ls|view|diff",
                        options="-R: --repo: -l: --label: -a: --assignee: -c -F: -P:",
                        is_static=True,
                    ),
                ),
            ),
        ),
    ),
)
