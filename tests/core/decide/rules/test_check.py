"""What a condition looks at, and which conditions can mean nothing."""

import pytest

from firedoor.core.decide.rules.check import check, suggest
from firedoor.core.decide.rules.syntax import SyntaxFault, parse


def looks(source: str):
    tree = parse(source)
    assert not isinstance(tree, SyntaxFault)
    return check(tree)


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("sql.effect == 'write'", {("sql", "effect")}),
        ("args.a.b == 1 && has(args.c)", {("args", "a", "b"), ("args", "c")}),
        ("args['a-b'].c == 1", {("args", "a-b", "c")}),
        ("args.rows[0].name == 'x'", {("args", "rows")}),
        ("args[args.key] == 1", {("args",), ("args", "key")}),
        ("args.exists(k, k == 'x')", {("args",)}),
        ("sql.tables.all(t, t in ['a'])", {("sql", "tables")}),
        ("args.l.exists(x, x.y == principal.name)", {("args", "l"), ("principal", "name")}),
        ("args.a ? true : false", {("args", "a")}),
    ],
)
def test_it_looks_at_what_is_written_out_and_at_the_whole_where_it_is_not(source, paths) -> None:
    found = looks(source)
    assert found.faults == []
    assert found.paths >= paths
    assert {path for path in found.paths if path[0] != "args"} == {p for p in paths if p[0] != "args"}


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("sql.efect == 'read'", "'efect' is no member of sql. Did you mean 'effect'?"),
        ("sgl.effect == 'read'", "'sgl' is no fact. Did you mean 'sql'?"),
        ("sql.effect == 'raed'", "'raed' is nothing that it can be. Did you mean 'read'?"),
        ("sql.effect in ['read', 'wirte']", "'wirte' is nothing that it can be."),
        ("sql.tables == 'a'", "a list is never a text"),
        ("1 in sql.tables", "a number is never a text"),
        ("'a' in time.hour", "`in` looks into a list, not a number"),
        ("time.hour > '3'", "a number is never a text"),
        ("sql.bounded > true", "yes or no is neither more nor less"),
        ("sql.bounded && time.hour", "&& joins yes and no, not a number"),
        ("time.hour", "the condition gives a number, not yes or no"),
        ("true", "the condition looks at no fact"),
        ("lower(args.a) == 'a'", "'lower' is no function"),
        ("args.a.startsWith()", "startsWith() takes 2 values, not 1"),
        ("time.hour.contains('1')", "contains() takes a text, not a number"),
        ("args.a.matches(args.b)", "must be written out"),
        ("has(args)", "has() takes one member"),
        ("sql['effect'] == 'read'", "write the members of sql with a dot"),
        ("time.hour.x == 1", "a number has no member 'x'"),
        ("sql.tables['a'] == 'x'", "by its number"),
        ("time.hour[0] == 1", "a number has no items"),
        ("args.all(args, true)", "'args' is a fact"),
        ("args.all(x)", "takes a name and a condition"),
        ("time.hour.all(x, true)", "goes through a list, not a number"),
        ("sql.tables.all(t, size(t))", "needs yes or no for each item"),
        ("args.exists(a, args.exists(b, a == b))", "a loop inside a loop"),
        ("time.hour ? true : sql.bounded", "before ? stands yes or no"),
    ],
)
def test_a_condition_that_can_mean_nothing_is_told_why(source: str, fault: str) -> None:
    assert any(fault in said for said in looks(source).faults), looks(source).faults


def test_a_loop_over_what_is_written_out_may_stand_in_a_loop() -> None:
    assert looks("sql.tables.all(t, ['a', 'b'].exists(x, x == t))").faults == []
    assert looks("sql.tables.filter(t, t != 'a').size() > 0").faults == []
    assert looks("sql.tables.map(t, size(t)).exists(n, n > 3)").faults == []


def test_a_word_is_suggested_or_all_are_named() -> None:
    assert suggest("efect", ["effect", "tables"]) == "Did you mean 'effect'?"
    assert suggest("zzz", ["effect", "tables"]) == "There are: effect, tables."
