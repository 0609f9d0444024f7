"""firedoor.yaml: its keys, and the way from the file to settings that can be used.

A typo, an unknown or duplicate key, a wrong type, or a value that would have no effect is refused with
`file:line` and a suggestion: a setting that silently does nothing is a hole. Never starts anything, and
never shows a resolved value.
"""

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from firedoor.app.settings.approvals import ApprovalKeys, approval_problems, approvals_of
from firedoor.app.settings.mask import MaskKeys, mask_problems, masked_by, profiles_of
from firedoor.app.settings.pin import unpinned_of, unpinned_problems
from firedoor.app.settings.record import (
    RecordKeys,
    RetentionKeys,
    copies_of,
    copies_problems,
    custody_of,
    database_of,
    marks_of,
    retention_of,
    retention_problems,
)
from firedoor.app.settings.references import (
    BadReferenceError,
    Reference,
    Resolve,
    fill,
    from_environment_and_keys,
    has_reference,
)
from firedoor.app.settings.resolved import LimitSettings, Settings, UpstreamSettings
from firedoor.app.settings.yaml import Place, Plain, Problem, YamlFile, parse, read_yaml, suggestion
from firedoor.core.decide.sql.dialects import DIALECTS, known_dialect
from firedoor.model.definition import PinMode
from firedoor.model.upstream import Transport, Upstream
from firedoor.model.verdict import Effect

CODE = "settings_invalid"

LATER = {
    "identity": "Log-in of people comes in a later release. Take the key out: use `firedoor token create`.",
    "sinks": "Events come in a later release. Take the key out: nothing is sent anywhere.",
}

# What may hold a reference. Elsewhere `${` would be taken literally, which nobody means.
_REFERENCES_IN_UPSTREAM = {"command", "args", "env", "cwd", "url", "headers"}

_REFERENCES_IN_APPROVALS = {"url", "secret", "signing_secret"}

_UPSTREAM_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2
_VARIABLE_NAME = re.compile(r"[^=\0]+")
# The gateway makes these itself (research: header handling toward the upstream); a value would be lost.
_OWN_HEADERS = {"host", "content-length", "content-type", "accept", "connection", "transfer-encoding"}

Verdict = Literal["allow", "deny"]
Byte = Annotated[int, Field(ge=1024, le=1024 * 1024 * 1024)]


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class UpstreamKeys(_Keys):
    """An entry of `upstreams`: the keys of a client's mcpServers block, and what the gateway adds."""

    command: str | None = None
    args: list[str] = []
    env: dict[str, str] = {}
    cwd: str | None = None
    url: str | None = None
    headers: dict[str, str] = {}
    transport: Literal["auto", "streamable-http", "sse"] = "auto"
    kind: Literal["sql", "shell", "http", "none"] = "none"
    dialect: str | None = None
    default: Verdict = "deny"
    mode: Literal["enforce", "observe"] = "enforce"
    sampling: Verdict = "deny"
    roots: Verdict = "deny"
    elicitation: Verdict = "allow"
    mask: str | None = None
    record: Literal["strict", "best_effort"] = "strict"
    pin: Literal["accept-first", "require"] = "accept-first"
    unpinned: dict[str, list[str]] = {}


class LimitKeys(_Keys):
    """The entry `limits`."""

    body_bytes: Byte = 4 * 1024 * 1024
    answer_bytes: Byte = 16 * 1024 * 1024
    concurrent_calls_per_grant: Annotated[int, Field(ge=1, le=100_000)] = 256


class FileKeys(_Keys):
    """firedoor.yaml as it is written."""

    listen: str = "127.0.0.1:8484"
    public_url: str | None = None
    allowed_hosts: list[str] = []
    allowed_origins: list[str] = []
    data_dir: str = "./firedoor-data"
    lock_dir: str | None = None
    database: str = "sqlite"
    upstreams: dict[str, UpstreamKeys]
    policies: list[str] = []
    limits: LimitKeys = LimitKeys()
    mask: MaskKeys = MaskKeys()
    record: RecordKeys = RecordKeys()
    retention: RetentionKeys = RetentionKeys()
    approvals: ApprovalKeys = ApprovalKeys()


