"""The text of a new firedoor.yaml, with a reference where a credential stood. Pure."""

import json
import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from firedoor.app.client_files import Found
from firedoor.app.init_kinds import kind_of

_SECRET_KEY = re.compile(
    r"secret|token|passw|passphrase|api[_-]?key|apikey|access[_-]?key|private[_-]?key|credential|auth|cookie"
    r"|session|_key$|_pat$|^pat$|-key$|dsn|connection[_-]?string|database_url",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"^(?:Bearer|Basic|Token)\s+\S|^(?:sk|pk|rk|ghp|gho|ghu|ghs|ghr|glpat|xox[abprs]|pat|AKIA|ASIA|AIza|eyJ|fd)[-_A-Za-z0-9]{8,}"
    r"|github_pat_|-----BEGIN|://[^/\s:@]+:[^/\s@]+@"
)
_SECRET_QUERY = re.compile(r"[?&][^=]*(?:key|token|secret)[^=]*=", re.IGNORECASE)
_DENSE_LENGTH, _DENSE_BITS = 20, 3.5
"""A text that long without blanks, with that many bits a character, was drawn and not written."""

_HEAD = """\
# Settings of Firedoor. Every key: docs/reference/settings.md
listen: 127.0.0.1:8484
data_dir: ./firedoor-data
database: sqlite
"""
_EXAMPLE = """\
# Nothing was imported. An example; a real one needs a command or a url.
upstreams:
  example:
    url: http://127.0.0.1:9000/mcp
    default: deny      # what happens where no rule matches
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A credential on its way into the key store."""

    name: str
    value: str = field(repr=False)
    what: str
    """Where it stood, for people."""


def settings_text(found: Sequence[Found], taken: Collection[str]) -> tuple[str, list[Moved]]:
    """Write the settings, and list what must be in the key store for them."""
    if not found:
        return _HEAD + _EXAMPLE, []
    moving = _Moving(taken)
    lines = [_HEAD + "upstreams:"]
    for upstream, name in zip(found, names_of(found), strict=True):
        lines.append(f"  {name}:")
        lines += [f"    {line}" for line in (*_way(upstream, name, moving), *_pairs(upstream, name, moving))]
        if (known := kind_of(upstream)) is not None:
            lines += [f"    {line}" for line in known.settings]
        lines.append("    default: deny")
    return "\n".join(lines) + "\n", moving.moved


def names_of(found: Sequence[Found]) -> tuple[str, ...]:
    """What each is called here: a name is a part of an address."""
    names: dict[str, None] = {}
    for upstream in found:
        names[_unique(_upstream_name(upstream.name), names.keys())] = None
    return tuple(names)


class _Moving:
    """Takes credentials out, and leaves references."""

    def __init__(self, taken: Collection[str]) -> None:
        self._names = set(taken)
        self.moved: list[Moved] = []

    def reference(self, upstream: str, key: str, value: str) -> str:
        secret = _unique(_secret_name(f"{upstream}-{key}"), self._names)
        self._names.add(secret)
        self.moved.append(Moved(name=secret, value=value.replace("$${", "${"), what=f"{key} of {upstream}"))
        return f"${{secret:{secret}}}"


def _way(upstream: Found, name: str, moving: _Moving) -> Iterator[str]:
    if upstream.command is not None:
        yield f"command: {_quoted(upstream.command)}"
        if upstream.args:
            yield f"args: [{', '.join(_quoted(arg) for arg in _args(upstream, name, moving))}]"
        if upstream.cwd is not None:
            yield f"cwd: {_quoted(upstream.cwd)}"
    if upstream.url is not None:
        is_secret = "${" not in upstream.url and (
            _SECRET_VALUE.search(upstream.url) or _SECRET_QUERY.search(upstream.url)
        )
        yield f"url: {_quoted(moving.reference(name, 'url', upstream.url) if is_secret else upstream.url)}"
        if upstream.is_sse:
            yield "transport: sse"


def _pairs(upstream: Found, name: str, moving: _Moving) -> Iterator[str]:
    for block, pairs in (("env", upstream.env), ("headers", upstream.headers)):
        if pairs:
            yield f"{block}:"
        for key, value in pairs:
            written = moving.reference(name, key, value) if looks_secret(key, value) else value
            yield f"  {_quoted(key)}: {_quoted(written)}"


def _args(upstream: Found, name: str, moving: _Moving) -> Iterator[str]:
    before = ""
    for arg in upstream.args:
        key, equals, value = arg.partition("=")
        is_value = before.startswith("-") and not arg.startswith("-")
        if arg.startswith("-") and equals and looks_secret(key, value):
            yield f"{key}={moving.reference(name, key.strip('-'), value)}"
        elif looks_secret(before if is_value else "", arg):
            yield moving.reference(name, before.strip("-") if is_value else "argument", arg)
        else:
            yield arg
        before = arg


def looks_secret(key: str, value: str) -> bool:
    """Whether a value looks like a credential. A reference is none: its value is not here."""
    if not value or "${env:" in value:
        return False
    if _SECRET_VALUE.search(value):
        return True
    if _SECRET_KEY.search(key):
        return value.lower() not in {"true", "false", "0", "1", "none", "yes", "no"}
    is_mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    is_unbroken = len(value) >= _DENSE_LENGTH and not set(value) & set("/ :")
    return is_mixed and is_unbroken and _bits(value) >= _DENSE_BITS


def _bits(text: str) -> float:
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)


def _upstream_name(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")[:56] or "upstream"


def _secret_name(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:56] or "secret"


def _unique(name: str, taken: Collection[str]) -> str:
    number, found = 2, name
    while found in taken:
        found, number = f"{name}-{number}", number + 1
    return found


def _quoted(text: str) -> str:
    """Write a text as YAML: plain where nobody could read it otherwise, else as JSON, which YAML takes."""
    is_word = re.fullmatch(r"[A-Za-z][A-Za-z0-9_./-]*", text) is not None
    if is_word and text.lower() not in {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}:
        return text
    return json.dumps(text, ensure_ascii=False)
