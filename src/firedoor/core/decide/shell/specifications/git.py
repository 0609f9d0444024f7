"""git: sub-commands that read, with options that neither write, run a program nor change the transport."""

from firedoor.core.decide.shell.specification import Parsed, Specification
from firedoor.core.decide.shell.specifications.checks import (
    each_operand,
    every,
    first_operand_in,
    operands_only_with,
    some_operand,
)

_SHOWN = (
    "-p -u -s -U: -w -b -z -a -R -W -M? -C? -B? -D -S: -G: --patch --no-patch --unified: --raw "
    "--patch-with-raw "
    "--minimal --patience --histogram --diff-algorithm: --stat? --numstat --shortstat --dirstat? --summary "
    "--patch-with-stat --compact-summary --name-only --name-status --submodule? --color? --no-color "
    "--word-diff? "
    "--word-diff-regex: --color-words? --no-renames --find-renames? --find-copies? "
    "--find-copies-harder --check "
    "--full-index --binary --abbrev? --no-abbrev --diff-filter: --pickaxe-all --pickaxe-regex "
    "--relative? --text "
    "--ignore-space-at-eol --ignore-space-change --ignore-all-space --ignore-blank-lines "
    "--inter-hunk-context: "
    "--function-context --exit-code --quiet --no-ext-diff --no-textconv --ignore-submodules? --src-prefix: "
    "--dst-prefix: --no-prefix --color-moved? --no-color-moved --cc -c -m --combined-all-paths --stat-width: "
    "--stat-count: --stat-name-width: --break-rewrites? --ws-error-highlight: --indent-heuristic -t"
)
_WALKED = (
    "-# -n: -g -i -E -F -P -L: -1 --max-count: --skip: --since: --after: --until: --before: "
    "--author: --committer: "
    "--grep: --all-match --invert-grep --regexp-ignore-case --extended-regexp --fixed-strings --perl-regexp "
    "--merges --no-merges --first-parent --all --branches? --tags? --remotes? --glob: --exclude: --reflog "
    "--walk-reflogs --cherry --cherry-pick --cherry-mark --left-right --left-only --right-only --boundary "
    "--simplify-by-decoration --full-history --dense --sparse --ancestry-path --date-order "
    "--author-date-order "
    "--topo-order --reverse --no-walk? --oneline --pretty? --format: --abbrev-commit --no-abbrev-commit "
    "--graph --decorate? --no-decorate --decorate-refs: --source --follow --full-diff --log-size --date: "
    "--relative-date --parents --children --notes? --no-notes --show-notes? --mailmap --use-mailmap "
    "--no-mailmap "
    "--encoding: --expand-tabs? --no-expand-tabs --min-parents: --max-parents: --not --count --objects "
    "--show-linear-break? --shortstat --cherry --simplify-merges"
)
_LIST = (
    "-a -r -v -vv -l -i -n? --list --all --remotes --verbose --merged: --no-merged: --contains: "
    "--no-contains: "
    "--points-at: --sort: --format: --color? --no-color --column? --no-column --ignore-case "
    "--abbrev: --no-abbrev"
)


def _keys_read(parsed: Parsed) -> str | None:
    """Keys are read. With a second word a key is set; words without a dot are sub-commands."""
    words = [operand.text for operand in parsed.operands]
    if any(word is None for word in words):
        return "git config is read with keys that are written out."
    if words[:1] == ["list"] or parsed.has("--list", "-l"):
        return None if len(words) <= 1 else "git config list takes no keys."
    if words[:1] == ["get"]:
        words = words[1:]
    elif parsed.has("--get-regexp", "--get-urlmatch"):
        return None if len(words) <= 1 else "git config reads one key."
    if len(words) != 1 or "." not in (words[0] or ""):
        return "git config is allowed to read one key: git config --get user.name."
    return None


_REMOTE = each_operand(
    r"[A-Za-z0-9][\w./-]*|https://[\w.:/~-]+|refs/[\w./*-]+", "only names of remotes and https URLs"
)

_TAGS = (
    "-l -i -n? --list --merged: --no-merged: --contains: --no-contains: --points-at: --sort: --format: "
    "--color? --no-color --column? --no-column --ignore-case"
)
_BRANCH_LISTS = (
    "--list", "--contains", "--no-contains", "--merged", "--no-merged", "--points-at",
)  # fmt: skip


