import json

import pytest

from firedoor.core.amend import Terms
from firedoor.core.mask.changes import Found
from firedoor.core.mask.messages.message import Around, Seen
from firedoor.core.mask.messages.reveal import Revealed
from firedoor.core.sight import Mask, Reveal, look, recorded, revealed, wanted
from firedoor.model.entry import Layered
from firedoor.model.ids import call_id
from firedoor.model.mask import Action
from firedoor.model.verdict import Obligations
from tests.helpers.nouns import ALLOW_ALL, SESSION, facts, message, upstream

RAW = b'{"jsonrpc":"2.0","id":7,"result":{"x":"ada@example.com"}}'
FOUND = Found(kind="email", action=Action.TOKEN, start=3, end=9, mark="aa")


def terms(mask: str = "on", masks: tuple[str, ...] = (), about=None) -> Terms:
    return Terms(
        policy=ALLOW_ALL,
        facts=facts(about, upstream(mask=mask)),
        call=call_id(SESSION, 3),
        obligations=Obligations(masks=masks),
    )


def ended(path):
    """What a path returns, once it is told no more."""
    with pytest.raises(StopIteration) as stop:
        path.send(None)
    return stop.value.value


def told(path, answer):
    command = next(path)
    with pytest.raises(StopIteration) as stop:
        path.send(answer)
    return command, stop.value.value


def test_without_a_mask_nothing_is_asked_for() -> None:
    seen = ended(look(terms(mask=""), RAW))
    assert seen.view is RAW
    assert recorded(seen, RAW) is RAW
    assert ended(look(terms(), b"")).view == b""


def test_the_mask_of_the_upstream_comes_before_those_of_the_rules_and_each_once() -> None:
    assert wanted(terms("on", ("strict", "on"))) == ("on", "strict")
    assert wanted(terms("", ("strict",))) == ("strict",)
    command, _ = told(look(terms("on", ("strict",)), RAW), Seen(view=RAW, raw=RAW))
    assert command == Mask(("on", "strict"), RAW)


def test_a_message_of_a_stream_is_looked_at_with_what_stands_around_it() -> None:
    around = Around(before={"first": "x"}, after={"first": "z"})
    command, _ = told(look(terms(), RAW, around), Seen(view=RAW, raw=RAW))
    assert command == Mask(("on",), RAW, around)


def test_what_was_found_is_recorded_on_both_sides() -> None:
    _, seen = told(look(terms(), RAW), Seen(view=b"masked", raw=RAW, found=(FOUND,)))
    assert recorded(seen, b"masked") == Layered(
        view=b"masked", raw=RAW, masked=(["email", "token", 3, 9, "aa"],)
    )


@pytest.mark.promise("MASK-1")
def test_a_response_that_cannot_be_masked_is_answered_without_it() -> None:
    _, seen = told(
        look(terms(about=message("tools/call")), RAW), Seen(view=b"", raw=RAW, withheld="too large")
    )
    shown = json.loads(seen.view)
    assert shown["result"]["isError"] is True
    assert "too large" in shown["result"]["content"][0]["text"]
    assert b"ada@" not in seen.view
    assert recorded(seen, seen.view) == Layered(view=seen.view, raw=RAW)


def test_an_error_takes_the_place_of_what_is_no_result_of_a_tool() -> None:
    _, seen = told(look(terms(about=message("prompts/get")), RAW), Seen(view=b"", raw=RAW, withheld="x"))
    assert json.loads(seen.view)["error"]["code"] == 4403


def test_a_request_of_the_upstream_keeps_nothing_but_its_name() -> None:
    raw = b'{"jsonrpc":"2.0","id":"e","method":"elicitation/create","params":{"message":"ada@example.com"}}'
    _, seen = told(look(terms(), raw), Seen(view=b"", raw=raw, withheld="x"))
    assert json.loads(seen.view) == {"jsonrpc": "2.0", "id": "e", "method": "elicitation/create"}


def test_nothing_is_left_of_a_notification() -> None:
    raw = b'{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"ada@example.com"}}'
    assert told(look(terms(), raw), Seen(view=b"", raw=raw, withheld="x"))[1].view == b""


def test_tokens_are_put_in_clear_where_the_upstream_reveals_and_the_message_is_a_call() -> None:
    about = message("tools/call")
    assert ended(revealed(upstream(mask="on"), about)) == (about, ())
    assert ended(revealed(upstream(mask="on", reveals=True), message("prompts/get")))[1] == ()
    command, (same, kinds) = told(revealed(upstream(mask="on", reveals=True), about), None)
    assert command == Reveal("on", about)
    assert (same, kinds) == (about, ())
    clear = Revealed(body=b"{}", params={"a": 1}, kinds=("email",))
    _, (sent, kinds) = told(revealed(upstream(mask="on", reveals=True), about), clear)
    assert (sent.body, sent.params, kinds) == (b"{}", {"a": 1}, ("email",))
