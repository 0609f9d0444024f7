"""Arithmetic of findings in one text. Pure."""

from operator import itemgetter

from firedoor.core.mask.detectors.scanner import Span


def apart(spans: list[Span]) -> list[Span]:
    """Spans in order, apart from each other. What overlaps becomes one, of the kind of the longest."""
    joined: list[Span] = []
    first = widest = reach = -1
    of = ""
    for start, end, kind in sorted(spans, key=_START):
        if start >= reach:
            if reach >= 0:
                joined.append(Span(first, reach, of))
            first, reach, widest, of = start, end, end - start, kind
            continue
        if end - start > widest:
            widest, of = end - start, kind
        reach = max(reach, end)
    if reach >= 0:
        joined.append(Span(first, reach, of))
    return joined


_START = itemgetter(0)
"""Where a span starts."""
