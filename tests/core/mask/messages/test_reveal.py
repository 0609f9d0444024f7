import json

from firedoor.core.mask.messages.reveal import revealed
from firedoor.model.mask import Action
from tests.helpers.masks import TOKENS, call

TOKEN = TOKENS.made(Action.REVERSIBLE, "email", 'ada"x@example.com')


def test_a_tool_that_is_named_gets_the_value() -> None:
    found = revealed(call("send_mail", {"to": f"<{TOKEN}>", "n": 1.50}), ("send_*",), TOKENS)
    assert found is not None
    assert found.kinds == ("email",)
    assert json.loads(found.body)["params"]["arguments"] == {"to": '<ada"x@example.com>', "n": 1.5}
    assert found.params["arguments"] == {"to": '<ada"x@example.com>', "n": 1.5}


def test_no_other_tool_gets_it() -> None:
    assert revealed(call("read", {"to": TOKEN}), ("send_*",), TOKENS) is None
    assert revealed(call("send_mail", {"to": TOKEN}, "prompts/get"), ("send_*",), TOKENS) is None


def test_what_is_none_of_ours_stays() -> None:
    assert revealed(call("send_mail", {"to": "EMAIL_r" + "a" * 40}), ("send_*",), TOKENS) is None
