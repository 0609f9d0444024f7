"""One text for each value: members in order, and every digit counts."""

import json

import pytest

from firedoor.model.exact_json import ExactJson, Number, written


def text_of(body: str) -> str:
    tree: ExactJson = json.loads(body, parse_float=Number, parse_int=Number)
    return written(tree)


def test_the_order_of_members_and_white_space_do_not_count() -> None:
    assert text_of('{"b": [1, {"y": 2, "x": null}], "a": true}') == text_of(
        '{"a":true,"b":[1,{"x":null,"y":2}]}'
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "1.0"), ("1e2", "100"), ("-0", "0"), ("1.10", "1.1"), ("1", '"1"'),
        ("9007199254740993", "9007199254740992"), ("[1, 2]", "[2, 1]"), ("[]", "{}"),
        ("null", "false"), ("[12]", "[1, 2]"), ('{"a": 1}', '{"A": 1}'), ('"é"', '"e\\u0301"'),
    ],
)  # fmt: skip
def test_what_somebody_could_tell_apart_has_another_text(one: str, other: str) -> None:
    assert text_of(one) != text_of(other)


def test_a_name_is_written_so_that_it_ends_where_it_ends() -> None:
    assert text_of('{"a\\":1,\\"b": 2}') == '{"a\\":1,\\"b":2}' != text_of('{"a": 1, "b": 2}')
