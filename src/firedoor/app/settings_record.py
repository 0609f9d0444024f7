"""The entries `record` and `retention` of the settings: who may read, and how long recordings are kept."""

from collections.abc import Collection, Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict

from firedoor.app.settings_yaml import Place, Problem
from firedoor.model.custody import Custody
from firedoor.model.retention import KEEP, Retention
from firedoor.operations.durations import duration_us


class RecordKeys(BaseModel):
    """The entry `record`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    mode: Literal["local", "view", "sealed"] = "local"
    checkpoint_copy: str | None = None


class RetentionKeys(BaseModel):
    """The entry `retention`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    default: str = KEEP
    control: str = KEEP
    upstreams: dict[str, str] = {}


def custody_of(keys: RecordKeys) -> Custody:
    """Who may read, as the gateway has it."""
    return Custody(keys.mode)


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
            yield Problem(place=place, what=f'"{name}" has no effect: it is no upstream', hint="Take it out.")
    for place, span in spans:
        if span != KEEP and not duration_us(span):
            hint = "Write 30d, 12w, or keep."
            yield Problem(place=place, what=f'"{place[-1]}" must be a length of time', hint=hint)


def _span(text: str) -> int | None:
    return None if text == KEEP else duration_us(text)
