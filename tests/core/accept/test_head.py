"""What a request's head is refused for, before a byte of its body is read."""

import pytest

from firedoor.core.accept.head import Head, accept_head
from firedoor.model.limits import Limits
from firedoor.model.reply import Refusal
from tests.helpers.nouns import LIMITS, TOKEN, arrival, headers

ORIGINS = Limits(hosts=frozenset({"gate.test"}), origins=frozenset({"https://desk.test"}))


def head_of(*more, limits: Limits = LIMITS, **changes) -> Head:
    found = accept_head(arrival(*more, **changes), limits)
    assert isinstance(found, Head)
    return found


def test_a_head_says_each_thing_once() -> None:
    found = head_of(
        (b"mcp-session-id", b" m1 "),
        (b"mcp-protocol-version", b"2026-07-28"),
        (b"last-event-id", b"e1"),
        (b"mcp-method", b"tools/call"),
        (b"mcp-name", b"add"),
        (b"mcp-param-region", b"eu"),
        (b"mcp-param-zone", b"\xe9"),
    )
    assert found == Head(
        verb="POST",
        upstream="disk",
        token=TOKEN,
        accept="application/json, text/event-stream",
        may_stream=True,
        mcp_session="m1",
        version="2026-07-28",
        last_event_id="e1",
        method="tools/call",
        name="add",
        mirrored=(("mcp-param-region", "eu"), ("mcp-param-zone", "\xe9")),
        told=(
            ("accept", "application/json, text/event-stream"),
            ("mcp-method", "tools/call"),
            ("mcp-name", "add"),
            ("mcp-protocol-version", "2026-07-28"),
        ),
    )


def test_the_record_is_told_few_headers_none_that_proves_anything_and_none_at_length() -> None:
    found = head_of(
        (b"user-agent", b"probe/1 \xe9"),
        (b"cookie", b"a=1"),
        (b"proxy-authorization", b"Basic x"),
        (b"x-api-key", b"k"),
        (b"x-request-id", b"r" * 400),
        (b"mcp-session-id", b"m1"),
    )
    told = dict(found.told)
    assert set(told) == {"accept", "user-agent", "x-request-id"}
    assert (told["user-agent"], told["x-request-id"]) == ("probe/1 \xe9", "r" * 256)
    assert TOKEN not in repr(told)


@pytest.mark.parametrize(
    ("accept", "may"),
    [(b"*/*", True), (b"application/json", False), (b"text/event-stream", True), (b"", False)],
)
def test_who_takes_a_stream_says_so(accept: bytes, may: bool) -> None:
    assert head_of((b"accept", accept)).may_stream is may


@pytest.mark.parametrize(
    ("value", "token"),
    [(b"bearer  x ", "x"), (b"BEARER x", "x"), (b"Basic x", ""), (b"x", ""), (b"", ""), (b"Bearer", "")],
)
def test_only_a_bearer_token_is_a_token(value: bytes, token: str) -> None:
    assert head_of((b"authorization", value)).token == token


@pytest.mark.promise("PATH-3")
@pytest.mark.parametrize(
    "name",
    [b"host", b"origin", b"authorization", b"content-type", b"content-encoding", b"content-length",
     b"mcp-session-id", b"last-event-id", b"mcp-protocol-version", b"mcp-method", b"mcp-name"],
)  # fmt: skip
def test_a_header_that_somebody_else_could_read_the_other_copy_of_is_refused(name: bytes) -> None:
    given = arrival(headers=(*headers(without=(name,)), (name, b"1"), (name, b"1")))
    found = accept_head(given, LIMITS)
    assert isinstance(found, Refusal)
    assert (found.status, found.reason) == (400, "header_twice")
    assert found.code == (-32020 if name in (b"mcp-protocol-version", b"mcp-method", b"mcp-name") else -32600)


def test_headers_that_nobody_reads_may_come_twice() -> None:
    assert head_of((b"x-trace", b"1"), (b"x-trace", b"2")).verb == "POST"


@pytest.mark.promise("PATH-3")
@pytest.mark.parametrize(
    ("more", "status", "reason"),
    [
        ((b"host", b"evil.test"), 421, "unknown_host"),
        ((b"host", b"gate.test.evil.test"), 421, "unknown_host"),
        ((b"host", b""), 421, "unknown_host"),
        ((b"origin", b"https://evil.test"), 403, "unknown_origin"),
        ((b"origin", b"null"), 403, "unknown_origin"),
        ((b"content-encoding", b"gzip"), 415, "content_encoding"),
        ((b"content-encoding", b"identity, br"), 415, "content_encoding"),
        ((b"content-type", b"text/plain"), 415, "content_type"),
        ((b"content-type", b"application/json; charset=utf-16"), 415, "content_type"),
        ((b"content-type", b"application/jsonp"), 415, "content_type"),
        ((b"content-length", b"4194305"), 413, "body_too_large"),
        ((b"content-length", b"9" * 5000), 413, "body_too_large"),
        ((b"x-flood", b"x" * 17_000), 431, "head_too_large"),
    ],
)
def test_a_head_is_refused(more: tuple[bytes, bytes], status: int, reason: str) -> None:
    found = accept_head(arrival(more), LIMITS)
    assert isinstance(found, Refusal)
    assert (found.status, found.reason) == (status, reason)


@pytest.mark.parametrize(
    "more",
    [
        (b"host", b"GATE.test"),
        (b"origin", b"https://DESK.test"),
        (b"content-encoding", b"Identity"),
        (b"content-encoding", b""),
        (b"content-type", b'Application/JSON; charset="UTF-8"'),
        (b"content-length", b"4194304"),
    ],
)
def test_a_head_that_means_the_same_is_accepted(more: tuple[bytes, bytes]) -> None:
    assert head_of(more, limits=ORIGINS).upstream == "disk"


def test_a_verb_that_mcp_does_not_have_is_refused_with_those_it_has() -> None:
    found = accept_head(arrival(verb="PUT"), LIMITS)
    assert isinstance(found, Refusal)
    assert (found.status, found.headers) == (405, (("Allow", "GET, POST, DELETE"),))


def test_a_request_without_a_body_needs_no_type() -> None:
    assert head_of(headers=headers(without=(b"content-type",)), verb="GET").verb == "GET"
