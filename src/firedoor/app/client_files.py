"""Settings of MCP clients: Claude Code, Claude Desktop, Cursor, VS Code, Codex. Reads; never writes one."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from firedoor.app.settings.yaml import read_text
from firedoor.model.errors import SettingsError

if TYPE_CHECKING:
    from firedoor.model.json import Json, JsonObject

CODE = "client_file"
IN_A_FOLDER = (
    ".mcp.json", ".cursor/mcp.json", ".vscode/mcp.json", ".codex/config.toml", ".claude.json",
    ".config/Claude/claude_desktop_config.json",
    "Library/Application Support/Claude/claude_desktop_config.json",
)  # fmt: skip
"""Where clients keep them, in a project or in a home."""

_BLOCKS = ("mcpServers", "servers", "mcp_servers")
# JSON with comments and trailing commas, as VS Code writes it. Strings are matched first, and kept.
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])')
_VARIABLE = re.compile(r"\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)\}")
_INPUT = re.compile(r"\$\{input:([^}]*)\}")
_ESCAPED = re.compile(r"\$\{(?!env:[A-Za-z_][A-Za-z0-9_]*\})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An upstream in a client's file."""

    name: str
    source: Path
    command: str | None = None
    args: tuple[str, ...] = field(default=(), repr=False)
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cwd: str | None = None
    url: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    is_sse: bool = False
    is_off: bool = False
    """Switched off in the client."""


def find_here(folder: Path) -> list[Path]:
    """Find the files that clients keep in a folder."""
    return [folder / name for name in IN_A_FOLDER if (folder / name).is_file()]


def read_client_file(path: Path) -> list[Found]:
    """Read the upstreams of a client's file.

    Raises:
        SettingsError: it cannot be read, or names none.
    """
    text = read_text(path, CODE)
    try:
        tree: Json = tomllib.loads(text) if path.suffix == ".toml" else json.loads(_plain_json(text))
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        kind = "TOML" if path.suffix == ".toml" else "JSON"
        raise SettingsError(CODE, f"{path}:{line}: not {kind}") from None
    found = [_found(name, _mapping(entry), path) for name, entry in _entries(_mapping(tree))]
    if not found:
        raise SettingsError(CODE, f"{path}: names no upstream", f"Expected one of: {', '.join(_BLOCKS)}.")
    return found


def _plain_json(text: str) -> str:
    text = _COMMENT.sub(lambda match: match[1] or " ", text.removeprefix("\ufeff"))
    return _TRAILING.sub(lambda match: match[1] or "", text)


def _entries(tree: "JsonObject") -> "Iterator[tuple[str, Json]]":
    for block in _BLOCKS:
        yield from _mapping(tree.get(block)).items()
    # Claude Code keeps those of each project, VS Code's own settings those of all, one level deeper.
    for project in _mapping(tree.get("projects")).values():
        yield from _mapping(_mapping(project).get("mcpServers")).items()
    yield from _mapping(_mapping(tree.get("mcp")).get("servers")).items()


def _found(name: str, entry: "JsonObject", path: Path) -> Found:
    url, command, cwd = entry.get("url"), entry.get("command"), entry.get("cwd")
    is_command = isinstance(command, str)
    args = entry.get("args")
    headers = [*_pairs(entry.get("headers")), *_pairs(entry.get("http_headers"))]
    headers += [(key, f"${{env:{value}}}") for key, value in _pairs(entry.get("env_http_headers"))]
    bearer = entry.get("bearer_token_env_var")
    if isinstance(bearer, str):
        headers.append(("Authorization", f"Bearer ${{env:{bearer}}}"))
    if not is_command and not isinstance(url, str):
        raise SettingsError(CODE, f'{path}: "{name}" has neither a command nor a url')
    return Found(
        name=name,
        source=path,
        command=translated(command) if isinstance(command, str) else None,
        args=tuple(translated(str(arg)) for arg in args) if is_command and isinstance(args, list) else (),
        env=tuple(_pairs(entry.get("env"))) if is_command else (),
        cwd=translated(cwd) if is_command and isinstance(cwd, str) else None,
        url=translated(url) if not is_command and isinstance(url, str) else None,
        headers=() if is_command else tuple(headers),
        is_sse=not is_command and entry.get("type") == "sse",
        is_off=entry.get("disabled") is True or entry.get("enabled") is False,
    )


def translated(text: str) -> str:
    """Write a client's references as ours. What a client asks a person for comes from the environment."""
    text = _INPUT.sub(lambda match: "${env:" + variable_name(match[1]) + "}", text)
    text = _VARIABLE.sub(r"${env:\1}", text)
    return _ESCAPED.sub("$${", text)


def variable_name(text: str) -> str:
    """Make the name of an environment variable of a text."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").upper()
    return name if name and not name[0].isdigit() else f"INPUT_{name}"


def _pairs(value: "Json") -> list[tuple[str, str]]:
    return [(key, translated(str(inner))) for key, inner in _mapping(value).items() if inner is not None]


def _mapping(value: "Json") -> "JsonObject":
    return value if isinstance(value, Mapping) else {}
