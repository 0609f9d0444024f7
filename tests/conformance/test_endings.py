"""A call that the client cancelled still gets its answer, and leaves nothing that a stop would wait for."""

import pytest

from tests.conformance.talk import LEGACY, Talk
from tests.helpers.gateway import Gateway
from tests.helpers.upstreams import REFERENCE, Way

pytestmark = [pytest.mark.timeout(120), pytest.mark.promise("PATH-7")]

# An upstream over stdio or HTTP+SSE does not answer what was cancelled, as the protocol wants:
# the gateway does.
WAYS = [
    "rawproxy",
    "http",
    "stdio",
    "sse",
]


def cancel_one(way: Way, key: str) -> list[dict]:
    """Begin a call that never ends, cancel it, and read what is left of its stream."""
    talk = Talk(way=way, era=LEGACY, patience_s=5)
    talk.open()
    params = {"name": "wait", "arguments": {"key": key}, "_meta": {"progressToken": "t"}}
    with talk.stream("tools/call", params, id="waiting") as messages:
        assert next(messages)["method"] == "notifications/progress"
        talk.post({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "waiting"}})
        return list(messages)


@pytest.mark.parametrize("through", WAYS, indirect=True)
def test_a_cancelled_request_is_answered(direct: Way, through: Way) -> None:
    codes = [
        [(message["id"], message["error"]["code"].text) for message in cancel_one(way, way.name)]
        for way in (direct, through)
    ]
    assert codes[0] == codes[1] == [("waiting", "-32800")]


def test_a_gateway_stops_at_once_when_only_cancelled_calls_are_left(tmp_path) -> None:
    entries = {"stdio": {"command": REFERENCE[0], "args": [*REFERENCE[1:], "--stdio"]}}
    with Gateway(tmp_path, entries) as gateway:
        talk = Talk(way=gateway.way("stdio"), era=LEGACY)
        talk.open()
        params = {"name": "wait", "arguments": {"key": "a"}, "_meta": {"progressToken": "t"}}
        with talk.stream("tools/call", params, id="waiting") as messages:
            assert next(messages)["method"] == "notifications/progress"
            cancel = {"method": "notifications/cancelled", "params": {"requestId": "waiting"}}
            talk.post({"jsonrpc": "2.0", **cancel})
        assert gateway.stop() == 0, "it was still waiting after the patience of a stop"
