"""Messages of a stream that wait. What is masked where: tests/core/mask/messages/test_seam.py."""

import json

from firedoor.core.kept_back import Quiet
from tests.helpers.masks import message_mask
from tests.helpers.streams import Streamed, streamed


def log(data: str, logger: str = "out") -> bytes:
    params = {"level": "info", "logger": logger, "data": data}
    return json.dumps({"jsonrpc": "2.0", "method": "notifications/message", "params": params}).encode()


RESPONSE = b'{"jsonrpc":"2.0","id":7,"result":{"content":[]}}'
OPEN = log("card 4111 1111")


def raw(seen) -> list[bytes]:
    return [one.raw for one in seen]


def shown(seen) -> list[str]:
    return [json.loads(one.view)["params"]["data"] for one in seen if b"params" in one.view]


def test_what_ends_like_any_text_leaves_before_anything_else_is_asked_for() -> None:
    stream = Streamed(message_mask())
    assert raw(stream.shown([log("one"), log("two")])) == [log("one"), log("two")]
    assert stream.waits == 0


def test_what_may_begin_a_value_is_waited_with_until_its_place_goes_on() -> None:
    stream = Streamed(message_mask())
    seen = stream.shown([OPEN, log("other", "else"), log(" 1111 1111 paid"), log("done")])
    assert raw(seen) == [OPEN, log("other", "else"), log(" 1111 1111 paid"), log("done")]
    assert stream.waits == 2
    assert "4111" not in "".join(shown(seen))


def test_all_that_follows_waits_too_so_that_the_order_stays() -> None:
    stream = Streamed(message_mask())
    said = [OPEN, log("a", "else"), log("b", "else")]
    assert raw(stream.shown(said)) == said
    assert shown(streamed(*said))[1:] == ["a", "b"]


def test_a_response_is_not_waited_with_and_comes_last() -> None:
    stream = Streamed(message_mask())
    seen = stream.shown([OPEN, RESPONSE, log("late")])
    assert raw(seen) == [OPEN, RESPONSE, log("late")]
    assert stream.waits == 1
    assert shown(seen) == ["card [withheld: undecided]", "late"]


def test_silence_ends_the_wait_of_the_oldest_alone() -> None:
    stream = Streamed(message_mask())
    seen = stream.shown([OPEN, log("to DE89 3704", "b"), Quiet(), log(" 0044 0532 0130 00.", "b")])
    first, second, third = shown(seen)
    assert first == "card [withheld: undecided]"
    assert second.startswith("to IBAN_")
    assert third.startswith("IBAN_")


def test_an_upstream_cannot_fill_the_memory_with_what_waits() -> None:
    many = [log(f"a{number}", "else") for number in range(100)]
    seen = streamed(OPEN, *many, log(" 1111 1111"))
    assert len(seen) == 102
    assert shown(seen)[0] == "card [withheld: undecided]"
    large = [log("x" * 300_000, "else") for _ in range(5)]
    assert shown(streamed(OPEN, *large, log(" 1111 1111.")))[0] == "card [withheld: undecided]"


def test_places_that_were_silent_longest_are_forgotten_first() -> None:
    kept = [log("card 4111", f"l{number}") for number in range(70)]
    seen = streamed(*kept, log(" 1111 1111 1111.", "l69"), log(" 1111 1111 1111.", "l0"))
    assert shown(seen)[-2] != " 1111 1111 1111."
    assert shown(seen)[-1] == " 1111 1111 1111."
