"""Arithmetic of findings in one text. Pure."""

from operator import itemgetter

from firedoor.core.mask.detectors.scanner import Span


def apart(spans: list[Span]) -> list[Span]:
    """Spans in order, apart from each other. What overlaps becomes one, of the kind of the longest."""
    joined: list[Span] = []
    widest = 0
    reach = 0
    for span in sorted(spans, key=_START):
        start, end, kind = span
        if start >= reach or not joined:
            joined.append(span)
            widest, reach = end - start, end
            continue
        last = joined[-1]
        if end - start > widest:
            widest = end - start
        else:
            kind = last.kind
        reach = max(reach, end)
        joined[-1] = Span(last.start, reach, kind)
    return joined


_START = itemgetter(0)
"""Where a span starts."""
