"""Which facts there are, and what each of them is. The reference of the language is made from this.

A member that is not here is unknown: a rule that names it is refused when it is loaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a value is."""

    name: str
    """`any`, `bool`, `text`, `number`, `list`, `map`, `null`, `bytes`, `time`, `span`."""
    says: str = ""
    """For people: what the fact is."""
    members: Mapping[str, "Kind"] | None = None
    item: "Kind | None" = None
    words: tuple[str, ...] = ()
    """Of a text: all that it can be."""


ANY = Kind(name="any")
BOOL = Kind(name="bool")
TEXT = Kind(name="text")
NUMBER = Kind(name="number")
NULL = Kind(name="null")
BYTES = Kind(name="bytes")
TIME = Kind(name="time")
SPAN = Kind(name="span")
LIST = Kind(name="list", item=ANY)
MAP = Kind(name="map")


def text(says: str, *words: str) -> Kind:
    """A text, and what it can be if that is known."""
    return Kind(name="text", says=says, words=words)


def truth(says: str) -> Kind:
    """Yes or no."""
    return Kind(name="bool", says=says)


def number(says: str) -> Kind:
    """A number."""
    return Kind(name="number", says=says)


def texts(says: str, *words: str) -> Kind:
    """A list of texts."""
    return Kind(name="list", says=says, item=Kind(name="text", words=words))


def record(says: str, **members: Kind) -> Kind:
    """Members with names."""
    return Kind(name="map", says=says, members=members)


EFFECTS = ("none", "read", "write", "destructive", "unknown")

FACTS: Mapping[str, Kind] = {
    "args": Kind(name="any", says="The arguments of the call, as the client sent them."),
    "texts": texts("Every text in the arguments, at any depth."),
    "inputs": Kind(name="any", says="The answers that a repeated call of several rounds brings along."),
    "sql": record(
        "What the SQL in the arguments would do. Each text is decided for itself; the worst counts.",
        effect=text("`none`: no argument carries SQL.", *EFFECTS),
        dialect=text("What it was read as."),
        statements=texts("The kind of each statement: `select`, `create table`."),
        tables=texts("Every table that is named."),
        columns=texts("Every column that is named; `*` for all."),
        functions=texts("Every function that is called, in lower case."),
        bounded=truth("Every change of rows has a condition on a fixed value."),
    ),
    "shell": record(
        "What the command lines in the arguments would do. Each is decided for itself; the worst counts.",
        effect=text("`none`: no argument carries a command.", *EFFECTS),
        allowed=truth("Every command in it is specified, and only reads."),
        commands=texts("Each command that would run, with its sub-command: `kubectl get`, `sort`."),
        paths=texts("Every argument that names a path, as written."),
        urls=texts("Every argument that names a URL, as written."),
    ),
    "urls": Kind(
        name="list",
        says="Every URL in the arguments, and that of the resource.",
        item=record(
            "One URL.",
            url=text("As one reads it: host in lower case, path resolved."),
            scheme=text("`https`."),
            host=text("A name, or an address in its usual spelling."),
            port=number("0 if nothing says it."),
            path=text("Resolved."),
            private=truth("It is not of the public network, or a local name."),
            metadata=truth("Where clouds hand credentials to their machines."),
            userinfo=truth("It holds a name or a password before the host."),
            traversal=truth("It holds `..`, in any encoding."),
            odd=truth("Readers may disagree on the host."),
        ),
    ),
    "paths": Kind(
        name="list",
        says="Every argument that may be a path.",
        item=record(
            "One path.",
            path=text("Without encodings, doubled slashes and what can be resolved."),
            absolute=truth("It begins at a root."),
            home=truth("It begins in a home."),
            traversal=truth("It holds `..`, in any encoding."),
            outside=truth("It leads above where it begins."),
            encoded=truth("It is percent-encoded."),
            control=truth("It holds a control character."),
        ),
    ),
    "principal": record(
        "On whose authority the call runs.",
        name=text("Its name."),
        kind=text("What it is.", "person", "service"),
        groups=texts("The groups it is in."),
    ),
    "agent": record(
        "Who acts for the principal.",
        name=text("The last of the chain; empty if there is none."),
        chain=texts("All of them, the principal's own first."),
    ),
    "tool": record(
        "The tool that is called. What it is was confirmed by an administrator in a policy, else the worst.",
        name=text("Its name; empty if the message calls none."),
        read_only=truth("It changes nothing."),
        destructive=truth("It may destroy."),
        idempotent=truth("Twice is the same as once."),
        open_world=truth("It reaches what is outside of its upstream."),
    ),
    "session": record(
        "What the session has done before this message.",
        calls=number("Requests."),
        denied=number("Requests that were denied or held."),
        age_s=number("Seconds since it began."),
    ),
    "time": record(
        "When the message arrived, in UTC.",
        hour=number("0 to 23."),
        minute=number("0 to 59."),
        weekday=number("1 is Monday, 7 is Sunday."),
        date=text("`2026-11-23`."),
        unix_s=number("Seconds since 1970."),
    ),
    "message": record(
        "The message itself.",
        method=text("`tools/call`, `resources/read`, …"),
        name=text("What it acts on: tool, prompt, resource URI, task."),
        era=text("The shape of MCP.", "legacy", "modern"),
    ),
    "upstream": record(
        "Where it goes.", name=text("Its name in the settings."), kind=text("Its kind there.")
    ),
    "network": record("Where it comes from.", address=text("The address of the client.")),
}
"""By the name a condition begins with."""

MACROS = ("all", "exists", "exists_one", "filter", "map")

FUNCTIONS: Mapping[str, tuple[tuple[Kind, ...], Kind]] = {
    "contains": ((TEXT, TEXT), BOOL),
    "startsWith": ((TEXT, TEXT), BOOL),
    "endsWith": ((TEXT, TEXT), BOOL),
    "matches": ((TEXT, TEXT), BOOL),
    "size": ((ANY,), NUMBER),
    "int": ((ANY,), NUMBER),
    "uint": ((ANY,), NUMBER),
    "double": ((ANY,), NUMBER),
    "string": ((ANY,), TEXT),
    "timestamp": ((ANY,), TIME),
    "duration": ((TEXT,), SPAN),
}
"""Name → what it takes, a method's own value first, and what it gives."""
