"""The entry `mask` of firedoor.yaml: which profile an upstream has, and what each says."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from firedoor.app.settings.resolved import UpstreamSettings
from firedoor.app.settings.yaml import Place, Problem, suggestion
from firedoor.model.mask import TEXT_BYTES, Action, CustomDetector, Kind, MaskProfile

ON = "on"
"""The profile that is there without being written: every kind but the operational ones, as tokens."""
OFF = "off"
_KIND = r"[a-z][a-z0-9_]{1,31}"
_ACTIONS = Literal["token", "reversible", "partial", "hash", "drop", "withhold", "note", "off"]


def _kind(name: str) -> str:
    if not re.fullmatch(_KIND, name):
        raise ValueError(f'"{name}" is no kind: 2 to 32 lower-case letters, digits and _, a letter first')
    return name


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class CustomKeys(_Keys):
    """A detector of the operator's own."""

    kind: Annotated[str, AfterValidator(_kind)]
    pattern: str = ""
    sample: str = ""
    fields: list[str] = []
    paths: list[str] = []
    action: _ACTIONS = "token"


class ProfileKeys(_Keys):
    """What one profile does otherwise than the default."""

    kinds: dict[str, _ACTIONS] = {}
    custom: list[CustomKeys] = []
    reveal_to: list[str] = []
    findings: Annotated[int, Field(ge=1, le=10_000_000)] = 20_000


class MaskKeys(_Keys):
    """The entry `mask`."""

    default: str = ON
    profiles: dict[str, ProfileKeys] = {}


def mask_problems(mask: MaskKeys, upstreams: Mapping[str, str | None]) -> Iterator[Problem]:
    """What is wrong in `mask`, or in the `mask` of an upstream, by name."""
    known = {ON, OFF, *mask.profiles}
    if mask.default not in known:
        yield Problem(
            place=("mask", "default"),
            what=f'there is no profile "{mask.default}"',
            hint=suggestion(mask.default, sorted(known)),
        )
    for upstream, name in upstreams.items():
        if name is not None and name not in known:
            place: Place = ("upstreams", upstream, "mask")
            yield Problem(
                place=place, what=f'there is no profile "{name}"', hint=suggestion(name, sorted(known))
            )
    for name, profile in mask.profiles.items():
        place = ("mask", "profiles", name)
        if name == OFF:
            yield Problem(place=place, what='"off" cannot be the name of a profile', hint="Choose another.")
        yield from _profile_problems(profile, place)


def _profile_problems(profile: ProfileKeys, place: Place) -> Iterator[Problem]:
    kinds = {kind.value for kind in Kind} | {own.kind for own in profile.custom}
    for kind in profile.kinds:
        if kind not in kinds:
            yield Problem(
                place=(*place, "kinds", kind),
                what=f'there is no kind "{kind}"',
                hint=suggestion(kind, sorted(kinds)),
            )
    for index, own in enumerate(profile.custom):
        at: Place = (*place, "custom", index)
        if not (own.pattern or own.fields or own.paths):
            yield Problem(place=at, what="it looks for nothing", hint="Add pattern, fields or paths.")
        if bool(own.pattern) != bool(own.sample):
            hint = "At start, the pattern must find something in the sample."
            yield Problem(place=at, what='"pattern" and "sample" go together', hint=hint)
        if own.kind in {kind.value for kind in Kind}:
            yield Problem(place=(*at, "kind"), what=f'"{own.kind}" is built in', hint="Choose another name.")
    if profile.reveal_to and "reversible" not in {
        *profile.kinds.values(),
        *(own.action for own in profile.custom),
    }:
        hint = "Give a kind the action reversible, or take this out."
        yield Problem(place=(*place, "reveal_to"), what='"reveal_to" has no effect', hint=hint)


def profiles_of(mask: MaskKeys, *, longest: int = 0) -> tuple[MaskProfile, ...]:
    """Every profile that may be asked for, the one without a name included.

    `longest`: bytes of the longest message that is taken. No text is withheld for being as long as that.
    """
    written = {ON: ProfileKeys(), **mask.profiles}
    return tuple(
        MaskProfile(
            name=name,
            actions={
                **{kind: Action(action) for kind, action in keys.kinds.items()},
            },
            custom=tuple(
                _custom(own, f"mask.profiles.{name}.custom[{index}]") for index, own in enumerate(keys.custom)
            ),
            reveal_to=tuple(keys.reveal_to),
            text_bytes=max(TEXT_BYTES, longest),
            findings=keys.findings,
        )
        for name, keys in written.items()
    )


def _custom(own: CustomKeys, source: str) -> CustomDetector:
    return CustomDetector(
        kind=own.kind,
        pattern=own.pattern,
        sample=own.sample,
        fields=tuple(own.fields),
        paths=tuple(own.paths),
        action=Action(own.action),
        source=source,
    )


def masked_by(entry: UpstreamSettings, own: str | None, mask: MaskKeys) -> UpstreamSettings:
    """An upstream with its profile."""
    name = own if own is not None else mask.default
    reveals = name in mask.profiles and bool(mask.profiles[name].reveal_to)
    upstream = replace(entry.upstream, mask="" if name == OFF else name, reveals=reveals)
    return replace(entry, upstream=upstream)
