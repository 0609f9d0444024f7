"""The API as a document of OpenAPI 3.1, made from the table of its addresses. It answers nothing itself."""

from collections.abc import Collection, Mapping

from firedoor.app.api.table import OPERATIONS, SCHEMAS, Operation
from firedoor.model.json import Json, JsonObject

ADDRESS = "openapi.json"
"""Below the prefix. Needs no token: it says what the reference says."""
PREFIX = "/api/v1/"
FAULTS: Mapping[int, str] = {
    400: "The request cannot be understood.",
    401: "The token is missing, unknown, expired or revoked.",
    403: "The token may not do this, or the Origin may not call.",
    404: "There is none of this id.",
    409: "It is over, or was changed meanwhile.",
    413: "The body is too large, or never arrived whole.",
    415: "The body is not declared as JSON.",
    421: "This Host is not served here.",
    503: "The gateway cannot do it now: its record or its database does not answer.",
}
_ALWAYS, _WITH_BODY = (400, 401, 403, 421, 503), (413, 415)


def document(served: Collection[tuple[str, str]]) -> JsonObject:
    """Describe these of the addresses, each by its HTTP method and what follows the prefix."""
    paths: dict[str, Json] = {}
    for (verb, pattern), operation in OPERATIONS.items():
        if (verb, pattern) not in served:
            continue
        address = PREFIX + pattern.replace("{}", "{id}")
        here = paths.setdefault(address, {})
        if isinstance(here, dict):
            here[verb.lower()] = _described(verb, pattern, operation)
    said: JsonObject = {
        "openapi": "3.1.0",
        "info": {
            "title": "Firedoor",
            "version": "1",
            "description": "Approvals, permits and locks of a running gateway.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": dict(SCHEMAS),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
    return said


def faults_of(operation: Operation) -> tuple[int, ...]:
    """The statuses of its refusals."""
    found = {*_ALWAYS, *(_WITH_BODY if operation.takes else ())}
    found |= {404} if operation.of else set()
    found |= {409} if operation.may_be_over else set()
    return tuple(sorted(found))


def _described(verb: str, pattern: str, operation: Operation) -> JsonObject:
    needed = f"Needs a role: {', '.join(operation.roles)}." if operation.roles else "Needs no role."
    said: dict[str, Json] = {
        "operationId": _name(verb, pattern),
        "summary": operation.summary,
        "description": f"{needed} Never an agent's token.",
        "responses": {
            "200": _answer("Done.", operation.gives),
            **{str(status): _answer(FAULTS[status], "Error") for status in faults_of(operation)},
        },
    }
    if operation.of:
        about = f"Id of the {operation.of}."
        said["parameters"] = [
            {"name": "id", "in": "path", "required": True, "description": about, "schema": {"type": "string"}}
        ]
    if operation.takes:
        said["requestBody"] = {"required": True, "content": _json(operation.takes)}
    return said


def _name(verb: str, pattern: str) -> str:
    return "_".join(
        [verb.lower(), *(part for part in pattern.split("/") if part != "{}"), *(["one"] * ("{}" in pattern))]
    )


def _answer(text: str, schema: str) -> JsonObject:
    return {"description": text, "content": _json(schema)}


def _json(schema: str) -> JsonObject:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
