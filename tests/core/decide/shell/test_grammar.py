import pytest

from firedoor.core.decide.shell.grammar import read_script
from firedoor.core.decide.shell.syntax import Block, For, Simple, Unclear
from firedoor.core.decide.shell.understand import understand_shell


def nodes(text: str) -> list:
    return [n for c in read_script(text).chains for p in c.pipelines for n in p.nodes]


def test_lists_pipes_and_groups_are_read() -> None:
    kinds = [type(node) for node in nodes("ls | wc; (cd x && ls) || { id; }\n for f in a b; do ls; done")]
    assert kinds == [Simple, Simple, Block, Block, For]


def test_if_has_each_of_its_branches() -> None:
    (node,) = nodes("if a; then b; elif c; then d; else e; fi")
    assert len(node.scripts) == 5


@pytest.mark.parametrize(
    "text", ["for f in a b; do ls; done", "for f in a b\ndo ls; done", "for f in a; \ndo ls\ndone"]
)
def test_the_words_of_a_loop_end_with_a_semicolon_or_their_line(text: str) -> None:
    (node,) = nodes(text)
    assert isinstance(node, For)
    assert (node.name, len(node.words)) == ("f", text.count("a") + text.count(" b"))


def test_a_here_document_is_no_command() -> None:
    (first, second) = nodes("cat <<'EOF'\nrm -rf /\nEOF\nls")
    assert [first.redirects[0].operator, len(second.words)] == ["<<", 1]


def test_assignments_come_before_the_command_only() -> None:
    (node,) = nodes("a=1 b=2 ls c=3")
    assert [a.name for a in node.assignments] == ["a", "b"]
    assert len(node.words) == 2


@pytest.mark.parametrize(
    "text",
    [
        "ls &",
        "f() { ls; }",
        "function f { ls; }",
        "case x in x) ls;; esac",
        "a=(1 2)",
        "((x++))",
        "cat >(ls)",
        "for ((i=0;i<3;i++)); do ls; done",
        "select x in a; do ls; done",
        "coproc ls",
        "if ls; then id",
        "(ls",
        "ls)",
        "ls ;; id",
        "cat <<EOF\n$(rm x)\nEOF",
        "cat <<EOF\nx",
        "cat <<EOF",
        "for x; do ls; done",
        "for x of a; do ls; done",
        "ls {fd}>/dev/null",
        "[[ a && b ]]",
        "ls >",
        "| ls",
        "&& ls",
        "while ls; done",
        "cat <<'E O'\nE O",
        "{ ls",
        "a && ",
        "(cat <<EOF)\nx\nEOF",
        "cat <<'E' $(\nx\nE\nls)",
    ],
)
def test_what_hides_a_command_is_unclear(text: str) -> None:
    with pytest.raises(Unclear):
        read_script(text)


@pytest.mark.parametrize(
    "text",
    [
        "if true; then\ncat <<'E'\nrm -rf / $(id)\nE\nfi",
        "{ cat <<'E'\nx\nE\n}",
        "echo $(ls); (ls); cat <<'E'\nx\nE",
        "while read -r x; do echo a; done <<'E'\nx\nE",
    ],
)
def test_a_here_document_inside_a_group_is_no_command_either(text: str) -> None:
    facts = understand_shell(text)
    assert facts.allowed, facts.reasons
    assert not any(command.startswith("rm") for command in facts.commands)


@pytest.mark.parametrize(
    "text",
    [
        "if true; then\ncat <<'E'\nx\nE\nrm y\nfi",
        "for x in a; do cat <<'E'; rm y; done\nE",
        "echo $(cat <<'E'\nx\nE\n)",
        "(cat <<'E'\nx\nE\n)",
        "diff <(cat <<'E'\nx\nE\n) y",
        "cat <<'E' $(\nx\nE\nls)",
    ],
)
def test_what_stands_beside_a_here_document_is_judged_and_none_stands_in_parentheses(text: str) -> None:
    assert not understand_shell(text).allowed
