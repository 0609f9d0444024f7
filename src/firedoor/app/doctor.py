"""`firedoor doctor`: looks at everything a gateway needs, and says what is wrong. Changes nothing on purpose.

An upstream is only reached, never asked: its command must be there, its address must take a connection.
"""

import os
import shutil
import socket
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from firedoor.app.inspect import now_us, open_store
from firedoor.app.locking import standing_locks
from firedoor.app.policy.file import read_documents
from firedoor.app.policy.in_force import ground_of, policy_on
from firedoor.app.settings.file import load
from firedoor.app.settings.resolved import Settings, UpstreamSettings
from firedoor.model.entry import Layer
from firedoor.model.errors import ClientError, FiredoorError
from firedoor.model.verdict import Effect
from firedoor.operations.list_tokens import TokenState, list_tokens

CONNECT_S = 3.0
LEAST_FREE = 1024**3
"""Below it no new session is begun (docs/spec/record-format.md)."""
ALERT_FREE = 5 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What one look found."""

    what: str
    found: str
    is_well: bool = True

    @property
    def line(self) -> str:
        """The check as one line."""
        return f"{'ok  ' if self.is_well else 'FAIL'}  {self.what}: {' '.join(self.found.split())}"


def examine(path: Path) -> Iterator[Check]:
    """Check one thing after the other. Without settings there is nothing else to check."""
    try:
        settings = load(path)
    except FiredoorError as error:
        yield Check(what="settings", found=_said(error), is_well=False)
        return
    yield Check(what="settings", found=str(path))
    yield _tried("policies", lambda: _policies(settings))
    yield _addresses(settings)
    yield from _data_dir(settings)
    yield _sqlite()
    yield _tried("store and tokens", lambda: _store(settings))
    yield _tried("definitions", lambda: _definitions(settings))
    yield _tried("locks", lambda: _locks(settings))
    yield _tried("keys", lambda: _keys(settings))
    if settings.checkpoint_copy is not None:
        yield _checkpoint_copy(settings.checkpoint_copy)
    if settings.copies is not None:
        yield _copies(settings)
    for upstream in settings.upstreams:
        yield _upstream(upstream)


def _tried(what: str, look: Callable[[], str]) -> Check:
    try:
        return Check(what=what, found=look())
    except FiredoorError as error:
        return Check(what=what, found=_said(error), is_well=False)


def _said(error: FiredoorError) -> str:
    """What is wrong and what to do, in one line."""
    whole = error.message if error.message.endswith((".", "?", "!")) else f"{error.message}."
    return f"{whole} {error.hint}" if error.hint else error.message


def _policies(settings: Settings) -> str:
    policy = policy_on(ground_of(settings), read_documents(settings.policies))
    is_closed = all(upstream.upstream.default is Effect.DENY for upstream in settings.upstreams)
    if is_closed and not any(rule.effect is Effect.ALLOW for rule in policy.rules):
        return f"{len(policy.rules)} rules; nothing is allowed: every call will be denied"
    return f"{len(policy.rules)} rules, version {policy.version[:19]}"


def _addresses(settings: Settings) -> Check:
    url = urlsplit(settings.public_url)
    is_open = settings.host not in {"127.0.0.1", "::1", "localhost"}
    found = f"listen on {settings.host}:{settings.port}, clients use {settings.public_url}"
    if is_open and url.scheme == "http":
        found += "; tokens travel in clear: put a reverse proxy with TLS in front"
        return Check(what="addresses", found=found, is_well=False)
    is_local = url.hostname in {"127.0.0.1", "::1", "localhost"}
    # With https a proxy listens there: the gateway itself speaks HTTP alone.
    if url.scheme == "http" and is_local and (url.port or 80) != settings.port and not is_open:
        found += "; the ports differ, and nothing else listens for us"
        return Check(what="addresses", found=found, is_well=False)
    return Check(what="addresses", found=found)


def _data_dir(settings: Settings) -> Iterator[Check]:
    folder = settings.data_dir
    if not folder.exists():
        yield Check(what="data directory", found=f"{folder} will be made")
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        yield Check(what="data directory", found=f"{folder} cannot be written", is_well=False)
        return
    is_private = not mode & 0o077
    found = f"{folder}, mode {mode:o}" + ("" if is_private else ": others can look into it; chmod 700")
    yield Check(what="data directory", found=found, is_well=is_private)
    free = shutil.disk_usage(folder).free
    found = f"{free / 1024**3:.1f} GiB" + (", little" if LEAST_FREE <= free < ALERT_FREE else "")
    yield Check(what="free space", found=found, is_well=free >= LEAST_FREE)


def _sqlite() -> Check:
    from firedoor.edges.store.database import SOUND_SQLITE, sqlite_module

    version = str(sqlite_module().sqlite_version)
    is_sound = tuple(int(part) for part in version.split(".")) >= SOUND_SQLITE
    found = version if is_sound else f"{version} has a bug that can corrupt the database; 3.51.3 has not"
    return Check(what="sqlite", found=found, is_well=is_sound)


def _store(settings: Settings) -> str:
    with open_store(settings) as store:
        tokens = list_tokens(store.grants, (), now_us=now_us())  # Locks have a line of their own.
    active = sum(token.state is TokenState.ACTIVE for token in tokens)
    return f"{active} active" if active else "none active; make one: firedoor token create --principal NAME"


def _definitions(settings: Settings) -> str:
    names = [each.upstream.name for each in settings.upstreams]
    with open_store(settings) as store:
        known = {name: store.definitions.known(name) for name in names}
    hidden = {name: len(each.seen - each.gone - each.accepted) for name, each in known.items()}
    waiting = [f"{count} of {name} (firedoor tools diff {name})" for name, count in hidden.items() if count]
    return f"wait to be accepted: {', '.join(waiting)}" if waiting else "none waits to be accepted"


def _locks(settings: Settings) -> str:
    count = len(standing_locks(settings))
    return f"{count} in force, in {settings.lock_dir}" if count else "none in force"


def _checkpoint_copy(file: Path) -> Check:
    is_well = file.parent.is_dir() and os.access(file.parent, os.W_OK | os.X_OK)
    found = str(file) if is_well else f"{file.parent} is no folder that can be written"
    return Check(what="checkpoint copy", found=found, is_well=is_well)


def _keys(settings: Settings) -> str:
    from firedoor.edges.keys.age import KeyRing

    if not settings.data_dir.exists():
        return "will be made"
    ring = KeyRing.open(settings.data_dir, settings.custody)
    ring.require_recipients()
    names = ", ".join(recipient.name for recipient in ring.recipients)
    alone = [layer.value for layer in Layer if sum(layer in each.layers for each in ring.recipients) == 1]
    if not alone:
        return names
    lost = " and ".join(sorted(alone, reverse=True))
    return f"{names}; lost with one key: {lost}. See: firedoor keys init --offline FILE"


def _copies(settings: Settings) -> Check:
    from firedoor.app.copying import reached, state_of, told

    try:
        reached(settings)
        state = state_of(settings)
    except ClientError as error:
        return Check(what="copies", found=f"{settings.copies}, {error.message}")
    except FiredoorError as error:
        return Check(what="copies", found=_said(error), is_well=False)
    said, is_well = told(state) if state is not None else ("", True)
    return Check(what="copies", found=f"{settings.copies}: {said}", is_well=is_well)


def _upstream(upstream: UpstreamSettings) -> Check:
    what = f"upstream {upstream.upstream.name}"
    if upstream.command is not None:
        path = dict(upstream.env).get("PATH") or os.environ.get("PATH")
        command, cwd = upstream.command, upstream.cwd or Path()
        if not cwd.is_dir():
            return Check(what=what, found="its folder (cwd) is not there", is_well=False)
        found = shutil.which(str(cwd / command) if "/" in command else command, path=path)
        shown = found or f"the command {command.rpartition('/')[2]} is not found"
        return Check(what=what, found=shown, is_well=found is not None)
    return _reach(what, upstream.url or "")


def _reach(what: str, url: str) -> Check:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((host, port), timeout=CONNECT_S).close()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Check(what=what, found=f"{host}:{port} takes no connection: {reason}", is_well=False)
    return Check(what=what, found=f"{host}:{port} takes connections")
