"""Which MCP servers of a client's file speak SQL or run commands, by their names. Pure; asks no registry.

A guess: what it says is written into the settings, where a person sees it. It never says that one does not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from firedoor.app.client_files import Found

_DIALECTS = {
    "postgres": "postgres", "postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql",
    "sqlite": "sqlite", "mssql": "tsql", "sqlserver": "tsql", "snowflake": "snowflake",
    "bigquery": "bigquery", "clickhouse": "clickhouse",
}  # fmt: skip
"""By a word in the name of a package: forks and wrappers keep it."""
_SHELLS = {"shell", "bash", "zsh", "terminal", "iterm", "ssh", "commands"}
_SHELL_NAMES = ("desktopcommander", "climcpserver")
_OF_MCP = {"mcp", "modelcontextprotocol"}
_PACKAGE = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9._/-]*")
_VERSION = re.compile(r"(?<=.)(?:@|==|:|\[).*", re.DOTALL)
_SQL_SERVER = re.compile(r"(?<![a-z0-9])sql[-_]server")
_PROGRAM = re.compile(r"\.(?:[cm]?js|ts|py|pyz)$|(?:^|/)\.?bin/[^/]+$")
"""An argument that is run: a script, or what lies in a folder of programs."""
_BEFORE_A_PROJECT = {"--directory", "--project", "--from", "--prefix"}
_ADDRESS = re.compile(r"(?:^|=)([a-z0-9]+)(?:\+[a-z0-9]+)?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a server is taken for, and why."""

    kind: str
    dialect: str | None = None
    because: str
    """For people: the name that says so. Never an address: it may have a password in it."""

    @property
    def settings(self) -> tuple[str, ...]:
        """The lines that say so."""
        return (f"kind: {self.kind}", *(() if self.dialect is None else (f"dialect: {self.dialect}",)))


def kind_of(upstream: Found) -> Known | None:
    """What a server's tools carry, by its package, its path, or the database that it is given."""
    for name, marks in _names(upstream):
        if (known := _known(name, marks)) is not None:
            return known
    for word in upstream.args:
        address = _ADDRESS.search(word)
        if address is not None and (dialect := _DIALECTS.get(address[1].lower())) is not None:
            return Known(kind="sql", dialect=dialect, because="It is given the address of a database and")
    return None


def _names(upstream: Found) -> Iterator[tuple[str, set[str]]]:
    """The names that may tell, each with the words of which it must have one beside that of its database."""
    before = ""
    for place, word in enumerate((upstream.command or "", *upstream.args)):
        package = _VERSION.sub("", word)
        if _PACKAGE.fullmatch(package):
            yield package, _OF_MCP
        if "/" in word and (not place or before in _BEFORE_A_PROJECT or _PROGRAM.search(word)):
            yield from _segments(word)
        before = word


def _segments(path: str) -> Iterator[tuple[str, set[str]]]:
    # The program is at the end: what its folder is called counts less.
    segments = path.split("/")
    for place in reversed(range(len(segments))):
        yield segments[place], _OF_MCP | {"server"}
        if place and _words(segments[place - 1]) & _OF_MCP:
            yield "/".join(segments[place - 1 : place + 1]), _OF_MCP


def _known(name: str, marks: set[str]) -> Known | None:
    words = _words(name)
    found = {_DIALECTS[word] for word in words & _DIALECTS.keys()}
    if words & marks and len(found) == 1:
        return Known(kind="sql", dialect=found.pop(), because=name)
    if (words & _OF_MCP and words & _SHELLS) or _runs_commands(name):
        return Known(kind="shell", because=name)
    return None


def _runs_commands(name: str) -> bool:
    joined = re.sub(r"[^a-z0-9]", "", name.lower())
    return any(known in joined for known in _SHELL_NAMES)


def _words(name: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", _SQL_SERVER.sub("sqlserver", name.lower())))
