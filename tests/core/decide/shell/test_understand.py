import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firedoor.core.decide.shell.understand import understand_argv, understand_shell
from firedoor.model.shell import ShellEffect
from tests.helpers.shell_cases import (
    ATTACK_BENIGN,
    ATTACK_DANGEROUS,
    CORPUS_BENIGN,
    CORPUS_DANGEROUS,
    FIFTH_BENIGN,
    FIFTH_DANGEROUS,
    FOURTH_BENIGN,
    FOURTH_DANGEROUS,
    HOLDOUT_BENIGN,
    HOLDOUT_DANGEROUS,
    SIXTH_BENIGN,
    SIXTH_DANGEROUS,
    THIRD_BENIGN,
    THIRD_DANGEROUS,
)

SIGNS = st.text(alphabet="abl s-rm$`'\"\\;&|<>(){}[]*?!#=~\n\t/0:.,@%", max_size=60)


@pytest.mark.promise("DEC-3")
@pytest.mark.parametrize(
    ("name", "cases"),
    [
        ("corpus", CORPUS_DANGEROUS),
        ("hold-out", HOLDOUT_DANGEROUS),
        ("attack", ATTACK_DANGEROUS),
        ("third", THIRD_DANGEROUS),
        ("fourth", FOURTH_DANGEROUS),
        ("fifth", FIFTH_DANGEROUS),
        ("sixth", SIXTH_DANGEROUS),
    ],
    ids=["corpus", "hold-out", "attack", "third", "fourth", "fifth", "sixth"],
)
def test_no_dangerous_command_line_is_allowed(name: str, cases: list[str], capsys) -> None:
    allowed = [case for case in cases if understand_shell(case).allowed]
    with capsys.disabled():
        sys.stdout.write(f"\nshell guard, {name}: {len(allowed)} of {len(cases)} dangerous allowed\n")
    assert len(cases) >= 130
    assert allowed == []


@pytest.mark.parametrize(
    ("name", "cases"), [("corpus", CORPUS_BENIGN), ("hold-out", HOLDOUT_BENIGN)], ids=["corpus", "hold-out"]
)
def test_at_most_one_benign_command_line_in_twenty_is_refused(name: str, cases: list[str], capsys) -> None:
    refused = [case for case in cases if not understand_shell(case).allowed]
    with capsys.disabled():
        sys.stdout.write(f"\nshell guard, {name}: {len(refused)} of {len(cases)} benign refused\n")
    assert len(cases) >= 25
    assert len(refused) / len(cases) <= 0.05, refused


@pytest.mark.parametrize(
    ("name", "cases"),
    [("attack", ATTACK_BENIGN), ("third", THIRD_BENIGN), ("fourth", FOURTH_BENIGN), ("fifth", FIFTH_BENIGN)],
    ids=["attack", "third", "fourth", "fifth"],
)
def test_at_most_one_benign_command_line_in_ten_of_an_attacker_is_refused(
    name: str, cases: list[str], capsys
) -> None:
    """What is refused on purpose is among them: sudo, ssh, commands inside of containers."""
    refused = [case for case in cases if not understand_shell(case).allowed]
    with capsys.disabled():
        sys.stdout.write(f"\nshell guard, {name}: {len(refused)} of {len(cases)} benign refused\n")
    assert len(cases) >= 300
    assert len(refused) / len(cases) <= 0.1, refused


def test_at_most_one_benign_command_line_in_six_of_the_sixth_set_is_refused(capsys) -> None:
    """What is refused on purpose is among them: interpreters, make, values of charts, sockets."""
    refused = [case for case in SIXTH_BENIGN if not understand_shell(case).allowed]
    with capsys.disabled():
        sys.stdout.write(f"\nshell guard, sixth: {len(refused)} of {len(SIXTH_BENIGN)} benign refused\n")
    assert len(SIXTH_BENIGN) >= 300
    assert len(refused) / len(SIXTH_BENIGN) <= 1 / 6, refused


@pytest.mark.promise("DEC-3")
@pytest.mark.parametrize(
    "command", ["frobnicate", "./ls", "/srv/ls", "LS", "ls.exe", "ls ; frobnicate", "\u13deS"]
)
def test_a_command_that_is_not_specified_is_not_allowed(command: str) -> None:
    facts = understand_shell(command)
    assert not facts.allowed
    assert facts.effect is ShellEffect.UNKNOWN
    assert any("not specified" in reason for reason in facts.reasons)


@pytest.mark.promise("DEC-3")
@pytest.mark.parametrize(
    "command", ["git status --frobnicate", "kubectl frobnicate", "sort -Q x", "docker ps --frob=1"]
)
def test_an_option_or_sub_command_that_is_not_specified_is_not_allowed(command: str) -> None:
    facts = understand_shell(command)
    assert not facts.allowed
    assert facts.effect is ShellEffect.UNKNOWN


def test_a_read_says_what_it_runs_and_where() -> None:
    facts = understand_shell("cat /etc/hosts ~/notes | grep x; curl -s https://example.com/health")
    assert facts.allowed
    assert facts.effect is ShellEffect.READ
    assert facts.commands == ("cat", "grep", "curl")
    assert facts.paths == ("/etc/hosts", "~/notes")
    assert facts.urls == ("https://example.com/health",)
    assert facts.reasons == ("It only reads: cat, grep, curl.",)


