"""Lists lose what is hidden, and nothing else changes."""

import json

import pytest

from firedoor.core.forward.lists import LISTINGS, filtered

TOOLS = LISTINGS["tools/list"]
BODY = (
    b'{"jsonrpc":"2.0","id":7,"result":{"tools":[{"name":"a","x":1.50},{"name":"b"},{"title":"c"}],'
    b'"nextCursor":"n","odd":1e400,"cacheScope":"public","ttlMs":9000}}'
)


def test_what_is_not_shown_is_taken_out_and_all_else_keeps_its_bytes() -> None:
    seen = filtered(BODY, TOOLS, lambda name: name == "a", is_private=False)
    assert b'[{"name":"a","x":1.50}]' in seen
    assert b'"nextCursor":"n","odd":1e400' in seen
    assert b'"cacheScope":"private","ttlMs":0' in seen


def test_a_list_that_is_shown_whole_is_passed_as_it_came() -> None:
    whole = b'{"jsonrpc":"2.0","id":7,"result":{"tools":[{"name":"a"}],"ttlMs":9}}'
    assert filtered(whole, TOOLS, lambda _: True, is_private=False) is whole
    private = json.loads(filtered(whole, TOOLS, lambda _: True, is_private=True))
    assert private["result"] == {"tools": [{"name": "a"}], "ttlMs": 0, "cacheScope": "private"}


def test_an_era_without_caches_is_told_nothing_of_them() -> None:
    legacy = b'{"jsonrpc":"2.0","id":7,"result":{"tools":[{"name":"a"}]}}'
    assert b"ttlMs" not in filtered(legacy, TOOLS, lambda _: False, is_private=True)


@pytest.mark.parametrize(
    "payload", [b"nonsense", b'{"error":{}}', b'{"result":[]}', b'{"result":{"tools":{}}}', b'{"result":{}}']
)
def test_what_is_no_list_is_passed_as_it_came(payload: bytes) -> None:
    assert filtered(payload, TOOLS, lambda _: False, is_private=True) is payload


@pytest.mark.parametrize(
    ("method", "member"),
    [
        ("prompts/list", "prompts"),
        ("resources/list", "resources"),
        ("resources/templates/list", "resourceTemplates"),
    ],
)
def test_prompts_and_resources_are_listed_too(method: str, member: str) -> None:
    listing = LISTINGS[method]
    entry = {listing.named_by: "x"}
    payload = json.dumps({"id": 1, "result": {member: [entry]}}).encode()
    assert json.loads(filtered(payload, listing, lambda _: False, is_private=False))["result"][member] == []