GIT = (
    Specification(
        name="git",
        options="-C: --no-pager -P --no-optional-locks --literal-pathspecs --no-replace-objects --version",
        note="not -c, --git-dir, --exec-path, --ext-diff, --textconv, --output, --upload-pack",
        subs=(
            Specification(
                name="status",
                options="-s -b -v -u? -z --short --branch --porcelain? --long --verbose --untracked-files? "
                "--ignored? --ignore-submodules? --show-stash --ahead-behind --no-ahead-behind --no-renames "
                "--find-renames? --column? --no-column",
            ),
            Specification(name="log|show|whatchanged|rev-list", options=f"{_SHOWN} {_WALKED}"),
            Specification(
                name="diff|diff-tree|diff-files|diff-index|range-diff",
                options=f"{_SHOWN} --cached --staged --merge-base --no-index -r -1 -2 -3 -0 --base --ours "
                f"--theirs "
                "--root --stdin --no-commit-id --pretty? --creation-factor:",
            ),
            Specification(
                name="branch",
                options=f"{_LIST} --show-current -q --quiet",
                check=operands_only_with(_BRANCH_LISTS, "a name alone would make a branch; use --list"),
            ),
            Specification(
                name="tag",
                options=_TAGS,
                check=operands_only_with(("-l", *_BRANCH_LISTS), "a name alone would make a tag; use --list"),
            ),
            Specification(
                name="remote",
                options="-v --verbose",
                check=every(_REMOTE, first_operand_in("show get-url")),
            ),
            Specification(
                name="stash",
                options=f"{_SHOWN} {_WALKED} --include-untracked --only-untracked",
                check=every(some_operand, first_operand_in("list show")),
            ),
            Specification(
                name="reflog",
                options=f"{_SHOWN} {_WALKED}",
                check=first_operand_in("show HEAD"),
            ),
            Specification(
                name="worktree|notes",
                options="-v --porcelain -z",
                check=every(some_operand, first_operand_in("list show")),
            ),
            Specification(
                name="submodule",
                options="--cached --recursive -q --quiet",
                check=first_operand_in("status summary"),
            ),
            Specification(
                name="config",
                options="--get: --get-all: --get-regexp: --list -l --global --local --system --worktree "
                "--show-origin "
                "--show-scope --name-only -z --null --type: --bool --int --path --includes "
                "--default: --all --value:",
                check=lambda parsed: (
                    None if parsed.has("--get", "--get-all") and not parsed.operands else _keys_read(parsed)
                ),
            ),
            Specification(
                name="rev-parse",
                options="--abbrev-ref? --short? --verify -q --quiet --git-dir --show-toplevel --show-prefix "
                "--show-cdup "
                "--is-inside-work-tree --is-bare-repository --is-shallow-repository "
                "--symbolic-full-name --symbolic "
                "--all --branches? --tags? --remotes? --git-common-dir --absolute-git-dir "
                "--is-inside-git-dir "
                "--show-superproject-working-tree --revs-only --no-revs --default: --since: --until: "
                "--show-object-format?",
            ),
            Specification(
                name="describe",
                options="--tags --always --long --all --dirty? --broken? --abbrev: --exact-match --match: "
                "--exclude: "
                "--first-parent --contains --candidates:",
            ),
            Specification(
                name="shortlog", options=f"{_WALKED} -s -n -e -w? --summary --numbered --email --group: -c"
            ),
            Specification(
                name="blame|annotate",
                options="-L: -w -M? -C? -l -t -e -f -n -s -p -b -c --since: --date: --show-email --show-name "
                "--show-number "
                "--porcelain --line-porcelain --root --reverse: --first-parent --ignore-rev: "
                "--abbrev: --color-lines",
            ),
            Specification(
                name="ls-files",
                options="-c -d -m -o -i -s -u -k -z -t -v -x: --cached --deleted --modified --others "
                "--ignored --stage "
                "--unmerged --killed --full-name --exclude-standard --exclude: --error-unmatch --eol "
                "--abbrev? "
                "--directory --deduplicate --format: --recurse-submodules",
            ),
            Specification(
                name="ls-tree",
                options="-d -r -t -l -z --long --name-only --name-status --object-only --abbrev? --full-name "
                "--full-tree --format:",
            ),
            Specification(
                name="ls-remote",
                options="-h -t -q --heads --branches --tags --refs --quiet --exit-code --get-url --symref "
                "--sort:",
                check=_REMOTE,
                is_static=True,
            ),
            Specification(name="cat-file", options="-p -t -s -e", needs=("-p", "-t", "-s", "-e")),
            Specification(
                name="grep",
                options="-n -i -I -a -w -v -h -H -l -L -c -o -q -E -F -P -G -e: -A: -B: -C: -p -W -r -z -m: "
                "-# "
                "--line-number --column --ignore-case --word-regexp --invert-match --count "
                "--files-with-matches "
                "--name-only --files-without-match --extended-regexp --fixed-strings --perl-regexp "
                "--basic-regexp "
                "--and --or --not --all-match --cached --untracked --no-index --recursive "
                "--no-recursive --max-depth: "
                "--after-context: --before-context: --context: --break --heading --show-function "
                "--color? --no-color "
                "--text --only-matching --max-count: --no-exclude-standard --exclude-standard --full-name",
            ),
            Specification(
                name="for-each-ref",
                options="--count: --sort: --format: --color? --points-at: --merged: --no-merged: --contains: "
                "--no-contains: "
                "--ignore-case --exclude:",
            ),
            Specification(
                name="show-ref",
                options="--head --tags --heads --branches -d -s -q --hash? --abbrev? --verify",
            ),
            Specification(
                name="merge-base", options="-a --all --is-ancestor --octopus --independent --fork-point"
            ),
            Specification(name="name-rev", options="--tags --refs: --name-only --always --all"),
            Specification(name="count-objects", options="-v -H --verbose --human-readable"),
            Specification(
                name="show-branch",
                options="-a -r --all --remotes --list --current --topo-order --color? --no-color",
            ),
            Specification(name="bisect", check=every(some_operand, first_operand_in("log")), most_operands=1),
            Specification(
                name="fsck",
                options="--full --no-full --strict --no-dangling --unreachable --connectivity-only "
                "--no-progress",
                most_operands=0,
                note="not --lost-found",
            ),
            Specification(name="archive", options="-l --list", needs=("-l", "--list"), most_operands=0),
            Specification(name="cherry", options="-v --abbrev?"),
            Specification(name="check-ignore", options="-q -v -n --verbose --non-matching --no-index"),
            Specification(name="check-attr", options="-a --all --cached"),
            Specification(name="verify-pack", options="-v -s --verbose --stat-only"),
            Specification(name="version", options="--build-options"),
        ),
    ),
)
