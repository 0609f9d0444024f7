import json

from firedoor.core.mask.messages.lists import without_output_schemas


def test_only_the_schemas_go_and_every_other_byte_of_a_tool_stays() -> None:
    raw = (
        b'{"jsonrpc":"2.0","id":1,"result":{"tools":['
        b'{"name":"a","outputSchema":{"type":"object"},"x":1.50},{"name" : "b"}]}}'
    )
    assert without_output_schemas(raw, json.loads(raw)) == (
        b'{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a","x":1.50},{"name" : "b"}]}}'
    )


def test_a_list_that_was_shortened_is_not_for_shared_caches() -> None:
    raw = b'{"id":1,"result":{"tools":[{"outputSchema":{}}],"ttlMs":60000,"cacheScope":"public"}}'
    assert json.loads(without_output_schemas(raw, json.loads(raw)))["result"] == {
        "tools": [{}],
        "ttlMs": 0,
        "cacheScope": "private",
    }


def test_what_is_no_list_of_tools_is_the_same_object() -> None:
    for raw in (
        b'{"id":1,"result":{"text":"outputSchema"}}',
        b'["outputSchema"]',
        b'{"result":{"tools":["outputSchema"]}}',
    ):
        assert without_output_schemas(raw, json.loads(raw)) is raw
