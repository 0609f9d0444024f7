"""The tools that the official conformance suite calls by name.

Names, arguments and fixed sentences are the suite's; a change here changes what the suite can see.
"""

from typing import Any

import anyio
import mcp_types as types
from mcp.shared.exceptions import MCPError

from tests.reference.tool import Call, Shelf, text

PAGE = Shelf()

# The smallest valid PNG (one pixel) and the smallest WAV (two silent samples): the suite wants valid base64.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
SILENCE = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="

_PERSON = {
    "name": {"type": "string", "description": "Full name", "default": "John Doe"},
    "age": {"type": "integer", "description": "Age in years", "default": 30},
    "score": {"type": "number", "description": "Score in per cent", "default": 95.5},
    "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
    "verified": {"type": "boolean", "description": "Checked by a person", "default": True},
}
_CHOICES = {
    "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
    "titledSingle": {
        "type": "string",
        "oneOf": [{"const": f"value{n}", "title": f"Option {n}"} for n in (1, 2, 3)],
    },
    "legacyEnum": {"type": "string", "enum": ["opt1", "opt2"], "enumNames": ["Option One", "Option Two"]},
    "untitledMulti": {"type": "array", "items": {"type": "string", "enum": ["option1", "option2"]}},
    "titledMulti": {
        "type": "array",
        "items": {"anyOf": [{"const": f"value{n}", "title": f"Choice {n}"} for n in (1, 2, 3)]},
    },
}
# Every keyword of JSON Schema 2020-12 that the suite looks for.
_KEYWORDS = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}


def _embedded(uri: str, mime: str, body: str) -> dict[str, Any]:
    return {"type": "resource", "resource": {"uri": uri, "mimeType": mime, "text": body}}


@PAGE.tool()
async def test_simple_text(call: Call) -> dict[str, Any]:
    """Answers with one text block."""
    return text("This is a simple text response for testing.")


@PAGE.tool()
async def test_image_content(call: Call) -> dict[str, Any]:
    """Answers with one image block."""
    return {"content": [{"type": "image", "data": PIXEL, "mimeType": "image/png"}]}


@PAGE.tool()
async def test_audio_content(call: Call) -> dict[str, Any]:
    """Answers with one audio block."""
    return {"content": [{"type": "audio", "data": SILENCE, "mimeType": "audio/wav"}]}


@PAGE.tool()
async def test_embedded_resource(call: Call) -> dict[str, Any]:
    """Answers with one embedded resource."""
    return {
        "content": [
            _embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")
        ]
    }


@PAGE.tool()
async def test_multiple_content_types(call: Call) -> dict[str, Any]:
    """Answers with text, image and embedded resource."""
    return {
        "content": [
            {"type": "text", "text": "Multiple content types test:"},
            {"type": "image", "data": PIXEL, "mimeType": "image/png"},
            _embedded("test://mixed-content-resource", "application/json", '{"test":"data","value":123}'),
        ]
    }


@PAGE.tool()
async def test_tool_with_logging(call: Call) -> dict[str, Any]:
    """Logs three lines while it runs."""
    for line in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await call.log(line)
        await anyio.sleep(0.05)
    return text("Tool with logging executed successfully")


@PAGE.tool()
async def test_tool_with_progress(call: Call) -> dict[str, Any]:
    """Reports progress three times while it runs."""
    for step in (0, 50, 100):
        await call.progress(step, 100, f"Completed step {step} of 100")
        await anyio.sleep(0.05)
    return text(str((call.context.meta or {}).get("progress_token")))


@PAGE.tool({"prompt": {"type": "string"}})
async def test_sampling(call: Call) -> dict[str, Any]:
    """Asks the client's model and repeats its answer."""
    question = types.SamplingMessage(
        role="user", content=types.TextContent(type="text", text=call.arguments.get("prompt", ""))
    )
    params = types.CreateMessageRequestParams(messages=[question], max_tokens=100)
    answer = await call.ask(types.CreateMessageRequest(params=params), types.CreateMessageResult)
    return text(f"LLM response: {answer['content'].get('text')}")


