import json

import pytest

from firedoor.app.connect.messages import (
    annotations_of,
    answer_in,
    error_line,
    modern_headers,
    one_line,
    understood,
)

MODERN = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}


def line(**message: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **message}).encode()


def test_a_request_waits_for_an_answer_and_a_notification_does_not() -> None:
    assert understood(line(id=1, method="ping")).id == 1
    assert understood(line(method="notifications/initialized")).id is None


def test_an_answer_to_the_upstream_waits_for_nothing() -> None:
    assert understood(line(id=1, result={})).id is None


@pytest.mark.parametrize("text", [b"junk", b"[]", b"[" * 100_000, b"\xff"])
def test_what_is_not_understood_is_sent_as_it_is(text: bytes) -> None:
    assert understood(text).body == text
    assert understood(text).id is None


def test_a_message_of_the_modern_era_names_its_revision() -> None:
    assert understood(line(id=1, method="tools/list", params={"_meta": MODERN})).version == "2026-07-28"


def test_initialize_is_legacy_whatever_else_it_says() -> None:
    assert understood(line(id=1, method="initialize", params={"_meta": MODERN})).version is None


def test_modern_headers_repeat_the_body() -> None:
    call = understood(line(id=1, method="tools/call", params={"name": "größe", "arguments": {}}))
    assert modern_headers(call, "2026-07-28", {}) == (
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/call"),
        ("mcp-name", "=?base64?Z3LDtsOfZQ==?="),
    )


def test_a_method_without_a_name_has_no_name_header() -> None:
    listing = understood(line(id=1, method="tools/list", params={"name": "x"}))
    assert "mcp-name" not in dict(modern_headers(listing, "2026-07-28", {}))


def test_annotated_arguments_are_repeated_as_headers() -> None:
    schema = {
        "properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
            "deep": {"properties": {"on": {"type": "boolean", "x-mcp-header": "On"}}},
            "left": {"x-mcp-header": "Left"},
            "list": {"x-mcp-header": "List"},
            "evil": {"x-mcp-header": "A: b\r\nC"},
        }
    }
    annotations = annotations_of({"tools": [{"name": "t", "inputSchema": schema}, "odd", {"name": 1}]})
    arguments = {"region": "münchen", "deep": {"on": True}, "list": [1], "evil": "x"}
    call = understood(line(id=1, method="tools/call", params={"name": "t", "arguments": arguments}))
    headers = dict(modern_headers(call, "2026-07-28", annotations))
    assert headers["mcp-param-Region"] == "=?base64?bcO8bmNoZW4=?="
    assert headers["mcp-param-On"] == "true"
    assert not {"mcp-param-Left", "mcp-param-List"} & set(headers)
    assert not any("\r" in name for name in headers)


def test_only_a_response_with_the_same_id_is_the_answer() -> None:
    assert answer_in(line(id=1, result={"a": 1}), 1).is_answer
    assert not answer_in(line(id=2, result={}), 1).is_answer
    assert not answer_in(line(id=1, method="sampling/createMessage"), 1).is_answer
    assert not answer_in(b"junk", 1).is_answer


def test_the_text_of_an_error_without_an_id_is_kept() -> None:
    found = answer_in(line(id=None, error={"code": -32600, "message": "No."}), 1)
    assert (found.is_answer, found.error_code, found.error_text) == (False, -32600, "No.")


def test_an_answer_takes_one_line_and_keeps_its_meaning() -> None:
    pretty = b'{\r\n "a": "x\\ny"\n}'
    assert one_line(pretty).count(b"\n") == 1
    assert json.loads(one_line(pretty)) == {"a": "x\ny"}


def test_an_answer_of_our_own_has_the_id_of_the_request() -> None:
    body = json.loads(error_line("a", "down"))
    assert (body["id"], body["error"]["code"], body["error"]["message"]) == ("a", 4502, "down")
