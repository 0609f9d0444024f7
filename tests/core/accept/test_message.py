"""What a body must be to become a message, and where it must agree with the head."""

import json

import pytest

from firedoor.core.accept.message import accept_message
from firedoor.model.era import Era
from firedoor.model.message import Message, MessageKind
from firedoor.model.reply import Refusal
from tests.helpers.nouns import LEGACY, META, MODERN, head, modern_request, request

DEPTH = 64
VERSION = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"


def legacy(body: bytes, **changes) -> Message | Refusal:
    return accept_message(head(**changes), body, DEPTH)


def modern(body: bytes, **changes) -> Message | Refusal:
    given = {"version": MODERN, "method": "tools/call", "name": "add", "mcp_session": None}
    return accept_message(head(**{**given, **changes}), body, DEPTH)


def envelope(**members) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **members}).encode()


def understood(found: Message | Refusal) -> Message:
    assert isinstance(found, Message), found
    return found


def refused(found: Message | Refusal, reason: str) -> Refusal:
    assert isinstance(found, Refusal), found
    assert found.reason == reason
    return found


def test_a_message_keeps_the_bytes_it_was_parsed_from() -> None:
    body = b'{"jsonrpc" : "2.0", "id":"x", "method":"tools/call","params":{"name":"add","unknown":[1.50]}}\n'
    found = understood(legacy(body))
    assert found.body is body
    assert (found.kind, found.era, found.revision) == (MessageKind.REQUEST, Era.LEGACY, LEGACY)
    assert (found.id, found.method, found.name) == ("x", "tools/call", "add")
    assert found.params == {"name": "add", "unknown": [1.5]}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (request("ping"), MessageKind.REQUEST),
        (envelope(method="ping", id=0), MessageKind.REQUEST),
        (envelope(method="notifications/initialized"), MessageKind.NOTIFICATION),
        (envelope(id="u", result={}), MessageKind.RESPONSE),
        (envelope(id=1, error={"code": 1, "message": ""}), MessageKind.RESPONSE),
    ],
)
def test_messages_are_told_apart_by_their_members(body: bytes, kind: MessageKind) -> None:
    assert understood(legacy(body)).kind is kind