async def _elicit(call: Call, message: str, schema: dict[str, Any]) -> str:
    params = types.ElicitRequestFormParams(message=message, requested_schema=schema)
    answer = await call.ask(types.ElicitRequest(params=params), types.ElicitResult)
    return f"action={answer['action']}, content={answer.get('content', {})}"


@PAGE.tool({"message": {"type": "string"}})
async def test_elicitation(call: Call) -> dict[str, Any]:
    """Asks the person for one line."""
    schema = {"type": "object", "properties": {"response": {"type": "string"}}, "required": ["response"]}
    return text("User response: " + await _elicit(call, call.arguments.get("message", ""), schema))


@PAGE.tool()
async def test_elicitation_sep1034_defaults(call: Call) -> dict[str, Any]:
    """Asks with a default for every primitive type."""
    schema = {"type": "object", "properties": _PERSON, "required": []}
    return text("Elicitation completed: " + await _elicit(call, "Please review your data", schema))


@PAGE.tool()
async def test_elicitation_sep1330_enums(call: Call) -> dict[str, Any]:
    """Asks with every form of enumeration."""
    schema = {"type": "object", "properties": _CHOICES, "required": []}
    return text("Elicitation completed: " + await _elicit(call, "Please choose", schema))


@PAGE.tool()
async def test_error_handling(call: Call) -> dict[str, Any]:
    """Fails."""
    return {**text("This tool intentionally returns an error for testing"), "isError": True}


@PAGE.tool({"region": {"type": "string", "x-mcp-header": "Region", "description": "Mirrored into a header"}})
async def test_x_mcp_header(call: Call) -> dict[str, Any]:
    """Has an argument that travels in a header as well."""
    return text(f"region={call.arguments.get('region', '<none>')}")


@PAGE.tool()
async def test_missing_capability(call: Call) -> dict[str, Any]:
    """Refuses clients that did not declare sampling."""
    if call.capabilities.sampling is None:
        raise MCPError(
            code=types.MISSING_REQUIRED_CLIENT_CAPABILITY,
            message="This tool requires the client's sampling capability",
            data={"requiredCapabilities": {"sampling": {}}},
        )
    return text("sampling is declared")


@PAGE.tool(name="json_schema_2020_12_tool", inputSchema=_KEYWORDS)
async def json_schema_tool(call: Call) -> dict[str, Any]:
    """Carries every keyword of JSON Schema 2020-12."""
    return text("json_schema_2020_12_tool")


@PAGE.tool()
async def test_reconnection(call: Call) -> dict[str, Any]:
    """Closes its own stream half way; the client comes back for the rest."""
    await call.log("Before disconnect")
    if call.context.close_sse_stream is not None:
        await call.context.close_sse_stream()
    await anyio.sleep(0.2)
    await call.log("After reconnect")
    return text("Reconnection test completed")


@PAGE.tool()
async def test_trigger_tool_change(call: Call) -> dict[str, Any]:
    """Announces that the list of tools changed."""
    await call.publisher.announce("tools")
    return text("tool list changed")


@PAGE.tool()
async def test_trigger_prompt_change(call: Call) -> dict[str, Any]:
    """Announces that the list of prompts changed."""
    await call.publisher.announce("prompts")
    return text("prompt list changed")


@PAGE.tool()
async def test_logging_tool(call: Call) -> dict[str, Any]:
    """Logs one line, which must not leave unless the request asked for a level."""
    await call.log("one line")
    return text("logged")


def _at_once(name: str, answer: dict[str, Any]) -> None:
    """A tool that the suite would like to run as a task; without that extension it answers at once."""

    async def run(call: Call) -> dict[str, Any]:
        """Answers at once: this upstream has no tasks."""
        return answer

    PAGE.tool(name=name)(run)


_at_once("greet", text("Hello, World!"))
_at_once("slow_compute", text("done"))
_at_once("failing_job", {**text("the job failed"), "isError": True})
_at_once("protocol_error_job", text("no task, no protocol error"))
_at_once("confirm_delete", text("deleted nothing"))
_at_once("multi_input", text("needed nothing"))
_at_once("test_tool_with_task", text("ran at once"))
