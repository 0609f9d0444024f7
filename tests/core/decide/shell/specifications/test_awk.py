import pytest

from firedoor.core.decide.shell.specification import Parsed
from firedoor.core.decide.shell.specifications.awk import refused
from firedoor.core.decide.shell.understand import understand_shell
from firedoor.core.decide.shell.values import ANYTHING, known


def why(program: str) -> str | None:
    return refused(Parsed(path=("awk",), operands=(known(program),)))


@pytest.mark.parametrize(
    "program",
    [
        "{print $1}",
        "$3 > 80 {print $0}",
        "/a|b/ {n++} END {print n}",
        "{s += $1} END {print s/NR}",
        "NR==1,NR==5",
        '{printf "%s %d\\n", $1, length($2)}',
        "{print ($1 > 3)}",
        "$1 ~ /^x/ && $2 !~ /y/",
        "!seen[$0]++",
        '{gsub(/a/, "b"); print}',
        "{ if ($1 > 3) print $2; else print $3 }",
        "{print ($3-$2)/60}",
        'BEGIN{FS=":"} {print $1}',
        "{a[$1]+=$2} END {for (k in a) print k, a[k] }",
        "{print $1 # a comment\n}",
    ],
)
def test_a_program_that_prints_is_a_read(program: str) -> None:
    assert why(program) is None


@pytest.mark.parametrize(
    "program",
    [
        'BEGIN{system("id")}',
        '{print > "x"}',
        '{print >> "x"}',
        '{print | "sh"}',
        '"id" | getline',
        '{print a,\nb > "x"}',
        'BEGIN { a++ / 1; print "id" | "sh"; b = 1 / 2 }',
        '@load "x"',
        '{f = "system"; @f("id")}',
        "func f(x) {}",
        '{print ENVIRON["x"]}',
        "{close(x)}",
        "{foo($1)}",
        '{printf "a" > "/etc/x"}',
        '{print(1)(2) > "x"}',
        '{print $1 |& "x"}',
        'if (x) /"/ ; print "x" | "sh" ; /"/',
        "{ print `id` }",
        '{print a ? b :\n c > "x"}',
        '{while (("id" | getline l) > 0) print l}',
    ],
)
def test_a_program_that_does_more_or_is_unclear_is_not(program: str) -> None:
    assert why(program) is not None


def test_the_program_is_written_out() -> None:
    assert refused(Parsed(path=("awk",), operands=(ANYTHING,)))
    assert refused(Parsed(path=("awk",)))
    assert refused(Parsed(path=("awk",), options=(("-v", known("ENVIRON=1")),), operands=(known("1"),)))


@pytest.mark.parametrize("text", ["awk '' f", 'awk "" f', "awk \\#\n'{ print }' f", "awk ' ' f"])
def test_a_program_without_words_is_read_as_any_other(text: str) -> None:
    assert understand_shell(text).reasons
