"""An agent that a program plays, with a token of its own."""

import json
import urllib.error
import urllib.request

from tests.helpers.gateway import Gateway

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "a", "version": "0"}}


class Agent:
    """Calls with a token of its own."""

    def __init__(self, gateway: Gateway) -> None:
        self._url = gateway.url("crm")
        token = gateway.token_of("dana", "--agent", "helper")
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
        }
        self.answer = b""
        """What it was told last."""
        self.say("initialize", HELLO)
        self.say("notifications/initialized", None)

    def say(self, method: str, params: dict | None) -> int:
        asked = {} if params is None else {"id": 1, "params": params}
        body = json.dumps({"jsonrpc": "2.0", "method": method, **asked}).encode()
        try:
            request = urllib.request.Request(self._url, body, self._headers)  # noqa: S310 - our own address
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                if session := answer.headers.get("Mcp-Session-Id"):
                    self._headers["Mcp-Session-Id"] = session
                self.answer = answer.read()
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code

    def reads(self) -> int:
        return self.say("tools/call", {"name": "person", "arguments": {}})
