"""Which headers go upstream. The client's own stay here."""

import dataclasses

import pytest

from firedoor.core.forward.forwarding import forwarding, legacy_headers, modern_headers
from firedoor.model.era import Era
from firedoor.model.message import MessageKind
from tests.helpers.nouns import LEGACY, MODERN, SESSION, TOKEN, message, session

BOTH = "application/json, text/event-stream"


@pytest.mark.parametrize(
    ("kind", "given", "upstream_mcp_session", "expected"),
    [
        (
            MessageKind.REQUEST,
            {"version": LEGACY, "accept": "*/*", "last_event_id": "e1"},
            "u1",
            {
                "accept": "*/*",
                "content-type": "application/json",
                "mcp-protocol-version": LEGACY,
                "mcp-session-id": "u1",
            },
        ),
        (
            MessageKind.NOTIFICATION,
            {"version": None, "accept": "", "last_event_id": None},
            None,
            {"accept": BOTH, "content-type": "application/json"},
        ),
        (
            MessageKind.LISTEN,
            {"version": LEGACY, "accept": "", "last_event_id": "e1"},
            "u1",
            {
                "accept": "text/event-stream",
                "last-event-id": "e1",
                "mcp-protocol-version": LEGACY,
                "mcp-session-id": "u1",
            },
        ),
        (
            MessageKind.LISTEN,
            {"version": None, "accept": "", "last_event_id": None},
            None,
            {"accept": "text/event-stream"},
        ),
        (
            MessageKind.END,
            {"version": LEGACY, "accept": "*/*", "last_event_id": "e1"},
            "u1",
            {"mcp-protocol-version": LEGACY, "mcp-session-id": "u1"},
        ),
    ],
)
def test_a_handshake_revision_has_these_headers(kind, given, upstream_mcp_session, expected) -> None:
    open_ = session(upstream_mcp_session=upstream_mcp_session)
    assert dict(legacy_headers(open_, message(kind=kind), **given)) == expected


def test_the_clients_name_of_a_session_is_never_sent() -> None:
    headers = legacy_headers(session(), message(), version=None, accept="", last_event_id=None)
    assert dict(headers)["mcp-session-id"] == "u1"
    assert "m1" not in repr(headers)


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ({"accept": "", "name": "add", "mirrored": ()}, {"mcp-name": "add", "accept": BOTH}),
        ({"accept": "*/*", "name": None, "mirrored": ()}, {"accept": "*/*"}),
        (
            {"accept": "*/*", "name": None, "mirrored": (("mcp-param-x", "1"),)},
            {"accept": "*/*", "mcp-param-x": "1"},
        ),
    ],
)
def test_a_stateless_revision_has_these_headers(given, more) -> None:
    asked = message(era=Era.MODERN, revision=MODERN)
    assert dict(modern_headers(asked, **given)) == {
        "content-type": "application/json",
        "mcp-protocol-version": MODERN,
        "mcp-method": "tools/call",
        **more,
    }


@pytest.mark.promise("PATH-6")
@pytest.mark.parametrize(
    ("kind", "verb"),
    [
        (MessageKind.REQUEST, "POST"),
        (MessageKind.RESPONSE, "POST"),
        (MessageKind.LISTEN, "GET"),
        (MessageKind.END, "DELETE"),
    ],
)
def test_what_is_sent_names_whose_channel_carries_it_and_holds_no_token(kind, verb) -> None:
    asked = message(kind=kind)
    sent = forwarding(session(), asked, headers=(("a", "b"),))
    assert (sent.verb, sent.upstream, sent.session, sent.principal) == (verb, "disk", SESSION, "dana")
    assert (sent.body, sent.headers) == (asked.body, (("a", "b"),))
    assert TOKEN not in repr(dataclasses.asdict(sent))


def test_closed_capabilities_are_not_sent() -> None:
    body = b'{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"capabilities":{"sampling":{}}}}'
    asked = message("initialize", "", body=body, params={"capabilities": {"sampling": {}}})
    assert b"sampling" not in forwarding(session(), asked, headers=(), closed=frozenset({"sampling"})).body
