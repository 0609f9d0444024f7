"""Nouns of the path as tests need them: a grant, an arrival, a gate, bodies of both eras."""

import json

from firedoor.core.accept.head import Head
from firedoor.core.authenticate.token import digest_of
from firedoor.model.arrival import Arrival
from firedoor.model.era import Era
from firedoor.model.facts import Facts
from firedoor.model.gate import Gate
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId, SessionId
from firedoor.model.limits import Limits
from firedoor.model.message import Message, MessageKind
from firedoor.model.policy import Policy, Rule
from firedoor.model.principal import Actor, Principal, PrincipalKind
from firedoor.model.session import Session
from firedoor.model.upstream import Transport, Upstream
from firedoor.model.verdict import Effect

TOKEN = "fd_c2VjcmV0LXRva2VuLW9mLXRoZS1jbGllbnQ"
AT_US = 1_790_000_000_000_000
CONTROL = SessionId("00000000-0000-7000-8000-000000000000")
SESSION = SessionId("01999999-9999-7999-8999-999999999999")
LEGACY = "2025-11-25"
MODERN = "2026-07-28"
LIMITS = Limits(hosts=frozenset({"gate.test"}))
ALLOW_ALL = Policy(version="sha256:" + "a" * 64, rules=(Rule(id="all", effect=Effect.ALLOW),))
DENY_ALL = Policy(
    version="sha256:" + "d" * 64,
    rules=(
        Rule(id="none", effect=Effect.DENY, reason="Closed.", when='message.method != ""'),
        Rule(id="some", effect=Effect.ALLOW, when='message.method == ""'),
    ),
)
"""Denies with a condition: what is denied whatever it says is hidden, and answered as unknown."""
HIDE_ALL = Policy(version="sha256:" + "e" * 64)
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "probe", "version": "1"},
}


def grant(name: str = "g_0000000000000001", **changes) -> Grant:
    given = {
        "id": GrantId(name),
        "principal": Principal(name="dana", kind=PrincipalKind.PERSON, actors=(Actor(name="claw"),)),
        "token_digest": digest_of(TOKEN),
        "upstreams": None,
        "issued_at_us": 0,
        "expires_at_us": None,
    }
    return Grant(**{**given, **changes})


def upstream(name: str = "disk", **changes) -> Upstream:
    return Upstream(name=name, transport=Transport.STREAMABLE_HTTP, **changes)


def gate(*, limits: Limits = LIMITS, withheld=(), **changes) -> Gate:
    return Gate(
        limits=limits,
        upstreams={"disk": upstream(**changes)},
        withheld={"disk": tuple(withheld)},
    )


def headers(*more: tuple[bytes, bytes], without: tuple[bytes, ...] = ()) -> tuple[tuple[bytes, bytes], ...]:
    usual = (
        (b"host", b"gate.test"),
        (b"authorization", b"Bearer " + TOKEN.encode()),
        (b"content-type", b"application/json"),
        (b"accept", b"application/json, text/event-stream"),
    )
    named = {name for name, _ in more}
    return (*(pair for pair in usual if pair[0] not in named and pair[0] not in without), *more)


def arrival(*more: tuple[bytes, bytes], verb: str = "POST", to: str = "disk", **changes) -> Arrival:
    given = {"headers": headers(*more), "query": b"", "peer": "10.0.0.7", "at_us": AT_US}
    return Arrival(**{"verb": verb, "upstream": to, **given, **changes})


def in_session(mcp_session: str = "m1") -> tuple[tuple[bytes, bytes], ...]:
    return ((b"mcp-session-id", mcp_session.encode()), (b"mcp-protocol-version", LEGACY.encode()))


def modern_arrival(method: str = "tools/call", name: str | None = "add", **changes) -> Arrival:
    more = [(b"mcp-protocol-version", MODERN.encode()), (b"mcp-method", method.encode())]
    if name is not None:
        more.append((b"mcp-name", name.encode()))
    return arrival(*more, **changes)


def request(method: str = "tools/call", params: dict | None = None, identifier: object = 7) -> bytes:
    given = (
        {"name": "add", "arguments": {"a": 1}} if params is None and method == "tools/call" else params or {}
    )
    return json.dumps({"jsonrpc": "2.0", "id": identifier, "method": method, "params": given}).encode()


def modern_request(method: str = "tools/call", params: dict | None = None, identifier: object = 7) -> bytes:
    given = (
        {"name": "add", "arguments": {"a": 1}} if params is None and method == "tools/call" else params or {}
    )
    return request(method, {**given, "_meta": META}, identifier)


INITIALIZE = request(
    "initialize",
    {
        "protocolVersion": LEGACY,
        "capabilities": {"sampling": {}},
        "clientInfo": {"name": "probe", "version": "1"},
    },
    0,
)


def result(identifier: object = 7, **members) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": identifier, "result": members}).encode()


def session(era: Era = Era.LEGACY, **changes) -> Session:
    given = {
        "id": SESSION,
        "grant": grant(),
        "upstream": "disk",
        "era": era,
        "mcp_session": "m1" if era is Era.LEGACY else None,
        "upstream_mcp_session": "u1" if era is Era.LEGACY else None,
        "opened_at_us": AT_US,
    }
    return Session(**{**given, **changes})


def message(method: str = "tools/call", name: str = "add", **changes) -> Message:
    given = {
        "kind": MessageKind.REQUEST,
        "era": Era.LEGACY,
        "body": request(method),
        "revision": LEGACY,
        "id": 7,
        "method": method,
        "name": name,
    }
    return Message(**{**given, **changes})


def facts(about: Message | None = None, to: Upstream | None = None, **changes) -> Facts:
    given = {
        "message": about or message(),
        "upstream": to or upstream(),
        "principal": grant().principal,
        "peer": "10.0.0.7",
        "at_us": AT_US,
    }
    return Facts(**{**given, **changes})


def head(**changes) -> Head:
    given = {
        "verb": "POST",
        "upstream": "disk",
        "token": TOKEN,
        "accept": "application/json, text/event-stream",
        "may_stream": True,
        "mcp_session": "m1",
        "version": LEGACY,
        "last_event_id": None,
        "method": None,
        "name": None,
        "mirrored": (),
    }
    return Head(**{**given, **changes})
