"""Which texts of a message a guard reads."""

from firedoor.core.decide.texts import sql_texts
from tests.helpers.nouns import facts, message, upstream

SQL = upstream(kind="sql", dialect="postgres")


def texts(params: dict, method: str = "tools/call", to=SQL) -> tuple[str, ...]:
    return sql_texts(facts(message(method, params=params), to))


def test_texts_are_read_where_the_settings_say_so_and_nowhere_else() -> None:
    call = {"name": "q", "arguments": {"query": "select 1", "again": "select 1", "odd": "drop table t"}}
    assert texts(call) == ("select 1", "drop table t")
    assert texts(call, to=upstream()) == ()


def test_arguments_that_are_no_object_are_read_all_the_same() -> None:
    assert texts({"name": "q", "arguments": ["drop table t"]}) == ("drop table t",)
    assert texts({"name": "q"}) == ()


def test_what_is_not_called_is_read_whole() -> None:
    assert texts({"uri": "x", "argument": {"value": "drop table t"}}, "completion/complete") == (
        "drop table t",
    )
