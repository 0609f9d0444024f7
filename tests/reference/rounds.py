"""The tools that answer "input required" first: calls that take several rounds (2026-07-28).

Names and keys are the conformance suite's. State between rounds travels with the client, sealed by the SDK.
"""

import json
from collections.abc import Mapping
from typing import Any

from tests.reference.tool import Call, Shelf, text

PAGE = Shelf()


def _form(message: str, key: str, kind: str = "string") -> dict[str, Any]:
    schema = {"type": "object", "properties": {key: {"type": kind}}, "required": [key]}
    return {"method": "elicitation/create", "params": {"message": message, "requestedSchema": schema}}


def _sample(question: str) -> dict[str, Any]:
    message = {"role": "user", "content": {"type": "text", "text": question}}
    return {"method": "sampling/createMessage", "params": {"messages": [message], "maxTokens": 100}}


_ROOTS = {"method": "roots/list"}


def need(requests: dict[str, Any], state: str | None = None) -> dict[str, Any]:
    """A result that asks for input."""
    result: dict[str, Any] = {"resultType": "input_required", "inputRequests": requests}
    return result if state is None else {**result, "requestState": state}


def _filled(answer: object, key: str) -> str | None:
    """The field of an accepted form, or nothing when the answer has another shape."""
    if not isinstance(answer, Mapping) or not isinstance(answer.get("content"), Mapping):
        return None
    return answer["content"].get(key)


@PAGE.tool()
async def test_input_required_result_elicitation(call: Call) -> dict[str, Any]:
    """Asks for a name."""
    name = _filled(call.responses.get("user_name"), "name")
    if name is None:
        return need({"user_name": _form("What is your name?", "name")})
    return text(f"Hello, {name}!")


@PAGE.tool()
async def test_input_required_result_sampling(call: Call) -> dict[str, Any]:
    """Asks the client's model."""
    said = _filled(call.responses.get("capital_question"), "text")
    if said is None:
        return need({"capital_question": _sample("What is the capital of France?")})
    return text(f"The model said: {said}")


@PAGE.tool()
async def test_input_required_result_list_roots(call: Call) -> dict[str, Any]:
    """Asks for the client's roots."""
    answer = call.responses.get("client_roots")
    if not isinstance(answer, Mapping):
        return need({"client_roots": _ROOTS})
    return text(f"{len(answer.get('roots', []))} roots")


@PAGE.tool()
async def test_input_required_result_request_state(call: Call) -> dict[str, Any]:
    """Gives the client state to bring back."""
    if call.state == "first-round" and "confirm" in call.responses:
        return text("state-ok: confirmed")
    return need({"confirm": _form("Please confirm", "ok", "boolean")}, "first-round")


@PAGE.tool()
async def test_input_required_result_multiple_inputs(call: Call) -> dict[str, Any]:
    """Asks for three things at once."""
    if {"user_name", "greeting", "client_roots"} <= call.responses.keys():
        return text("All inputs received.")
    asks = {
        "user_name": _form("What is your name?", "name"),
        "greeting": _sample("Generate a greeting"),
        "client_roots": _ROOTS,
    }
    return need(asks, "three-at-once")


@PAGE.tool()
async def test_input_required_result_multi_round(call: Call) -> dict[str, Any]:
    """Takes three rounds, and remembers the first answer in the state."""
    state = json.loads(call.state) if call.state else {}
    name = _filled(call.responses.get("step1"), "name")
    colour = _filled(call.responses.get("step2"), "color")
    if state.get("round") == 1 and name is not None:
        return need(
            {"step2": _form("Step 2: What is your favourite colour?", "color")},
            json.dumps({"round": 2, "name": name}),
        )
    if state.get("round") == 2 and colour is not None:
        return text(f"{state['name']} likes {colour}.")
    return need({"step1": _form("Step 1: What is your name?", "name")}, json.dumps({"round": 1}))


@PAGE.tool()
async def test_input_required_result_tampered_state(call: Call) -> dict[str, Any]:
    """Gives state that must come back unchanged; the SDK's seal refuses anything else."""
    if call.state is None:
        return need({"confirm": _form("Please confirm", "ok", "boolean")}, "untouched")
    return text(f"state-ok: {call.state}")


@PAGE.tool()
async def test_input_required_result_capabilities(call: Call) -> dict[str, Any]:
    """Asks only for what the client says it can do."""
    asks = {}
    if call.capabilities.sampling is not None:
        asks["sample"] = _sample("Say hello")
    if call.capabilities.elicitation is not None:
        asks["ask"] = _form("What is your name?", "name")
    return need(asks, "by-capability")


@PAGE.tool()
async def test_streaming_elicitation(call: Call) -> dict[str, Any]:
    """Reports progress, then asks: both on the stream of the call, neither as a request of its own."""
    await call.progress(1, 2, "about to ask")
    if "user_name" in call.responses:
        return text("answered")
    return need({"user_name": _form("What is your name?", "name")})


def prompt_round(responses: Mapping[str, Any]) -> dict[str, Any]:
    """The prompt that needs a round as well."""
    context = _filled(responses.get("user_context"), "context")
    if context is None:
        return need({"user_context": _form("What context should the prompt use?", "context")})
    message = {"type": "text", "text": f"Use the following context: {context}"}
    return {"messages": [{"role": "user", "content": message}]}
