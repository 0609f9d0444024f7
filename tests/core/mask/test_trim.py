"""What a rule takes out of an answer, and when nothing may leave."""

import json

import pytest

from firedoor.core.mask.trim import Unmet, trimmed
from firedoor.model.verdict import NO_OBLIGATIONS, Obligations


def answer(**result) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 7, "result": result}).encode()


def text(value: object) -> dict:
    return {"type": "text", "text": value if isinstance(value, str) else json.dumps(value)}


def result(payload: bytes | Unmet) -> dict:
    assert isinstance(payload, bytes), payload
    return json.loads(payload)["result"]


def test_without_a_duty_nothing_is_touched() -> None:
    payload = b'{"result":{"content":[{"type":"image"}]}}'
    assert trimmed(payload, NO_OBLIGATIONS) is payload


def test_members_are_dropped_by_name_or_path_wherever_they_stand() -> None:
    rows = [{"name": "Ada", "Card": "4111", "home": {"street": "x", "city": "y"}, "city": "z"}]
    seen = result(
        trimmed(
            answer(content=[text({"rows": rows})], structuredContent={"rows": rows}, isError=False),
            Obligations(drops=("card", "home.city")),
        )
    )
    kept = {"rows": [{"name": "Ada", "home": {"street": "x"}, "city": "z"}]}
    assert seen["structuredContent"] == kept
    assert json.loads(seen["content"][0]["text"]) == kept
    assert seen["isError"] is False


def test_lists_are_cut_and_what_stays_keeps_its_bytes() -> None:
    payload = (
        b'{"id":7,"result":{"structuredContent":{"n":1.50,"big":12345678901234567890,"rows":[1.0,2e5,3]}}}'
    )
    seen = trimmed(payload, Obligations(rows=2))
    assert seen == (
        b'{"id":7,"result":{"structuredContent":{"n":1.50,"big":12345678901234567890,"rows":[1.0,2e5]}}}'
    )


def test_resources_and_prompts_are_trimmed_too() -> None:
    contents = [{"uri": "x", "text": "[1, 2, 3]"}]
    assert result(trimmed(answer(contents=contents), Obligations(rows=1)))["contents"][0]["text"] == "[1]"
    messages = [{"role": "user", "content": text([1, 2])}]
    told = result(trimmed(answer(messages=messages), Obligations(rows=1)))
    assert told["messages"][0]["content"]["text"] == "[1]"
    embedded = [{"type": "resource", "resource": {"uri": "x", "text": '{"card": 1, "a": 2}'}}]
    told = result(trimmed(answer(content=embedded), Obligations(drops=("card",))))
    assert told["content"][0]["resource"]["text"] == '{"a":2}'


@pytest.mark.parametrize(
    "content",
    [
        {"type": "image", "data": "aaaa"},
        text("id | card\n1 | 4111"),
        text('{"card": 1'),
        text("[1, 2"),
        {"type": "resource", "resource": {"uri": "x", "blob": "aaaa"}},
    ],
)
def test_where_nobody_can_see_what_is_left_nothing_leaves(content: dict) -> None:
    assert isinstance(trimmed(answer(content=[content]), Obligations(drops=("card",))), Unmet)


def test_what_is_nested_too_deep_does_not_leave() -> None:
    deep: object = {"card": 1}
    for _ in range(70):
        deep = [deep]
    assert isinstance(trimmed(answer(structuredContent=deep), Obligations(rows=5)), Unmet)
    assert isinstance(trimmed(b"nonsense", Obligations(rows=5)), Unmet)


def test_an_error_has_nothing_to_trim() -> None:
    payload = b'{"id":7,"error":{"code":1,"message":"card"}}'
    assert trimmed(payload, Obligations(drops=("card",))) is payload
