"""Files and text: what the coreutils and their neighbours may do. Nothing here writes."""

from firedoor.core.decide.shell.specification import Specification, Style
from firedoor.core.decide.shell.specifications import awk, finding, sed
from firedoor.core.decide.shell.specifications.checks import no_environment, no_loading

_ANY = [
    "ls",
    "cat",
    "head",
    "tail",
    "wc",
    "grep",
    "egrep",
    "fgrep",
    "cut",
    "tr",
    "stat",
    "du",
    "basename",
    "dirname",
    "readlink",
    "realpath",
    "nl",
    "tac",
    "rev",
    "fold",
    "fmt",
    "expand",
    "unexpand",
    "paste",
    "join",
    "comm",
    "cmp",
    "od",
    "hexdump",
    "strings",
    "md5sum",
    "shasum",
    "sha1sum",
    "sha224sum",
    "sha256sum",
    "sha384sum",
    "sha512sum",
    "b2sum",
    "cksum",
    "sum",
    "echo",
    "diff",
    "base64",
    "base32",
    "df",
    "seq",
    "numfmt",
    "factor",
    "expr",
]
"""Commands without any option that writes, runs or connects."""

FILES = (
    *(Specification(name=name, any_arguments=True) for name in sorted(_ANY)),
    Specification(
        name="sort",
        options="-b -d -f -g -h -i -M -n -r -R -V -c -C -m -s -u -z -k: -t: -S: --key: --field-separator: "
        "--numeric-sort --reverse --unique --human-numeric-sort --general-numeric-sort --version-sort "
        "--month-sort --ignore-case --ignore-leading-blanks --stable --check? --merge --parallel: "
        "--buffer-size: --zero-terminated --random-sort --dictionary-order --sort: --help --version",
    ),
    Specification(
        name="uniq",
        options="-c -d -D -i -u -z -f: -s: -w: --count --repeated --unique --ignore-case --skip-fields: "
        "--skip-chars: --check-chars: --all-repeated? --group? --zero-terminated --help --version",
        most_operands=1,
        note="a second file would be written",
    ),
    Specification(
        name="file",
        options="-b -i -I -k -L -h -N -n -p -r -s -v -z -0 -F: -e: --brief --mime --mime-type "
        "--mime-encoding "
        "--dereference --no-dereference --keep-going --uncompress --separator: --help --version",
    ),
    Specification(
        name="tree",
        options="-a -d -l -f -x -L: -P: -I: -p -u -g -s -h -D -F -q -N -n -C -A -i -J -X -v -t -r -U "
        "--prune --noreport --dirsfirst --filelimit: --du --si --inodes --timefmt: --charset: "
        "--gitignore --matchdirs --ignore-case --help --version",
    ),
    Specification(
        name="xxd",
        options="-a -b -c: -d -e -E -g: -i -l: -o: -p -ps -s: -u -h -v -plain -cols: -len: -seek:",
        style=Style.WHOLE,
        most_operands=1,
        note="a second file would be written",
    ),
    Specification(
        name="column",
        options="-t -s: -o: -n -c: -x -e -N: -R: -T: -H: -W: -O: -L -J --table --separator: --table-columns: "
        "--output-separator: --json --table-right: --table-truncate: --table-hide: --columns: --fillrows "
        "--table-noheadings --table-name: --help --version",
    ),
    *(
        Specification(
            name=name,
            options="-c -d -f -k -q -t -v -l --stdout --list --test --quiet --help --version",
            needs=("-c", "-l", "-t", "--stdout", "--list", "--test")
            if name in {"gzip", "xz", "bzip2"}
            else (),
        )
        for name in ("zcat", "bzcat", "xzcat", "gzcat", "gzip", "xz", "bzip2")
    ),
    *(
        Specification(
            name=name,
            options="-c -E -F -G -P -i -v -w -x -n -h -H -l -L -o -q -s -a -A: -B: -C: -e: -m: --color? "
            "--count --ignore-case --invert-match --line-number --only-matching --extended-regexp "
            "--fixed-strings --regexp: --max-count: --after-context: --before-context: --context: "
            "--files-with-matches --no-filename --with-filename --text",
        )
        for name in ("zgrep", "zegrep", "zfgrep", "bzgrep", "xzgrep")
    ),
    Specification(
        name="rg",
        options="-i -S -s -v -w -x -n -N -c -l -o -q -a -F -P -U -H -I -L -u -p -0 -e: -g: -t: -T: -A: -B: "
        "-C: -m: -M: -d: -j: -r: --hidden --no-ignore --files --json --glob: --iglob: --type: --type-not: "
        "--count --count-matches --files-with-matches --files-without-match --ignore-case --smart-case "
        "--fixed-strings --line-number --no-line-number --no-heading --heading --multiline --only-matching "
        "--max-count: --max-depth: --after-context: --before-context: --context: --color: --colors: --sort: "
        "--stats --text --follow --no-filename --with-filename --word-regexp --type-list --version --help "
        "--invert-match --replace: --pcre2 --max-columns: --trim --vimgrep --no-messages --regexp:",
        note="not with --pre or --hostname-bin",
    ),
    Specification(
        name="jq",
        options="-r -c -n -s -e -S -C -M -a -j -R --raw-output --compact-output --null-input --slurp "
        "--exit-status --sort-keys --color-output --monochrome-output --ascii-output --join-output "
        "--raw-input --tab --indent: --unbuffered --stream --seq --args --jsonargs --arg: --argjson: --help "
        "--version",
        check=no_environment,
        any_option=True,
        note="not with programs that read the environment",
    ),
    Specification(
        name="yq",
        options="-r -o: -p: -P -M -C -N -j -e -I: --output-format: --input-format: --prettyPrint "
        "--no-colors "
        "--colors --no-doc --exit-status --indent: --raw-output --unwrapScalar --null-input -n "
        "--help --version",
        check=no_loading,
        subs=(Specification(name="eval|e|eval-all|ea", check=no_loading),),
        note="not in place, not split into files, not with programs that read files or the environment",
    ),
    Specification(
        name="awk",
        options=awk.OPTIONS,
        stops_at_operand=True,
        check=awk.refused,
        note="only programs of known words, without redirection, pipes, system, getline",
    ),
    Specification(name="gawk", options=awk.OPTIONS, stops_at_operand=True, check=awk.refused, note="as awk"),
    Specification(name="mawk", options=awk.OPTIONS, stops_at_operand=True, check=awk.refused, note="as awk"),
    Specification(
        name="sed",
        options=sed.OPTIONS,
        check=sed.refused,
        note="only scripts that neither write, read further files, nor run anything; never in place",
    ),
    Specification(
        name="find",
        style=Style.RAW,
        unwrap=finding.unwrap,
        note="tests and prints; -exec only of what is specified itself",
    ),
    Specification(
        name="locate",
        options="-c -i -l: -n: -r: -b -w -e -q -0 --count --ignore-case --limit: --basename --regex",
    ),
    *(
        Specification(
            name=name,
            options="-H -I -u -s -i -g -F -a -L -p -0 -e: -t: -d: -E: -S: -c: --hidden --no-ignore --type: "
            "--extension: --max-depth: --min-depth: --exclude: --size: --changed-within: --changed-before: "
            "--absolute-path --follow --full-path --glob --fixed-strings --ignore-case --case-sensitive "
            "--color: --print0 --max-results: --owner: --version --help",
            note="not with --exec",
        )
        for name in ("fd", "fdfind")
    ),
    Specification(name="iconv", options="-f: -t: -c -s -l --from-code: --to-code: --list --silent"),
    Specification(name="namei", options="-l -m -o -v -x -n"),
    Specification(
        name="ag",
        options="-i -l -w -Q -c -s -S -v -g: -G: -A: -B: -C: -m: --ignore: --ignore-dir: --hidden --nocolor "
        "--nogroup --stats --depth: --python --js --go --java --ruby",
        note="not with --pager",
    ),
    Specification(name="bc", options="-l -q -s --mathlib --quiet", most_operands=0, note="from its input"),
    Specification(
        name="gunzip",
        options="-c -k -f -q -l -t -v --stdout --to-stdout --list --test --quiet --verbose",
        needs=("-c", "-l", "-t", "--stdout", "--to-stdout", "--list", "--test"),
        note="prints, lists, tests; puts nothing in the place of a file",
    ),
    Specification(name="lsattr", options="-R -V -a -d -l -p -v"),
    Specification(
        name="getfacl", options="-a -d -c -e -E -s -R -L -P -t -p -n --absolute-names --omit-header"
    ),
)
