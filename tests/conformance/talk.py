"""A client that hides nothing: raw HTTP, and every message as a tree whose numbers are still text.

It speaks both eras. It never validates, retries or repairs; what came is what a test sees.
"""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.helpers.upstreams import Way
from tests.reference.wire import restore_exact

LEGACY, MODERN = "2025-11-25", "2026-07-28"
ERAS = (LEGACY, MODERN)
PATIENCE_S = 30

Tree = Any
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_CAPABILITIES = {"sampling": {}, "elicitation": {}, "roots": {"listChanged": True}}
_CLIENT = {"name": "differential", "version": "1"}


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number as it was written: 1.0 is not 1."""

    text: str


def tree(text: str | bytes) -> Tree:
    """Parse JSON, keeping numbers as text and refusing duplicate members."""

    def members(pairs: list[tuple[str, Tree]]) -> dict[str, Tree]:
        found = dict(pairs)
        assert len(found) == len(pairs), f"duplicate members in {text!r}"
        return found

    return json.loads(
        text, parse_int=Number, parse_float=Number, parse_constant=Number, object_pairs_hook=members
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What came back for one POST: the status, the kind of body, and every message in order."""

    status: int
    kind: str
    messages: list[Tree]


def encode(message: Mapping[str, Any]) -> bytes:
    """A message as bytes; numbers made by `exact` are written as they are."""
    return restore_exact(json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode())


def events(answer: http.client.HTTPResponse) -> Iterator[str]:
    """The data of each event that has any."""
    data: list[str] = []
    for raw in answer:
        line = raw.decode().rstrip("\r\n")
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        elif not line and data:
            if text := "\n".join(data):
                yield text
            data = []


@dataclass(kw_only=True)
class Talk:
    """One client's conversation with an upstream, by one way, in one era."""

    way: Way
    era: str
    session: str | None = None
    patience_s: float = PATIENCE_S
    answers: dict[str, Any] = field(default_factory=dict)
    """What this client answers to requests of the server, by method."""

    def open(self) -> Exchange:
        """Begin a conversation: the handshake, or in the modern era discovery."""
        if self.era == MODERN:
            return self.ask("server/discover", {}, id="open")
        params = {"protocolVersion": LEGACY, "capabilities": _CAPABILITIES, "clientInfo": _CLIENT}
        begun = self.ask("initialize", params, id="open")
        assert self.post({"jsonrpc": "2.0", "method": "notifications/initialized"}).status == 202
        return begun

    def ask(self, method: str, params: dict[str, Any], *, id: Any = 1, **headers: str) -> Exchange:  # noqa: A002
        """Send a request and read everything that comes for it."""
        message, own = self.request(method, params, id)
        return self.post(message, {**own, **headers})

    def request(
        self, method: str, params: dict[str, Any], id: Any  # noqa: A002
    ) -> tuple[dict[str, Any], dict[str, str]]:  # fmt: skip
        """A request of this era, and the headers that belong to it."""
        message = {"jsonrpc": "2.0", "id": id, "method": method, "params": params}
        if self.era == LEGACY:
            return message, {}
        meta = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientInfo": _CLIENT,
            "io.modelcontextprotocol/clientCapabilities": _CAPABILITIES,
        }
        message["params"] = {**params, "_meta": {**meta, **params.get("_meta", {})}}
        headers = {"Mcp-Method": method}
        if method in _NAMED and _NAMED[method] in params:
            headers["Mcp-Name"] = params[_NAMED[method]]
        return message, headers

    def post(self, message: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Exchange:
        """Send one message as it is and read everything that comes for it."""
        with self._sent("POST", headers, encode(message)) as answer:
            kind = answer.headers.get_content_type()
            self.session = answer.headers.get("Mcp-Session-Id", self.session)
            if kind == "text/event-stream":
                return Exchange(status=answer.status, kind=kind, messages=list(self._stream(answer)))
            body = answer.read()
            return Exchange(
                status=answer.status, kind=kind if body else "", messages=[tree(body)] if body else []
            )

    @contextmanager
    def stream(self, method: str, params: dict[str, Any], *, id: Any = 1) -> Iterator[Iterator[Tree]]:  # noqa: A002
        """Send a request and read its messages one by one; leaving closes the connection."""
        message, own = self.request(method, params, id)
        with self._sent("POST", own, encode(message)) as answer:
            yield (tree(text) for text in events(answer))

    @contextmanager
    def listen(self) -> Iterator[Iterator[Tree]]:
        """The stream of a session that no request asked for (legacy)."""
        with self._sent("GET", None, None) as answer:
            assert answer.status == 200
            yield (tree(text) for text in events(answer))

    def close(self) -> int:
        """End the session (legacy); the status."""
        with self._sent("DELETE", None, None) as answer:
            return answer.status

    def _stream(self, answer: http.client.HTTPResponse) -> Iterator[Tree]:
        for text in events(answer):
            message = tree(text)
            yield message
            if "method" in message and "id" in message:
                given = json.loads(text)
                reply = {"jsonrpc": "2.0", "id": given["id"], "result": self.answers[given["method"]]}
                assert self.post(reply).status == 202

    @contextmanager
    def _sent(
        self, verb: str, headers: Mapping[str, str] | None, body: bytes | None
    ) -> Iterator[http.client.HTTPResponse]:
        url = urlsplit(self.way.url)
        all_of_them = {
            "Accept": "application/json, text/event-stream",
            "Content-Type": "application/json",
            "MCP-Protocol-Version": self.era,
            **({"Mcp-Session-Id": self.session} if self.session else {}),
            **self.way.headers,
            **(headers or {}),
        }
        connection = http.client.HTTPConnection(url.netloc, timeout=self.patience_s)
        try:
            connection.request(verb, url.path, body, all_of_them)
            answer = connection.getresponse()
            try:
                yield answer
            finally:
                answer.close()
        finally:
            connection.close()
