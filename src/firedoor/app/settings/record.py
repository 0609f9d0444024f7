"""The entries `record` and `retention` of the settings: who may read, and how long recordings are kept."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from firedoor.app.settings.yaml import Place, Problem, suggestion
from firedoor.edges.store.journal.room import Marks
from firedoor.model.custody import Custody
from firedoor.model.retention import KEEP, Retention
from firedoor.operations.durations import duration_us

S3 = "s3://"
Mebibytes = Annotated[int, Field(ge=0, le=1 << 24)]
_USUAL = Marks()
ROOM = _USUAL.stop >> 20
"""MiB of free room on its disk, below which no call begins."""


class RecordKeys(BaseModel):
    """The entry `record`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    mode: Literal["local", "view", "sealed"] = "local"
    copies: str | None = None
    checkpoint_copy: str | None = None
    room: Mebibytes = ROOM


class RetentionKeys(BaseModel):
    """The entry `retention`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    default: str = KEEP
    control: str = KEEP
    upstreams: dict[str, str] = {}


def custody_of(keys: RecordKeys) -> Custody:
    """Who may read, as the gateway has it."""
    return Custody(keys.mode)


def marks_of(keys: RecordKeys) -> Marks:
    """When the disk has too little room, as the journal has it. The other marks move with the one written."""
    alert, sessions = (mark * keys.room // ROOM for mark in (_USUAL.alert, _USUAL.sessions))
    return Marks(alert=alert, sessions=sessions, stop=keys.room << 20)


def copies_of(keys: RecordKeys, folder: Path) -> str | None:
    """Where copies go: an address of S3 as it is, a folder from that of the settings on."""
    if keys.copies is None or keys.copies.startswith(S3):
        return keys.copies
    return str(folder / keys.copies)


def copies_problems(keys: RecordKeys) -> Iterator[Problem]:
    """Say what is no place for copies."""
    copies = keys.copies or "."
    if (copies.startswith(S3) and not urlsplit(copies).netloc) or (
        "://" in copies and not copies.startswith(S3)
    ):
        what = '"copies" must be s3://bucket, with a folder or without, or a folder'
        yield Problem(place=("record", "copies"), what=what, hint="Write s3://evidence/gateway.")


def database_of(written: str, folder: Path) -> str:
    """`sqlite:` with a path that counts from the settings file; everything else as it is written."""
    kind, colon, path = written.partition(":")
    return f"{kind}:{folder / path}" if kind == "sqlite" and colon else written


def retention_of(keys: RetentionKeys) -> Retention:
    """How long, as the gateway has it."""
    return Retention(
        default_us=_span(keys.default),
        control_us=_span(keys.control),
        upstreams_us={name: _span(span) for name, span in keys.upstreams.items()},
    )


def retention_problems(keys: RetentionKeys, upstreams: Collection[str]) -> Iterator[Problem]:
    """Say what cannot be understood, or would have no effect."""
    spans: list[tuple[Place, str]] = [
        (("retention", "default"), keys.default),
        (("retention", "control"), keys.control),
    ]
    for name, span in keys.upstreams.items():
        place: Place = ("retention", "upstreams", name)
        spans.append((place, span))
        if name not in upstreams:
            hint = suggestion(name, sorted(upstreams)) if upstreams else "Take it out."
            yield Problem(place=place, what=f'"{name}" has no effect: it is no upstream', hint=hint)
    for place, span in spans:
        if span != KEEP and not duration_us(span):
            hint = "Write 30d, 12w, or keep."
            yield Problem(place=place, what=f'"{place[-1]}" must be a length of time', hint=hint)


def _span(text: str) -> int | None:
    return None if text == KEEP else duration_us(text)
