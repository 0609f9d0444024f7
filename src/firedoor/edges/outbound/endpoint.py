"""Where an upstream is and how it is spoken to, credentials included.

This is the only place that holds the credentials of upstreams. They are never shown: neither in a
representation, nor in a message of an error.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from firedoor.model.errors import SettingsError
from firedoor.model.upstream import Transport

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e]*")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port. Credentials go to one origin alone."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def split_url(url: str) -> tuple[Origin, str]:
    """Take an address apart: its origin, and its path with the query.

    Raises:
        ValueError: not an http or https address, or one that carries credentials or control characters.
    """
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("an address consists of printable ASCII without blanks")
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("an address begins with http:// or https:// and a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address carries no credentials: they belong into headers")
    path = parts.path or "/"
    where = f"{path}?{parts.query}" if parts.query else path
    return Origin(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]), where


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpEndpoint:
    """An upstream that is reached over HTTP."""

    name: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Credentials, added to each request."""
    transport: Transport | None = None
    """None finds out: Streamable HTTP first, then HTTP+SSE."""

    def __post_init__(self) -> None:
        """Refuse what could not be sent, or would say something else on the wire."""
        try:
            split_url(self.url)
        except ValueError as error:
            raise SettingsError("upstream_url", f"upstream {self.name}: {error}") from None
        for name, value in self.headers:
            if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
                raise SettingsError(
                    "upstream_header", f"upstream {self.name}: header {name!r} cannot be sent"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class StdioEndpoint:
    """An upstream that is a child process of the gateway."""

    name: str
    command: str
    args: tuple[str, ...] = field(default=(), repr=False)
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Credentials and settings of the process, beside the little that it inherits."""
    cwd: str | None = None


Endpoint = HttpEndpoint | StdioEndpoint
