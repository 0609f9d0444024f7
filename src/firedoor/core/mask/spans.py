"""Arithmetic of findings in one text. Pure."""

from operator import itemgetter

from firedoor.core.mask.detectors.scanner import Span


def apart(spans: list[Span]) -> list[Span]:
    """Spans in order, apart from each other. What overlaps becomes one, of the kind of the longest."""
    joined: list[Span] = []
    last: Span | None = None
    reach = widest = -1
    for span in sorted(spans, key=_START):
        start, end, kind = span
        if last is None or start >= reach:
            last, reach, widest = span, end, end - start
            joined.append(span)  # most stand alone, and stay what they are
            continue
        of = last.kind
        if end - start > widest:
            widest, of = end - start, kind
        reach = max(reach, end)
        last = joined[-1] = Span(last.start, reach, of)
    return joined


_START = itemgetter(0)
"""Where a span starts."""
