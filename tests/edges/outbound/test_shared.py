"""Clients that share a channel do not meet, though they count from the same numbers."""

import json

import pytest

from firedoor.edges.outbound.channel import Flow
from firedoor.edges.outbound.shared import SharedDuplex
from firedoor.model.errors import UpstreamError
from tests.helpers.duplex import call, message, progress, rest

pytestmark = pytest.mark.anyio
META = "io.modelcontextprotocol/"


async def test_two_requests_with_the_same_id_and_token_get_their_own_answers() -> None:
    duplex = SharedDuplex(Flow(), [].append)
    pairs = [duplex.expect(call("x", 1)), duplex.expect(call("x", 1))]
    written = [json.loads(text) for _, text in pairs]
    assert written[0]["id"] != written[1]["id"]
    for request in reversed(written):
        duplex.receive(progress(request["params"]["_meta"]["progressToken"]))
        duplex.receive(message(id=request["id"], result={"was": request["id"]}))
    for (answer, _), request in zip(pairs, written, strict=True):
        first, last = [json.loads(text) for text in await rest(answer)]
        assert first["params"]["progressToken"] == 1
        assert (last["id"], last["result"]) == ("x", {"was": request["id"]})
    assert duplex.is_idle


async def test_only_ids_and_tokens_are_changed() -> None:
    duplex = SharedDuplex(Flow(), [].append)
    request = b'{"jsonrpc":"2.0","id":"\\u00e9","method":"tools/call","params":{"a":1.50,"b":"\\/"}}'
    answer, written = duplex.expect(request)
    assert written == request.replace(b'"\\u00e9"', b"1")
    duplex.receive(b'{"jsonrpc":"2.0","id":1,"result":{"n":1e400,"s":"\\/"}}')
    assert await rest(answer) == [b'{"jsonrpc":"2.0","id":"\\u00e9","result":{"n":1e400,"s":"\\/"}}']


async def test_events_of_a_subscription_carry_its_id_again() -> None:
    duplex = SharedDuplex(Flow(), [].append)
    answer, written = duplex.expect(message("subscriptions/listen", id="mine"))
    number = json.loads(written)["id"]
    meta = {"_meta": {META + "subscriptionId": number}}
    duplex.receive(message("notifications/tools/list_changed", params=meta))
    duplex.receive(message(id=number, result={"resultType": "complete", **meta}))
    changed, end = [json.loads(text) for text in await rest(answer)]
    assert changed["params"]["_meta"] == end["result"]["_meta"] == {META + "subscriptionId": "mine"}
    assert end["id"] == "mine"


async def test_log_messages_reach_only_a_request_that_asked_for_them() -> None:
    duplex = SharedDuplex(Flow(), [].append)
    asked, text = duplex.expect(message("tools/call", id=1, params={"_meta": {META + "logLevel": "info"}}))
    silent, silent_text = duplex.expect(call(2))
    duplex.receive(message("notifications/message", params={"level": "info"}))
    for written in (text, silent_text):
        duplex.receive(message(id=json.loads(written)["id"], result={}))
    assert len(await rest(asked)) == 2
    assert len(await rest(silent)) == 1


async def test_an_abandoned_request_is_cancelled_upstream_by_its_number_there() -> None:
    sent: list[bytes] = []
    duplex = SharedDuplex(Flow(), sent.append)
    answer, written = duplex.expect(call("x"))
    answer.abandon()
    answer.abandon()
    (cancelled,) = [json.loads(text) for text in sent]
    assert cancelled["method"] == "notifications/cancelled"
    assert cancelled["params"] == {"requestId": json.loads(written)["id"]}
    duplex.receive(message(id=json.loads(written)["id"], result={}))
    assert duplex.dropped == 1


async def test_what_names_no_request_reaches_nobody() -> None:
    duplex = SharedDuplex(Flow(), [].append)
    answer, _ = duplex.expect(call(7))
    for text in (
        progress(1), message("sampling/createMessage", id=1), message(id="1", result={}),
        message("notifications/message"), message("notifications/tools/list_changed"),
    ):  # fmt: skip
        assert duplex.receive(text)
    assert duplex.dropped == 5
    duplex.fail(UpstreamError("upstream_gone", "it is gone"))
    with pytest.raises(UpstreamError):
        await rest(answer)
