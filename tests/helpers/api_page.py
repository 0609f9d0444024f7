"""The page of the docs about the API, made from the same table as its routes and its OpenAPI document.

`python -m tests.helpers.api_page` writes it.
"""

from pathlib import Path

from firedoor.app.api.document import ADDRESS, FAULTS, PREFIX, faults_of
from firedoor.app.api.table import OPERATIONS, SCHEMAS, Operation

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"
HEAD = f"""\
# The API

This page is made by `make fix` from the table that the addresses are served from, and a test holds the two together.
The same as OpenAPI 3.1, without a token: `{PREFIX}{ADDRESS}`. Schemas of answers stand there.

Each request carries `Authorization: Bearer <token>`. No cookie is read, and no agent's token is heard.
`Host` must be one that is served here; an `Origin` must be allowed. A body is one JSON object of at most 64 KiB, declared as `application/json`, without a member twice. Members that are not named are refused.
Instants are unix microseconds.
"""  # noqa: E501 - prose of a page


def row(key: tuple[str, str], operation: Operation) -> str:
    """One address."""
    address = f"{key[0]} {PREFIX}{key[1].replace('{}', '<id>')}"
    roles = ", ".join(f"`{role}`" for role in operation.roles) or "any"
    more = ", ".join(str(status) for status in faults_of(operation) if status in (404, 409))
    takes = f"[{operation.takes}](#{operation.takes.lower()})" if operation.takes else ""
    return f"| `{address}` | {operation.summary} | {roles} | {takes} | `{operation.gives}` | {more} |"


def body(name: str) -> str:
    """One schema of a body."""
    schema = SCHEMAS[name]
    properties, required = schema["properties"], schema["required"]
    lines = [f"### {name}", "", "| member | what | |", "|---|---|---|"]
    for member, said in properties.items():
        lines.append(f"| `{member}` | {kind(said)} | {'needed' if member in required else ''} |")
    return "\n".join(lines)


def kind(said: dict) -> str:
    """What a member may be, in words."""
    if "enum" in said:
        return "one of " + ", ".join(f"`{each}`" for each in said["enum"])
    several = said.get("type")
    name = " or ".join(several) if isinstance(several, list) else str(several)
    if name == "array":
        items = said["items"]
        pair = (
            "a pair of " + " and ".join(kind(each) for each in items["prefixItems"])
            if "prefixItems" in items
            else ""
        )
        name = f"list: {pair or kind(items)}"
    return f"{name}. {said['description']}" if "description" in said else name


def page() -> str:
    """The whole page."""
    rows = "\n".join(row(key, operation) for key, operation in OPERATIONS.items())
    faults = "\n".join(f"| {status} | {text} |" for status, text in FAULTS.items())
    bodies = "\n\n".join(
        body(name) for name in dict.fromkeys(o.takes for o in OPERATIONS.values() if o.takes)
    )
    return f"""{HEAD}
## Addresses

| address | what it does | role | body | answer | besides |
|---|---|---|---|---|---|
{rows}

## Bodies

{bodies}

## Refusals

`{{"error": {{"code": "…", "message": "…", "hint": "…"}}}}`. The codes: [errors](errors.md).

| status | why |
|---|---|
{faults}
| 405 | Another method is meant. |
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
