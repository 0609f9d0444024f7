"""Conditions as trees: what is read, and that nothing is guessed."""

import pytest

from firedoor.core.decide.rules.syntax import (
    Call,
    Index,
    Items,
    Literal,
    Member,
    Name,
    SyntaxFault,
    parse,
)


def text(value: str) -> Literal:
    return Literal("text", value, f'"{value}"')


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ('a.b["c"]', Index(Member(Name("a"), "b"), text("c"))),
        ('a.f("x")', Call("f", Name("a"), (text("x"),))),
        ("!a", Call("!_", None, (Name("a"),))),
        ("a || b && c", Call("||", None, (Name("a"), Call("&&", None, (Name("b"), Name("c")))))),
        ("a + b * c", Call("+", None, (Name("a"), Call("*", None, (Name("b"), Name("c")))))),
        ("a ? b : c", Call("?:", None, (Name("a"), Name("b"), Name("c")))),
        ('"x" in a', Call("in", None, (text("x"), Name("a")))),
        ("[a, b,]", Items((Name("a"), Name("b")))),
        ("{a: b}", Items((Name("a"), Name("b")), is_map=True)),
        ("(a)", Name("a")),
        ("null // why", Literal("null", None, "null")),
    ],
)
def test_an_expression_is_read_as_cel_reads_it(source: str, tree: object) -> None:
    assert parse(source) == tree


@pytest.mark.parametrize(
    ("source", "kind", "value"),
    [
        (r"'a\'b'", "text", "a'b"),
        (r'"\x41\u0042\103\n"', "text", "ABC\n"),
        (r"r'\d'", "text", r"\d"),
        ("'''a'b'''", "text", "a'b"),
        ("b'a'", "bytes", "a"),
        ("0x1F", "number", "0x1F"),
        ("1.5e3", "number", "1.5e3"),
        ("true", "bool", True),
    ],
)
def test_a_literal_means_what_it_says(source: str, kind: str, value: object) -> None:
    found = parse(source)
    assert isinstance(found, Literal)
    assert (found.kind, found.value) == (kind, value)


@pytest.mark.parametrize(
    ("source", "at"),
    [
        ("", 0),
        ("a =", 2),
        ("a b", 2),
        ("a.", 2),
        ("f(a", 3),
        ("[a", 2),
        ("{a}", 2),
        ("a ? b", 5),
        ("'a", 0),
        ("a &&", 4),
        ("a.?b", 3),
        ("(" * 65 + "a" + ")" * 65, 64),
        ("!" * 65 + "a", 65),
    ],
)
def test_what_is_not_understood_is_a_fault_with_its_place(source: str, at: int) -> None:
    found = parse(source)
    assert isinstance(found, SyntaxFault)
    assert found.at == at


def test_a_map_of_several_entries_is_read() -> None:
    names = tuple(Name(letter) for letter in "abcd")
    assert parse("{a: b, c: d}") == Items(names, is_map=True)
