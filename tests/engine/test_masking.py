import asyncio
import json

import pytest

from firedoor.core.mask.masker import Masker
from firedoor.core.mask.messages.message import LARGE, MessageMask
from firedoor.core.mask.tokens.maker import TokenMaker, derived
from firedoor.core.sight import Mask, Reveal
from firedoor.edges.keys.mask_keys import AesSiv
from firedoor.engine.masking import LOOK_S, Masking
from firedoor.model.errors import SettingsError
from firedoor.model.mask import Action
from tests.helpers.masks import KEYS, PROFILES, TOKENS, call, message_mask

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


def masked_twice(newer) -> tuple[bytes, bytes, TokenMaker]:
    """One message before the key is looked for again, and one after; with a token maker of its own."""

    async def story() -> tuple[bytes, bytes]:
        first = await answer(masking, Mask(("on",), PAYLOAD))
        # The engine looks at most so often, by the clock of the loop.
        await asyncio.wait((asyncio.get_running_loop().create_future(),), timeout=LOOK_S)
        return first.view, (await answer(masking, Mask(("on",), PAYLOAD))).view

    tokens = TokenMaker(KEYS)
    said = iter([None, newer])
    masking = Masking(
        masks={"on": MessageMask(Masker(PROFILES["on"], tokens))},
        tokens=tokens,
        newer_keys=lambda: _told(next(said)),
    )
    return (*asyncio.run(story()), tokens)


def _told(said):
    if isinstance(said, Exception):
        raise said
    return said


@pytest.mark.promise("MASK-3")
def test_a_newer_key_is_taken_while_calls_go_on_and_older_tokens_still_open() -> None:
    before = TOKENS.made(Action.REVERSIBLE, "email", "ada@example.com")
    first, second, tokens = masked_twice((derived(b"n" * 32, 1, AesSiv), *KEYS))
    assert first != second
    assert first == message_mask().seen(PAYLOAD).view
    assert tokens.opened(before) == "ada@example.com"
    assert tokens.is_made_here(TOKENS.token("email", "ada@example.com"))
    assert len(tokens.marks("ada@example.com")) == 2


def test_a_newer_key_that_cannot_be_read_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    first, second, _ = masked_twice(SettingsError("key_file_damaged", "mask-1.key holds no key."))
    assert first == second
    assert "cannot be taken" in caplog.text
