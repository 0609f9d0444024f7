"""Resources, prompts and completions of the reference upstream.

Fixed content; nothing here keeps state.
"""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from tests.reference.suite_tools import PIXEL

_TEMPLATE = re.compile(r"test://template/([^/]+)/data")
# Enough for two pages: clients that follow cursors see all of them.
PAGES = [{"uri": f"test://page/{n}", "name": f"page {n}", "mimeType": "text/plain"} for n in range(1, 6)]

RESOURCES = [
    {
        "uri": "test://static-text",
        "name": "static text",
        "title": "A text that never changes",
        "description": "A static text resource.",
        "mimeType": "text/plain",
        "annotations": {"audience": ["user"], "priority": 0.5},
    },
    {"uri": "test://static-binary", "name": "static binary", "mimeType": "image/png"},
    {"uri": "test://watched-resource", "name": "watched", "mimeType": "text/plain"},
]
TEMPLATES = [
    {
        "uriTemplate": "test://template/{id}/data",
        "name": "template",
        "description": "A resource with a parameter.",
        "mimeType": "application/json",
    }
]


def read(uri: str) -> dict[str, Any] | None:
    """The content of a resource, or nothing if there is none."""
    if uri == "test://static-binary":
        blob = base64.b64encode(base64.b64decode(PIXEL)).decode()
        return {"contents": [{"uri": uri, "mimeType": "image/png", "blob": blob}]}
    if match := _TEMPLATE.fullmatch(uri):
        body = json.dumps({"id": match[1], "templateTest": True, "data": f"Data for ID: {match[1]}"})
        return {"contents": [{"uri": uri, "mimeType": "application/json", "text": body}]}
    texts = {
        "test://static-text": "This is the content of the static text resource.",
        "test://watched-resource": "Watched resource content",
        **{page["uri"]: f"This is {page['name']}." for page in PAGES},
    }
    if uri not in texts:
        return None
    return {"contents": [{"uri": uri, "mimeType": "text/plain", "text": texts[uri]}]}


def _argument(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "description": description, "required": True}


PROMPTS = [
    {"name": "test_simple_prompt", "description": "A prompt without arguments."},
    {
        "name": "test_prompt_with_arguments",
        "description": "A prompt with two arguments.",
        "arguments": [_argument("arg1", "First"), _argument("arg2", "Second")],
    },
    {
        "name": "test_prompt_with_embedded_resource",
        "description": "A prompt with a resource inside.",
        "arguments": [_argument("resourceUri", "Which resource")],
    },
    {"name": "test_prompt_with_image", "description": "A prompt with an image inside."},
    {"name": "test_input_required_result_prompt", "description": "A prompt that asks first."},
]


def prompt(name: str, arguments: Mapping[str, str]) -> dict[str, Any] | None:
    """A prompt filled in, or nothing if there is none of this name."""
    text, image = "text", {"type": "image", "data": PIXEL, "mimeType": "image/png"}
    if name == "test_simple_prompt":
        return _messages({"type": text, "text": "This is a simple prompt for testing."})
    if name == "test_prompt_with_arguments":
        said = f"Prompt with arguments: arg1='{arguments.get('arg1')}', arg2='{arguments.get('arg2')}'"
        return _messages({"type": text, "text": said})
    if name == "test_prompt_with_embedded_resource":
        resource = {
            "uri": arguments.get("resourceUri", ""),
            "mimeType": "text/plain",
            "text": "Embedded resource content for testing.",
        }
        last = {"type": text, "text": "Please process the embedded resource above."}
        return _messages({"type": "resource", "resource": resource}, last)
    if name == "test_prompt_with_image":
        return _messages(image, {"type": text, "text": "Please analyze the image above."})
    return None


def _messages(*contents: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content} for content in contents]}


def complete(argument: str, prefix: str) -> dict[str, Any]:
    """Names of upstream fixtures that begin with the prefix: enough to see that the value arrived."""
    words = [f"{argument}-{word}" for word in ("paris", "park", "party") if word.startswith(prefix)]
    return {"completion": {"values": words, "total": len(words), "hasMore": False}}