def load(
    path: Path, resolve: Resolve = from_environment_and_keys, *, is_for_upstreams: bool = True
) -> Settings:
    """Read and check a settings file.

    `is_for_upstreams` False leaves the references of upstreams as they are written: whoever only looks
    at the record needs no credential of an upstream.

    Raises:
        SettingsError: it cannot be used; the message names every problem with `file:line`.
    """
    file = read_yaml(path, CODE)
    keys = parse(file, FileKeys, LATER)
    problems = [*_file_problems(keys), *_stray_references(file.content)]
    problems += mask_problems(keys.mask, {name: entry.mask for name, entry in keys.upstreams.items()})
    problems += [each for name, entry in keys.upstreams.items() for each in _upstream_problems(name, entry)]
    if problems:
        raise file.error(problems)
    folder = path.absolute().parent
    filling = _Filling(file, resolve, folder / keys.data_dir, is_for_upstreams=is_for_upstreams)
    host, port = _address(keys.listen) or ("", 0)
    settings = Settings(
        path=path.absolute(),
        host=host,
        port=port,
        public_url=(keys.public_url or f"http://{keys.listen}").rstrip("/"),
        allowed_hosts=tuple(keys.allowed_hosts),
        allowed_origins=tuple(keys.allowed_origins),
        data_dir=folder / keys.data_dir,
        lock_dir=folder / (keys.lock_dir if keys.lock_dir is not None else f"{keys.data_dir}/locks"),
        database=database_of(filling.text(keys.database, ("database",)), folder),
        upstreams=tuple(
            masked_by(filling.upstream(name, entry, folder), entry.mask, keys.mask)
            for name, entry in keys.upstreams.items()
        ),
        masks=profiles_of(keys.mask, longest=max(keys.limits.body_bytes, keys.limits.answer_bytes)),
        policies=tuple(folder / policy for policy in keys.policies),
        limits=LimitSettings(**keys.limits.model_dump()),
        custody=custody_of(keys.record),
        marks=marks_of(keys.record),
        checkpoint_copy=None if keys.record.checkpoint_copy is None else folder / keys.record.checkpoint_copy,
        copies=copies_of(keys.record, folder),
        retention=retention_of(keys.retention),
        approvals=approvals_of(keys.approvals, filling.text),
    )
    filling.finish()
    return settings


class _Filling:
    """Puts the values of references in place, and gathers those that have none."""

    def __init__(self, file: YamlFile, resolve: Resolve, data_dir: Path, *, is_for_upstreams: bool) -> None:
        self._file = file
        self._is_for_upstreams = is_for_upstreams
        self._resolve = resolve
        self._data_dir = data_dir
        self._problems: list[Problem] = []

    def _find(self, reference: Reference) -> str | None:
        return self._resolve(reference, self._data_dir)

    def text(self, text: str, place: Place) -> str:
        if place[0] in {"upstreams", "approvals"} and not self._is_for_upstreams:
            return text
        try:
            return fill(text, self._find)
        except BadReferenceError as error:
            self._problems.append(Problem(place=place, what=str(error), hint=error.hint))
            return ""

    def upstream(self, name: str, entry: UpstreamKeys, folder: Path) -> UpstreamSettings:
        place: Place = ("upstreams", name)
        transport = "stdio" if entry.command is not None else entry.transport
        url = self.text(entry.url, (*place, "url")) if entry.url is not None else None
        if url and self._is_for_upstreams and (fault := _url_fault(url, {"http", "https"})):
            self._problems.append(Problem(place=(*place, "url"), what=f'"url" {fault}'))
        return UpstreamSettings(
            upstream=Upstream(
                name=name,
                transport=Transport.STREAMABLE_HTTP if transport == "auto" else Transport(transport),
                kind=entry.kind,
                dialect=known_dialect(entry.dialect or "") or "",
                is_observed=entry.mode == "observe",
                default=Effect(entry.default),
                may_sample=entry.sampling == "allow",
                may_list_roots=entry.roots == "allow",
                may_elicit=entry.elicitation == "allow",
                may_go_unrecorded=entry.record == "best_effort",
                pin=PinMode(entry.pin),
                unpinned=unpinned_of(entry.unpinned),
            ),
            transport=transport,
            command=self.text(entry.command, (*place, "command")) if entry.command is not None else None,
            args=tuple(self.text(arg, (*place, "args", i)) for i, arg in enumerate(entry.args)),
            env=self._pairs(entry.env, (*place, "env")),
            cwd=folder / self.text(entry.cwd or "", (*place, "cwd")) if entry.command is not None else None,
            url=url,
            headers=self._pairs(entry.headers, (*place, "headers")),
            kind=entry.kind,
            dialect=entry.dialect,
        )

    def _pairs(self, written: dict[str, str], place: Place) -> tuple[tuple[str, str], ...]:
        pairs = tuple((name, self.text(value, (*place, name))) for name, value in written.items())
        for name, value in pairs:
            # A line break would let a value add headers or variables of its own.
            if "\0" in value or (place[-1] == "headers" and ("\r" in value or "\n" in value)):
                what = f'the value of "{name}" holds a character that cannot be sent'
                self._problems.append(Problem(place=(*place, name), what=what))
        return pairs

    def finish(self) -> None:
        """Refuse the file if anything was missing."""
        if self._problems:
            raise self._file.error(self._problems)