def test_a_refusal_says_which_part_and_what_would_be_allowed() -> None:
    facts = understand_shell("kubectl get pods | tee out.txt")
    assert not facts.allowed
    assert facts.reasons[0] == "The command tee is not specified, so it is not allowed."
    assert "Allowed are" in facts.reasons[-1]


@pytest.mark.parametrize(
    ("command", "effect"),
    [
        ("rm -rf /data", ShellEffect.DESTRUCTIVE),
        ("ls; rm x", ShellEffect.DESTRUCTIVE),
        ("kubectl -n prod delete deploy api", ShellEffect.DESTRUCTIVE),
        ("ls > out.txt", ShellEffect.DESTRUCTIVE),
        ("mkdir x", ShellEffect.WRITE),
        ("kubectl apply -f x", ShellEffect.WRITE),
        ("frobnicate", ShellEffect.UNKNOWN),
        ("mkdir x; frobnicate", ShellEffect.UNKNOWN),
        ("cat /etc/shadow", ShellEffect.READ),
        ("r''m -rf `x`", ShellEffect.DESTRUCTIVE),
    ],
)
def test_the_effect_names_what_is_known_and_the_worst_counts(command: str, effect: ShellEffect) -> None:
    facts = understand_shell(command)
    assert not facts.allowed
    assert facts.effect is effect


@pytest.mark.parametrize(
    "text", ["", "  \n\t", "# only a comment? no command", "\ud800", "\x00", "ls\x00", "\u202els"]
)
def test_what_holds_no_readable_command_is_not_allowed_or_does_nothing(text: str) -> None:
    facts = understand_shell(text)
    assert not facts.allowed or facts.commands == ()


@settings(max_examples=300, deadline=None)
@given(SIGNS)
def test_no_text_raises_and_what_is_allowed_only_reads(text: str) -> None:
    facts = understand_shell(text)
    assert facts.allowed is False or facts.effect is ShellEffect.READ
    assert facts.reasons


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=20), max_size=6))
def test_no_words_raise(words: list[str]) -> None:
    assert understand_argv(tuple(words)).reasons


def test_words_that_no_shell_reads_are_taken_as_they_are() -> None:
    assert understand_argv(("grep", "$(rm x); `y`", "/etc/hosts")).allowed
    assert understand_argv(("bash", "-lc", "kubectl get pods | grep api")).allowed
    assert not understand_argv(("bash", "-lc", "kubectl delete pods --all")).allowed
    assert not understand_argv(("ls", "a\x00b")).allowed
    assert not understand_argv(()).allowed
    assert not understand_argv(("",)).allowed
    assert not understand_argv(("ls",) * 2_000).allowed


@pytest.mark.parametrize(
    "text",
    [
        "ls " + "a " * 200_000,
        "ls " + "a " * 8_000,
        "(" * 5_000 + "ls" + ")" * 5_000,
        "echo " + "$(echo " * 2_000 + ")" * 2_000,
        "{ " * 3_000 + "ls; " + "}; " * 3_000,
        "for a in {1..64}; do for b in {1..64}; do for c in {1..64}; do ls; done; done; done",
        "echo " + "{1..64}" * 6,
        "if " * 3_000,
        "! " * 8_000 + "ls",
        "'" * 16_000,
        "awk '" + "[" * 12_000 + "/' x",
        "sed 's/" + "[" * 12_000 + "/x/' y",
        "env " * 3_000 + "ls",
        "cat " + "<<A " * 3_000,
        "sh -c " * 2_000 + "ls",
    ],
    ids=range(15),
)
@pytest.mark.timeout(10)
def test_size_and_depth_are_bounded(text: str) -> None:
    assert understand_shell(text).reasons


def test_the_same_text_gives_the_same_facts() -> None:
    for case in (*CORPUS_BENIGN, *CORPUS_DANGEROUS):
        assert understand_shell(case) == understand_shell(case)


@pytest.mark.promise("DEC-3")
def test_where_two_readers_differ_nothing_is_allowed() -> None:
    """A quoted blank as a word: the second parser reads it otherwise."""
    facts = understand_shell("ls \\  x")
    assert not facts.allowed
    assert facts.reasons[0].startswith("Two parsers find different")


@pytest.mark.parametrize(
    ("line", "is_allowed"),
    [
        ("awk '{print}\n/x/ {print}' f", True),
        ("awk '{print 4/2}' f", True),
        ("awk '{print x\n/2}' f", False),
        ("ls | xargs", True),
        ("ls | xargs -I '' ls", False),
        ("find /a* -name x", True),
        ("find [x]* -name a", True),
        ("find . -exec cat p{} \\;", True),
        ("find . -exec cat $X \\;", False),
        ("ip addr show flush", False),
        ("gh api", False),
        ("sed -n '/a' f", False),
        ("sed -n '1,' f", False),
        ("sed -n 's/a/b\nc/p' f", False),
        ("x=; ls $x", True),
        ("x=; $x", False),
        ("sqlite3 -version", True),
        ("aws s3 ls $X", False),
        ("aws sts get-caller-identity --no-paginate x", False),
        ("for x in a b; ls; done", False),
        ('cat <<E "a\nb"\nE', False),
    ],
)
def test_what_ends_early_or_stays_open_is_read_or_refused_and_never_guessed(
    line: str, is_allowed: bool
) -> None:
    assert understand_shell(line).allowed is is_allowed
