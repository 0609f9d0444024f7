import asyncio
import json

import pytest

from firedoor.core.commands import Mask, Reveal
from firedoor.core.mask.messages.message import LARGE
from firedoor.engine.masking import Masking
from firedoor.model.mask import Action
from tests.core.mask.messages.test_reveal import call
from tests.helpers.masks import TOKENS, message_mask

PAYLOAD = json.dumps({"id": 1, "result": {"text": "ada@example.com +44 20 7946 0958"}}).encode()


@pytest.fixture
def masking():
    made = Masking(masks={name: message_mask(name) for name in ("on", "reversible")}, tokens=TOKENS)
    yield made
    made.close()


async def answer(masking: Masking, command):
    return await masking.answers[type(command)](command, None)


@pytest.mark.promise("MASK-1")
def test_a_profile_that_does_not_exist_withholds(masking: Masking) -> None:
    seen = asyncio.run(answer(masking, Mask(("on", "nobody"), PAYLOAD)))
    assert "nobody" in seen.withheld


def test_profiles_work_one_after_the_other(masking: Masking) -> None:
    seen = asyncio.run(answer(masking, Mask(("reversible", "on"), PAYLOAD)))
    assert b"EMAIL_r" in seen.view
    assert "••••0958" in seen.view.decode()
    assert seen.raw == PAYLOAD
    assert [one.kind for one in seen.found] == ["email", "phone"]


def test_a_large_message_is_masked_beside_the_loop_and_the_same(masking: Masking) -> None:
    payload = json.dumps({"id": 1, "result": {"text": "x " * LARGE + "ada@example.com"}}).encode()
    seen = asyncio.run(answer(masking, Mask(("on",), payload)))
    assert seen.view == message_mask().seen(payload).view
    assert b"ada@" not in seen.view


def test_what_cannot_be_masked_goes_through_no_further_mask(masking: Masking) -> None:
    seen = asyncio.run(answer(masking, Mask(("on", "reversible"), b'{"a":1,"a":2}')))
    assert seen.withheld != ""
    assert seen.raw == b'{"a":1,"a":2}'


def test_a_token_is_put_in_clear_by_the_profile_that_lets_its_tool_have_it(masking: Masking) -> None:
    token = TOKENS.made(Action.REVERSIBLE, "email", "ada@example.com")
    message = call("send_mail", {"to": token})
    found = asyncio.run(answer(masking, Reveal("reversible", message)))
    assert found is not None
    assert b"ada@example.com" in found.body
    assert asyncio.run(answer(masking, Reveal("on", message))) is None
    assert asyncio.run(answer(masking, Reveal("nobody", message))) is None
