import pytest

from firedoor.core.decide.shell.grammar import read_script
from firedoor.core.decide.shell.syntax import PartKind, Unclear


def parts(text: str) -> list:
    (chain,) = read_script(f"x {text}").chains
    return [(p.kind, p.text or p.alternatives) for p in chain.pipelines[0].nodes[0].words[1].parts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", [(PartKind.LITERAL, "abc")]),
        ("'a b'", [(PartKind.QUOTED, "a b")]),
        ("a\\ b", [(PartKind.LITERAL, "a"), (PartKind.QUOTED, " "), (PartKind.LITERAL, "b")]),
        ("$x", [(PartKind.VARIABLE, "x")]),
        ("${x}", [(PartKind.VARIABLE, "x")]),
        ("$'\\t'", [(PartKind.QUOTED, "\t")]),
        ("*.log", [(PartKind.GLOB, "*"), (PartKind.LITERAL, ".log")]),
        ("{a,b}", [(PartKind.BRACES, ("a", "b"))]),
        ("{1..3}", [(PartKind.BRACES, ("1", "2", "3"))]),
        ("HEAD@{1}", [(PartKind.LITERAL, "HEAD@"), (PartKind.LITERAL, "{1}")]),
        ("foo$", [(PartKind.LITERAL, "foo"), (PartKind.LITERAL, "$")]),
        ("$((1 + 2))", [(PartKind.NUMBER, ())]),
        ("a#b", [(PartKind.LITERAL, "a#b")]),
        ('"a\\b"', [(PartKind.QUOTED, ()), (PartKind.QUOTED, "a"), (PartKind.QUOTED, "\\b")]),
    ],
)
def test_a_word_is_read_as_shells_read_it(text: str, expected: list) -> None:
    assert parts(text) == expected


def test_double_quotes_keep_blanks_and_expand_names() -> None:
    assert [kind for kind, _ in parts('"a $x \\$y"')] == [
        PartKind.QUOTED,
        PartKind.QUOTED,
        PartKind.VARIABLE,
        PartKind.QUOTED,
        PartKind.QUOTED,
        PartKind.QUOTED,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "`id`",
        "$x{a,b}",
        "${x:-y}",
        "${!x}",
        "${x@P}",
        "$'\\x72'",
        "$'a\\'b'",
        '$"x"',
        "$[1]",
        "$((x))",
        "$((a[$(id)]))",
        "a\\\nb",
        '"a\\\nb"',
        "'a",
        '"a',
        "!rm",
        '"!rm"',
        "{a,{b,c}}",
        "{1..99999}",
        "{a..z}",
        "{01..10}",
        "$x[1]",
        "a\\",
    ],
)
def test_what_shells_read_differently_is_unclear(text: str) -> None:
    with pytest.raises(Unclear):
        parts(text)


def test_a_line_may_be_continued_between_words() -> None:
    (chain,) = read_script("ls \\\n  -l \\\n  x").chains
    assert len(chain.pipelines[0].nodes[0].words) == 3


def test_a_comment_ends_with_its_line() -> None:
    assert len(read_script("ls # ; rm x \\\nid").chains) == 2
