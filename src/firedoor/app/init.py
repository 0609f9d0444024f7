"""`firedoor init`: writes firedoor.yaml, and imports upstreams from the settings of MCP clients.

What looks like a credential goes into the encrypted key store, and `${secret:NAME}` into the file. Never
overwrites a settings file, never changes a client's file, never prints a value.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from firedoor.app.client_files import Found, find_here, read_client_file
from firedoor.app.init_kinds import kind_of
from firedoor.app.init_text import Moved, names_of, settings_text
from firedoor.model.errors import SettingsError

DATA_DIR = "firedoor-data"


class Secrets(Protocol):
    """Where credentials go."""

    def set(self, name: str, value: str) -> None:
        """Keep one."""
        ...

    def names(self) -> tuple[str, ...]:
        """List the names that are taken."""
        ...


def initialise(target: Path, sources: Sequence[Path]) -> Iterator[str]:
    """Write a settings file, and say line by line what was done.

    Raises:
        SettingsError: there is one already, or a source cannot be read.
    """
    if target.exists():
        hint = "Nothing was changed. Move it away, or write another with -c FILE."
        raise SettingsError("settings_exist", f"There is a settings file {target} already.", hint)
    read = [upstream for source in sources for upstream in _read(source)]
    found = [upstream for upstream in read if not upstream.is_off]
    text, moved = settings_text(found, _taken(target))
    if moved:
        _keep(target, moved)
    _write(target, text)
    yield f"Wrote {target}."
    for upstream, name in zip(found, names_of(found), strict=True):
        called = "" if upstream.name == name else f", as {name}"
        yield f"Imported {upstream.name} from {upstream.source}{called}."
        if (known := kind_of(upstream)) is not None:
            does = "speaks SQL" if known.kind == "sql" else "runs commands"
            yield f"  {known.because} {does}: its tools are guarded as {', '.join(known.settings)}."
    for upstream in read:
        if upstream.is_off:
            yield f"Left out {upstream.name}: it is switched off in {upstream.source}."
    for secret in moved:
        yield f"Moved {secret.what} into the key store, as {secret.name}."
    yield from _next(target, has_upstreams=bool(found), is_default=target.name == "firedoor.yaml")


def _read(source: Path) -> list[Found]:
    if source.is_dir():
        files = find_here(source)
        if not files:
            hint = "Name the file itself: --from .mcp.json"
            raise SettingsError("client_file_missing", f"{source}: no settings of an MCP client", hint)
        return [upstream for file in files for upstream in read_client_file(file)]
    return read_client_file(source)


def _secrets(target: Path) -> Secrets:
    from firedoor.edges.keys.secrets import SecretStore

    data_dir = target.absolute().parent / DATA_DIR
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SecretStore(data_dir)


def _taken(target: Path) -> frozenset[str]:
    folder = target.absolute().parent / DATA_DIR / "secrets"
    return frozenset(_secrets(target).names()) if folder.is_dir() else frozenset()


def _keep(target: Path, moved: Sequence[Moved]) -> None:
    secrets = _secrets(target)
    for secret in moved:
        secrets.set(secret.name, secret.value)


def _write(target: Path, text: str) -> None:
    try:
        # Made new or not at all, whatever came there meanwhile.
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise SettingsError("settings_unwritable", f"{target}: cannot be made: {error.strerror}") from None
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 the descriptor is open
        file.write(text)


def _next(target: Path, *, has_upstreams: bool, is_default: bool) -> Iterator[str]:
    option = "" if is_default else f" -c {target}"
    yield ""
    yield "Next:"
    if not has_upstreams:
        yield f"  name an upstream in {target}"
    yield "  allow what agents may call: an upstream's `default: allow`, or a policy (docs/howto/policy.md)"
    yield f"  firedoor doctor{option}"
    yield f"  firedoor serve{option}"
    yield f"  firedoor token create{option} --principal NAME --agent AGENT"
    yield "  point the client at http://127.0.0.1:8484/mcp/<upstream>, and take the old entry out of its file"