def _file_problems(keys: FileKeys) -> Iterator[Problem]:
    yield from _address_problems(keys)
    for index, origin in enumerate(keys.allowed_origins):
        if _url_fault(origin, {"http", "https"}) or urlsplit(origin).path:
            hint = "Write scheme and host alone: https://app.example.com"
            yield Problem(place=("allowed_origins", index), what="not an origin", hint=hint)
    for index, host in enumerate(keys.allowed_hosts):
        if not host or "/" in host or "*" in host:
            hint = "Write the value of the Host header: gateway.example.com:8484"
            yield Problem(place=("allowed_hosts", index), what="not a host", hint=hint)
    if not re.match(r"sqlite(:(?!//).|$)|postgresql://|\$\{", keys.database):
        hint = "Write sqlite, sqlite: and a file, or postgresql://user@host/name."
        yield Problem(place=("database",), what='"database" is not one that Firedoor knows', hint=hint)
    yield from retention_problems(keys.retention, keys.upstreams)
    yield from copies_problems(keys.record)
    yield from approval_problems(keys.approvals)
    if not keys.upstreams:
        yield Problem(place=("upstreams",), what='"upstreams" is empty', hint="Name at least one.")


def _address_problems(keys: FileKeys) -> Iterator[Problem]:
    address = _address(keys.listen)
    if address is None:
        hint = "Write 127.0.0.1:8484 or [::1]:8484."
        yield Problem(place=("listen",), what='"listen" must be an address and a port', hint=hint)
    elif keys.public_url is None and _is_every_address(address[0]):
        what = '"public_url" is needed when "listen" is every address of the machine'
        yield Problem(place=("listen",), what=what, hint="Write the address that clients use.")
    if keys.public_url is None:
        return
    if fault := _url_fault(keys.public_url, {"http", "https"}):
        yield Problem(place=("public_url",), what=f'"public_url" {fault}')
    elif urlsplit(keys.public_url).path not in {"", "/"}:
        yield Problem(place=("public_url",), what='"public_url" must have no path')


