"""Turns the bouts into ratios. Absolute times go to the results file only: they are this machine's."""

from __future__ import annotations

import dataclasses
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bout import Bout, Cell
    from load import Tally

REFERENCE = "nginx"
_SATURATED = 0.9
_FEW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A contestant in one cell, over all repetitions."""

    name: str
    cpu_us: float | None
    """Of the best repetition: others on the machine can only add to it."""
    cpu_us_median: float | None
    rate: float
    p50_ms: float | None
    p99_ms: float | None
    pss_mib: float
    errors: int
    first_error: str
    load_busy: float
    calls_per_connection: float
    """In the shortest repetition: with few, the calls cut by its ends weigh on the figures."""


def row(name: str, bouts: list[Bout], cell: Cell) -> Row:
    """Fold the repetitions: the best of each figure, the sum of the errors."""
    tallies = [bout.tallies[cell] for bout in bouts]
    answered = [tally for tally in tallies if tally.calls]
    costs = [tally.cpu_us for tally in answered if tally.cpu_us is not None]
    return Row(
        name=name,
        cpu_us=min(costs, default=None),
        cpu_us_median=statistics.median(costs) if costs else None,
        rate=max(tally.calls / tally.seconds for tally in tallies),
        p50_ms=min((tally.p50_ms for tally in answered), default=None),
        p99_ms=min((tally.p99_ms for tally in answered), default=None),
        pss_mib=statistics.median(bout.pss_mib for bout in bouts),
        errors=sum(tally.errors for tally in tallies),
        first_error=next((tally.first_error for tally in tallies if tally.first_error), ""),
        load_busy=max(tally.load_busy for tally in tallies),
        calls_per_connection=min(tally.calls for tally in tallies) / cell.connections,
    )


def _ratio(value: float | None, reference: float | None) -> str:
    if value is None or not reference:
        return "-"
    ratio = value / reference
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2f}"


def _of(rows: Iterable[Row], name: str, read: Callable[[Row], float | None]) -> float | None:
    return next((read(row) for row in rows if row.name == name), None)


def cheapest(rows: Iterable[Row], peers: set[str]) -> Row | None:
    """Give the peer with the least CPU per call."""
    costly = [row for row in rows if row.name in peers and row.cpu_us]
    return min(costly, key=lambda row: row.cpu_us or 0.0, default=None)


def cell_lines(cell: Cell, rows: list[Row], peers: set[str]) -> list[str]:
    """One table: ratios to nginx, CPU also to the cheapest peer."""
    best_peer = cheapest(rows, peers)
    heads = ["", "CPU/nginx", "CPU/peer", "calls/s", "p50", "p99", "PSS MiB", "errors"]
    lines = [
        f"### {cell}: ratios to {REFERENCE}; CPU/peer: to {best_peer.name if best_peer else 'no peer'}",
        "",
        "| " + " | ".join(heads) + " |",
        "|---|" + "---:|" * (len(heads) - 1),
    ]
    for one in rows:
        cells = [
            one.name,
            _ratio(one.cpu_us, _of(rows, REFERENCE, lambda row: row.cpu_us)),
            _ratio(one.cpu_us, best_peer.cpu_us if best_peer else None),
            _ratio(one.rate, _of(rows, REFERENCE, lambda row: row.rate)),
            _ratio(one.p50_ms, _of(rows, REFERENCE, lambda row: row.p50_ms)),
            _ratio(one.p99_ms, _of(rows, REFERENCE, lambda row: row.p99_ms)),
            f"{one.pss_mib:.0f}" if one.pss_mib else "-",
            str(one.errors),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, "", *_remarks(rows)]


def _remarks(rows: list[Row]) -> list[str]:
    said = [
        f"{row.name}: {row.errors} errors, the first: {row.first_error[:200]}" for row in rows if row.errors
    ]
    busy = [row.name for row in rows if row.load_busy > _SATURATED]
    if busy:
        said.append(f"The load was the limit, so calls/s is a lower bound: {', '.join(busy)}.")
    few = [row.name for row in rows if row.calls_per_connection < _FEW]
    if few:
        said.append(
            f"Fewer than {_FEW} calls a connection, so only the order of magnitude holds: {', '.join(few)}."
        )
    return [*said, ""] if said else []


def as_json(fought: Mapping[str, list[Bout]]) -> dict[str, object]:
    """Everything measured, absolute."""

    def tally(found: Tally) -> dict[str, object]:
        return dataclasses.asdict(found)

    return {
        name: [
            {
                "pss_mib": bout.pss_mib,
                "cells": {str(cell): tally(found) for cell, found in bout.tallies.items()},
            }
            for bout in bouts
        ]
        for name, bouts in fought.items()
    }
