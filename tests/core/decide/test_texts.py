"""Which texts of a message a guard reads."""

from base64 import b64encode

from firedoor.core.decide.texts import shell_facts, sql_texts
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


def test_answers_to_what_a_call_asked_back_are_read() -> None:
    answers = {"q": {"action": "accept", "content": {"statement": "drop table t"}}}
    sent = {"name": "q", "arguments": {"query": "select 1"}, "inputResponses": answers}
    assert texts(sent) == ("select 1", "drop table t")
    assert texts({**sent, "inputResponses": ["drop table u"]}) == ("select 1", "drop table u")
    assert texts({**sent, "inputResponses": {"a": {"odd": "drop table u"}}}) == ("select 1", "drop table u")


SHELL = upstream(kind="shell")


def allowed(arguments: dict, to=SHELL) -> list[bool]:
    return [one.allowed for one in shell_facts(facts(message(params={"arguments": arguments}), to))]


def test_command_lines_are_understood_where_the_settings_say_so_and_nowhere_else() -> None:
    assert allowed({"command": "ls -l"}) == [True]
    assert allowed({"command": "ls", "args": ["-l"]}) == [True]
    assert allowed({"command": "rm -rf /srv"}) == [False]
    assert allowed({"command": "rm -rf /srv"}, upstream()) == []


def test_a_name_that_is_not_known_is_no_way_around() -> None:
    assert allowed({"zzz": "rm -rf /srv"}) == [False]
    assert allowed({"zzz": {"deep": ["rm -rf /srv"]}}) == [False]
    assert allowed({"command": "ls -l", "zzz": "rm -rf /srv"}) == [True, False]
    assert allowed({"command": "ls -l", "description": "list the files; all of them", "cwd": "/a b"}) == [
        True
    ]
    assert allowed({"pod": "web-1", "limit": 5}) == []


def test_a_place_has_blanks_and_no_signs_of_a_shell() -> None:
    assert allowed({"command": "ls -l", "cwd": "/srv/my files", "path": "/srv/a b"}) == [True]
    assert allowed({"command": "ls -l", "cwd": "/srv; rm -rf /srv"}) == [True, False]
    assert allowed({"command": "ls -l", "path": "$(id)"}) == [True, False]


def test_a_word_that_does_harm_alone_is_a_command_under_any_name() -> None:
    assert allowed({"what": "reboot"}) == [False]
    assert allowed({"what": "Shutdown"}) == [False]
    assert allowed({"reason": "reboot"}) == []


def test_more_command_lines_than_are_decided_are_not_read() -> None:
    assert len(allowed({"commands": "ls", "more": [f"ls {n}" for n in range(500)]})) == 65


def test_a_statement_that_is_encoded_is_read_and_a_cursor_is_none() -> None:
    drop, cursor = "RFJPUCBUQUJMRSB0", "eyJpZCI6MX0="
    assert texts({"name": "q", "arguments": {"b": drop}}) == ("DROP TABLE t",)
    assert texts({"name": "q", "arguments": {"cursor": cursor}}) == ()
    assert texts({"uri": "db://x?q=DROP%20TABLE%20t"}, "resources/read") == ("db://x?q=DROP TABLE t",)
    assert texts({"uri": "file:///My%20Docs/a.txt"}, "resources/read") == ()


def test_a_command_that_is_encoded_is_read_and_a_cursor_is_none() -> None:
    def lines(arguments: dict) -> list[bool]:
        call = message("tools/call", params={"name": "run", "arguments": arguments})
        return [line.allowed for line in shell_facts(facts(call, SHELL))]

    assert lines({"b": "cm0gLXJmIC9zcnY="}) == [False]
    assert lines({"b": "bHMgLWw="}) == [True]
    assert lines({"cursor": "eyJpZCI6MX0="}) == []
    for text, judged in (
        ('{"after": "order of last week", "limit": 10}', []),
        ('["rows of the first page", "and of the second"]', []),
        ("{ rm -rf /srv; }", [False]),
        ("[ -d /srv ] && rm -rf /srv", [False]),
        ("[" * 9 + "a deep list that never ends", [False]),
    ):
        assert lines({"b": b64encode(text.encode()).decode()}) == judged, text


def test_commands_together_may_be_as_long_as_one_alone() -> None:
    call = message(
        "tools/call",
        params={
            "name": "run",
            "arguments": {
                "commands": [],
                "a": {"cmd": "ls " + "a" * 9_000},
                "b": {"cmd": "ls " + "b" * 9_000},
                "c": {"cmd": "ls"},
            },
        },
    )
    judged = shell_facts(facts(call, SHELL))
    assert [line.allowed for line in judged] == [True, False, False]
    assert "together" in judged[-1].reasons[0]