def _upstream_problems(name: str, entry: UpstreamKeys) -> Iterator[Problem]:
    place: Place = ("upstreams", name)
    if not _UPSTREAM_NAME.fullmatch(name):
        what = f'"{name}" cannot be the name of an upstream'
        hint = "It is part of an address: lower-case letters, digits, - and _, at most 63."
        yield Problem(place=place, what=what, hint=hint)
    if entry.command is None and entry.url is None:
        yield Problem(place=place, what=f'upstream "{name}" has no way to it', hint='Add "command" or "url".')
    elif entry.command is not None and entry.url is not None:
        what = f'upstream "{name}" has both "command" and "url"'
        yield Problem(place=(*place, "url"), what=what, hint="Take one out.")
    else:
        own, other = (
            (("headers", "transport"), "url")
            if entry.command is not None
            else (("args", "env", "cwd"), "command")
        )
        for key in own:
            if key in entry.model_fields_set:
                what = f'"{key}" has no effect without "{other}"'
                yield Problem(place=(*place, key), what=what, hint="Take it out.")
    if entry.command == "":
        yield Problem(place=(*place, "command"), what='"command" is empty')
    yield from _pair_problems(entry, place)
    yield from unpinned_problems(entry.unpinned, place)
    yield from _kind_problems(entry, place)


def _kind_problems(entry: UpstreamKeys, place: Place) -> Iterator[Problem]:
    if entry.dialect is not None and entry.kind != "sql":
        what = '"dialect" has no effect without "kind: sql"'
        yield Problem(place=(*place, "dialect"), what=what, hint="Add it, or take this out.")
    elif entry.kind == "sql" and entry.dialect is None:
        what = '"kind: sql" needs a "dialect"'
        yield Problem(place=(*place, "kind"), what=what, hint=f"One of: {', '.join(DIALECTS)}.")
    elif entry.dialect is not None and known_dialect(entry.dialect) is None:
        what = f'"{entry.dialect}" is no dialect that is understood'
        hint = suggestion(entry.dialect, DIALECTS)
        yield Problem(place=(*place, "dialect"), what=what, hint=hint)


def _pair_problems(entry: UpstreamKeys, place: Place) -> Iterator[Problem]:
    for name in entry.env:
        if not _VARIABLE_NAME.fullmatch(name):
            yield Problem(place=(*place, "env", name), what="not the name of an environment variable")
    seen: set[str] = set()
    for name in entry.headers:
        at = (*place, "headers", name)
        lower = name.lower()
        if not _HEADER_NAME.fullmatch(name):
            yield Problem(place=at, what="not the name of a header")
        elif lower in _OWN_HEADERS or lower.startswith("mcp-"):
            what = f'"{name}" has no effect: the gateway makes it itself'
            yield Problem(place=at, what=what, hint="Take it out.")
        elif lower in seen:
            yield Problem(place=at, what=f'duplicate header "{name}"')
        seen.add(lower)


def _stray_references(content: Plain, place: Place = ()) -> Iterator[Problem]:
    if isinstance(content, str):
        if has_reference(content) and not _may_refer(place):
            what = (
                f'"{place[-1]}" takes no reference'
                if place and isinstance(place[-1], str)
                else "takes no reference"
            )
            yield Problem(place=place, what=what, hint="Write the value itself.")
    elif isinstance(content, list):
        for index, item in enumerate(content):
            yield from _stray_references(item, (*place, index))
    elif isinstance(content, dict):
        for key, value in content.items():
            yield from _stray_references(value, (*place, key))


def _may_refer(place: Place) -> bool:
    if place == ("database",) or (place[:1] == ("approvals",) and place[-1] in _REFERENCES_IN_APPROVALS):
        return True
    return len(place) > 2 and place[0] == "upstreams" and place[2] in _REFERENCES_IN_UPSTREAM  # noqa: PLR2004 a depth


def _address(listen: str) -> tuple[str, int] | None:
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004 RFC 9293
        return None
    if host.startswith("[") and host.endswith("]"):
        return host[1:-1], int(port)
    return (host, int(port)) if host and ":" not in host else None


def _is_every_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _url_fault(url: str, schemes: set[str]) -> str:
    """Say what is wrong with an address, or nothing. Shows no part of it: it may hold a credential."""
    if any(ord(character) <= ord(" ") for character in url):
        return "holds a blank"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in schemes or not parts.hostname:
        return f"must begin with {' or '.join(sorted(f'{scheme}://' for scheme in schemes))}"
    return "must have no fragment" if parts.fragment else ""
