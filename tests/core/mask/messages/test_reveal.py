import json

from firedoor.core.mask.messages.reveal import revealed
from firedoor.model.era import Era
from firedoor.model.mask import Action
from firedoor.model.message import Message, MessageKind
from tests.helpers.masks import TOKENS

TOKEN = TOKENS.made(Action.REVERSIBLE, "email", 'ada"x@example.com')


def call(tool: str, arguments: dict[str, object], method: str = "tools/call") -> Message:
    params = {"name": tool, "arguments": arguments}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    return Message(
        kind=MessageKind.REQUEST, era=Era.LEGACY, body=body, revision="x", id=1, method=method, name=tool
    )


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
