"""Every answer of the gateway's own is valid JSON-RPC, and says what a model needs to know."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.reply import answer
from firedoor.model.era import Era
from firedoor.model.ids import CallId
from firedoor.model.reply import Refusal
from firedoor.model.verdict import Effect, Verdict
from tests.helpers.nouns import message

CALL = CallId("01999999.3")
TEXT = st.text(st.characters(codec="utf-8"))
OWN = (answer.DENIED, answer.TERMINATED, answer.TOO_MANY, answer.RECORD_UNAVAILABLE)


def valid(body: bytes) -> dict:
    said = json.loads(body)
    assert said["jsonrpc"] == "2.0"
    assert set(said) in ({"jsonrpc", "id", "result"}, {"jsonrpc", "id", "error"})
    if "error" in said:
        assert isinstance(said["error"]["code"], int)
        assert isinstance(said["error"]["message"], str)
        assert set(said["error"]) <= {"code", "message", "data"}
    return said


@given(
    st.sampled_from(["tools/call", "resources/read"]),
    st.sampled_from(list(Era)),
    st.integers() | TEXT,
    st.lists(TEXT).map(tuple),
    st.lists(TEXT).map(tuple),
)
def test_a_denial_is_valid_and_names_the_rules_and_the_reference(
    method, era, identifier, rules, reasons
) -> None:
    verdict = Verdict(effect=Effect.DENY, rules=("allows", *rules), decisive=rules, reasons=reasons)
    said = valid(answer.denied(message(method, era=era, id=identifier), verdict, CALL))
    assert said["id"] == identifier
    if method == "tools/call":
        result = said["result"]
        text, mark = result["content"][0]["text"], result["_meta"][answer.MARK]
        assert result["isError"] is True
        assert result.get("resultType") == ("complete" if era is Era.MODERN else None)
    else:
        text, mark = said["error"]["message"], said["error"]["data"][answer.MARK]
        assert said["error"]["code"] == answer.DENIED
    assert mark == {"decision": "deny", "rules": ["allows", *rules], "call": CALL}
    assert (f"(rule {', '.join(rules)})" in text) == bool(rules)
    assert CALL in text
    assert "Not executed" in text
    assert all(reason in text for reason in reasons)


@pytest.mark.parametrize("code", OWN)
def test_codes_of_our_own_are_not_those_that_are_reserved(code: int) -> None:
    assert not -32768 <= code <= -32000


@given(st.integers() | TEXT | st.none(), TEXT, st.none() | st.dictionaries(TEXT, TEXT))
def test_a_refusal_is_a_valid_error(identifier, text, fields) -> None:
    refusal = Refusal(
        status=400, code=-32600, reason="x", text=text, id=identifier, fields=fields, headers=(("A", "b"),)
    )
    reply = answer.refused(refusal)
    said = valid(reply.body)
    assert (reply.status, reply.headers, said["id"]) == (400, (("A", "b"),), identifier)
    assert said["error"] == {"code": -32600, "message": text, **({} if fields is None else {"data": fields})}


def test_an_upstream_that_asks_for_what_is_closed_learns_that_it_is_not_there() -> None:
    said = valid(answer.closed_to_upstream("up-1", "roots/list"))
    assert (said["id"], said["error"]["code"]) == ("up-1", -32601)


def told(verdict: Verdict, **changes) -> str:
    return valid(answer.denied(message(**changes), verdict, CALL))["result"]["content"][0]["text"]


def test_a_denial_says_what_was_understood_and_whether_repeating_helps() -> None:
    understood = Verdict(effect=Effect.DENY, reasons=("No.",), understood=("DROP destroys.",))
    assert "What was understood: DROP destroys." in told(understood)
    assert "a call that only does what is allowed will" in told(understood)
    assert "can change the policy" in told(Verdict(effect=Effect.DENY, reasons=("No.",)))


def test_a_limit_says_when_it_helps() -> None:
    verdict = Verdict(effect=Effect.DENY, reasons=("Too often.",), retry_after_s=7)
    assert "Repeat it in 7 s." in told(verdict)
    said = valid(answer.denied(message("resources/read", "x"), verdict, CALL))
    assert said["error"]["code"] == answer.TOO_MANY
    assert said["error"]["data"][answer.MARK]["retryAfterSeconds"] == 7


@pytest.mark.parametrize(
    ("method", "era", "code", "text"),
    [
        ("tools/call", Era.LEGACY, -32602, "Unknown tool: x"),
        ("tools/call", Era.MODERN, -32602, "Unknown tool: x"),
        ("prompts/get", Era.LEGACY, -32602, "Unknown prompt: x"),
        ("resources/read", Era.LEGACY, -32002, "Resource not found: x"),
        ("resources/read", Era.MODERN, -32602, "Resource not found: x"),
    ],
)
def test_what_is_hidden_is_answered_as_if_it_did_not_exist(method, era, code, text) -> None:
    verdict = Verdict(effect=Effect.DENY, rules=("secret-rule",), reasons=("Why.",), is_hidden=True)
    said = valid(answer.denied(message(method, "x", era=era), verdict, CALL))
    assert said["error"] == {"code": code, "message": text}


def test_what_has_no_name_to_hide_is_denied() -> None:
    verdict = Verdict(effect=Effect.DENY, is_hidden=True)
    assert valid(answer.denied(message("tasks/list", ""), verdict, CALL))["error"]["code"] == answer.DENIED


@pytest.mark.parametrize("method", ["tools/call", "resources/read"])
def test_an_answer_that_is_withheld_is_valid_and_says_that_the_call_was_executed(method: str) -> None:
    said = valid(answer.withheld(message(method), "it is no object", CALL))
    text = said["result"]["content"][0]["text"] if method == "tools/call" else said["error"]["message"]
    assert text.startswith("The call was executed, and its answer is withheld")