@pytest.mark.promise("PATH-3")
@pytest.mark.parametrize(
    ("body", "reason", "code"),
    [
        (b"{", "not_json", -32700),
        (b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', "not_json", -32700),
        (
            b'{"jsonrpc":"2.0","id":1,"method":"ping","params":' + b"[" * 64 + b"]" * 64 + b"}",
            "not_json",
            -32700,
        ),
        (b"[" + request("ping") + b"]", "not_an_object", -32600),
        (b"[]", "not_an_object", -32600),
        (b'"ping"', "not_an_object", -32600),
        (envelope(id=1, Method="tools/call", method="ping"), "lookalike_member", -32600),
        (envelope(id=1, **{"param\u017f": {}, "method": "ping"}), "lookalike_member", -32600),
        (
            envelope(id=1, method="tools/call", params={"name": "a", "ta\u017f\u212a": {}}),
            "lookalike_member",
            -32600,
        ),
        (b'{"id":1,"method":"ping"}', "not_json_rpc", -32600),
        (b'{"jsonrpc":2.0,"id":1,"method":"ping"}', "not_json_rpc", -32600),
        (envelope(id=None, method="ping"), "bad_id", -32600),
        (envelope(id=True, method="ping"), "bad_id", -32600),
        (envelope(id=1.5, method="ping"), "bad_id", -32600),
        (envelope(id=[1], method="ping"), "bad_id", -32600),
        (envelope(id=2**53, method="ping"), "bad_id", -32600),
        (envelope(id=-(2**53), method="ping"), "bad_id", -32600),
        (envelope(id=1, method=5), "bad_envelope", -32600),
        (envelope(id=1, method="ping", result={}), "bad_envelope", -32600),
        (envelope(id=1, result={}, error={}), "bad_envelope", -32600),
        (envelope(id=1), "bad_envelope", -32600),
        (envelope(result={}), "bad_envelope", -32600),
        (envelope(id=1, method="ping", params=[]), "bad_params", -32600),
        (envelope(id=1, method="ping", params=None), "bad_params", -32600),
        (envelope(id=1, method="tools/call"), "bad_name", -32602),
        (envelope(id=1, method="tools/call", params={"name": 5}), "bad_name", -32602),
        (envelope(id=1, method="tools/call", params={"name": ""}), "bad_name", -32602),
        (envelope(id=1, method="resources/read", params={"name": "x"}), "bad_name", -32602),
    ],
)
def test_a_body_is_refused(body: bytes, reason: str, code: int) -> None:
    found = refused(legacy(body), reason)
    assert (found.code, found.status) == (code, 400)


@pytest.mark.promise("DEC-1")
@pytest.mark.parametrize("method", ["tools/destroy", "server/discover", "Tools/call", "subscriptions/listen"])
def test_a_request_that_its_revision_does_not_have_is_refused(method: str) -> None:
    found = refused(legacy(envelope(id=1, method=method, params={})), "unknown_method")
    assert (found.code, found.status, found.id) == (-32601, 200, 1)


@pytest.mark.promise("DEC-1")
@pytest.mark.parametrize(
    "method", ["tools/call", "notifications/never/heard/of", "notifications/tasks/status"]
)
def test_a_call_without_an_id_is_no_notification(method: str) -> None:
    body = envelope(method=method, params={"name": "add"})
    assert refused(legacy(body, version="2025-06-18"), "unknown_method").code == -32601


def test_an_empty_method_makes_no_response() -> None:
    assert isinstance(legacy(envelope(id=1, method="", params={})), Refusal)


@pytest.mark.promise("DEC-1")
def test_a_stateless_request_that_its_revision_does_not_have_is_not_found() -> None:
    found = refused(
        modern(modern_request("initialized/later", {}), method="initialized/later"), "unknown_method"
    )
    assert (found.code, found.status) == (-32601, 404)


@pytest.mark.parametrize(
    ("offered", "revision"),
    [
        ("2024-11-05", "2024-11-05"),
        (LEGACY, LEGACY),
        (MODERN, "2025-03-26"),
        ("1999-01-01", "2025-03-26"),
        (5, "2025-03-26"),
    ],
)
def test_a_handshake_offers_its_revision(offered, revision) -> None:
    found = understood(legacy(request("initialize", {"protocolVersion": offered}), version=None))
    assert (found.revision, found.era) == (revision, Era.LEGACY)


def test_a_message_without_a_version_is_of_the_revision_that_had_no_header() -> None:
    assert understood(legacy(request("ping"), version=None)).revision == "2025-03-26"


def test_a_version_in_the_body_alone_is_a_disagreement() -> None:
    assert refused(legacy(modern_request(), version=None), "header_mismatch").code == -32020


def test_reserved_keys_in_a_handshake_revision_mean_nothing() -> None:
    assert understood(legacy(modern_request())).era is Era.LEGACY


@pytest.mark.parametrize("version", ["1999-01-01", "2026-07-29", "x" * 400])
def test_a_version_that_is_not_served_is_named_with_those_that_are(version: str) -> None:
    found = refused(legacy(request("ping"), version=version), "unsupported_version")
    assert (found.code, found.id) == (-32022, 7)
    assert found.fields == {"supported": [MODERN], "requested": version[:40]}


def test_a_stateless_message_is_understood() -> None:
    found = understood(modern(modern_request()))
    assert (found.era, found.revision, found.name) == (Era.MODERN, MODERN, "add")


@pytest.mark.promise("PATH-3")
@pytest.mark.parametrize(
    ("changes", "params"),
    [
        ({"method": "tools/list"}, None),
        ({"method": None}, None),
        ({"name": "sub"}, None),
        ({"name": None}, None),
        ({"name": "Add"}, None),
        ({"name": "=?base64?c3Vi?="}, None),
        ({"name": "=?base64?YWRk?"}, None),
        ({"name": "=?base64?!!?="}, None),
        ({"name": "=?base64?w6l=?="}, {"name": "é"}),
        ({"name": "Ã©"}, {"name": "é"}),
        ({"name": "é"}, {"name": "é"}),
        ({}, {"name": "add", "_meta": {**META, VERSION: "2025-11-25"}}),
    ],
)
def test_a_head_and_a_body_that_disagree_are_refused(changes, params) -> None:
    body = (
        modern_request(params=params) if params is None or "_meta" not in params else request(params=params)
    )
    found = refused(modern(body, **changes), "header_mismatch")
    assert (found.code, found.status, found.id) == (-32020, 400, 7)


@pytest.mark.parametrize(
    ("header", "name"), [("=?base64?w6k=?=", "é"), ("=?base64?YWRk?=", "add"), ("a b", "a b")]
)
def test_a_head_and_a_body_that_agree_in_another_spelling_are_accepted(header: str, name: str) -> None:
    assert understood(modern(modern_request(params={"name": name}), name=header)).name == name


@pytest.mark.parametrize(
    "meta", [{}, {VERSION: MODERN}, {VERSION: MODERN, CAPABILITIES: []}, {CAPABILITIES: {}}, None]
)
def test_a_stateless_request_without_its_metadata_is_refused(meta) -> None:
    refused(modern(request(params={"name": "add", "_meta": meta})), "bad_meta")


def test_a_stateless_notification_needs_no_metadata() -> None:
    body = envelope(method="notifications/cancelled", params={"requestId": 1})
    assert (
        understood(modern(body, method="notifications/cancelled", name=None)).kind is MessageKind.NOTIFICATION
    )


def test_a_stateless_revision_has_no_responses() -> None:
    refused(modern(envelope(id=1, result={}), method=None), "unasked_response")


@pytest.mark.parametrize(("verb", "kind"), [("GET", MessageKind.LISTEN), ("DELETE", MessageKind.END)])
def test_a_request_without_a_body_is_a_message_of_a_handshake_revision(verb: str, kind: MessageKind) -> None:
    found = understood(legacy(b"", verb=verb))
    assert (found.kind, found.era, found.body) == (kind, Era.LEGACY, b"")
    assert understood(legacy(b"", verb=verb, version=None)).revision == "2025-03-26"


def test_a_stateless_revision_has_post_only() -> None:
    found = refused(legacy(b"", verb="GET", version=MODERN), "verb")
    assert (found.status, found.headers) == (405, (("Allow", "POST"),))
    refused(legacy(b"", verb="GET", version="1999-01-01"), "unsupported_version")


@pytest.mark.parametrize("method", ["initialize", "resources/subscribe", "resources/unsubscribe"])
def test_a_method_of_another_era_is_not_found_whatever_its_params(method: str) -> None:
    found = refused(modern(modern_request(method, {}), method=method), "unknown_method")
    assert (found.code, found.status) == (-32601, 404)
