"""Plans which recordings are to be deleted. Deletes nothing; whatever is in doubt is kept.

Deleting evidence too early cannot be undone, keeping it too long can: a session of which it is not known
through which upstream it went is kept as long as the longest rule says, and one that may still go on is kept.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from firedoor.model.ids import SessionId
from firedoor.model.retention import LegalHold, Retention

MAY_GO_ON_US = 24 * 3_600_000_000
"""A session without an end may still go on so long after its last entry. Sessions end after 12 hours."""


class Fate(StrEnum):
    """What is to become of a recording."""

    KEEP = "keep"
    HOLD = "hold"
    """Its time is over, and a legal hold keeps it."""
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A recording, as far as can be told."""

    session: SessionId
    last_at_us: int
    frames: int
    is_closed: bool
    upstream: str | None = None
    is_control: bool = False
    is_known: bool = True
    """Whether upstream and control could be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is to become of one recording, and why."""

    session: SessionId
    fate: Fate
    upstream: str | None
    due_at_us: int | None
    """When its time is over; None: never."""
    rule: str
    frames: int
    holds: tuple[LegalHold, ...] = ()


def plan_retention(
    stored: Iterable[Stored],
    retention: Retention,
    holds: Mapping[SessionId, Sequence[LegalHold]],
    *,
    now_us: int,
    live: Collection[SessionId] = (),
) -> tuple[Planned, ...]:
    """Plan for each recording, the first that is due at first. `live`: sessions that go on for certain."""
    plans = [_plan(each, retention, tuple(holds.get(each.session, ())), now_us, live) for each in stored]
    return tuple(sorted(plans, key=lambda plan: (plan.due_at_us is None, plan.due_at_us or 0, plan.session)))


def shortest_us(retention: Retention) -> int | None:
    """Give the shortest time that anything is kept; None if everything is kept for ever."""
    spans = [span for span in _spans(retention) if span is not None]
    return min(spans, default=None)


def _plan(
    one: Stored,
    retention: Retention,
    holds: tuple[LegalHold, ...],
    now_us: int,
    live: Collection[SessionId],
) -> Planned:
    rule, span_us = _rule(one, retention)
    ended_us = one.last_at_us if one.is_closed else one.last_at_us + MAY_GO_ON_US
    due_at_us = None if span_us is None else ended_us + span_us
    fate = Fate.KEEP
    if due_at_us is not None and due_at_us <= now_us and one.session not in live:
        fate = Fate.HOLD if holds else Fate.DELETE
    return Planned(
        session=one.session,
        fate=fate,
        upstream=one.upstream,
        due_at_us=due_at_us,
        rule=rule,
        frames=one.frames,
        holds=holds,
    )


def _rule(one: Stored, retention: Retention) -> tuple[str, int | None]:
    if not one.is_known:
        spans = _spans(retention)
        return "longest", None if None in spans else max(span for span in spans if span is not None)
    if one.is_control:
        return "control", retention.control_us
    if one.upstream in retention.upstreams_us:
        return f"upstream {one.upstream}", retention.for_upstream(one.upstream)
    return "default", retention.default_us


def _spans(retention: Retention) -> list[int | None]:
    return [retention.default_us, retention.control_us, *retention.upstreams_us.values()]
