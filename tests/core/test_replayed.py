"""Which of what a stream says is an answer that its client has already."""

import pytest

from firedoor.core.forward.answer import Says, Spoken
from firedoor.core.replayed import FindEnded, is_answered_already
from firedoor.model.message import MessageKind
from tests.helpers.calls import call
from tests.helpers.nouns import SESSION, message

LISTENING = call(message=message("", "", kind=MessageKind.LISTEN, body=b"", id=None))


@pytest.mark.parametrize("was_ended", [True, False])
def test_a_response_on_a_listening_stream_is_asked_about(was_ended: bool) -> None:
    asking = is_answered_already(LISTENING, Spoken(says=Says.RESPONSE, id="a"))
    assert next(asking) == FindEnded(SESSION, "a")
    with pytest.raises(StopIteration) as said:
        asking.send(was_ended)
    assert said.value.value is was_ended


@pytest.mark.parametrize(
    ("of", "spoken"),
    [
        (call(), Spoken(says=Says.RESPONSE, id=7)),
        (LISTENING, Spoken(says=Says.RESPONSE)),
        (LISTENING, Spoken(says=Says.REQUEST, id=7)),
    ],
)
def test_nothing_else_is(of, spoken: Spoken) -> None:
    with pytest.raises(StopIteration) as said:
        next(is_answered_already(of, spoken))
    assert said.value.value is False
