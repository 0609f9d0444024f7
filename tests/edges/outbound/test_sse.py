"""Event streams, however the network cuts them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.edges.outbound.sse import SseDecoder, SseEvent
from firedoor.model.errors import UpstreamError


def decode(*chunks: bytes) -> list[SseEvent]:
    decoder = SseDecoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


@pytest.mark.parametrize(
    ("text", "events"),
    [
        (b"data: a\n\n", [SseEvent(b"a")]),
        (b"data:a\r\rdata: b\r\n\r\n", [SseEvent(b"a"), SseEvent(b"b")]),
        (b"data: a\ndata:  b\ndata\n\n", [SseEvent(b"a\n b\n")]),
        (b"\xef\xbb\xbfdata: a\n\n", [SseEvent(b"a")]),
        (b": comment\n\ndata: a\n\n", [SseEvent(b"a")]),
        (b"id: 7\ndata:\n\n", [SseEvent(b"", id="7")]),
        (b"id: 7\n\n", [SseEvent(b"", id="7")]),
        (b"id: a\0b\ndata: x\n\n", [SseEvent(b"x")]),
        (b"retry: 100\n\nretry: soon\n\n", [SseEvent(b"", retry_ms=100)]),
        (b"event: endpoint\ndata: /m\n\ndata: a\n\n", [SseEvent(b"/m", "endpoint"), SseEvent(b"a")]),
        (b"event: ping\n\n", []),
        (b"unknown: x\ndata: a\n", []),
    ],
)
def test_an_event_is_what_the_standard_says(text: bytes, events: list[SseEvent]) -> None:
    assert decode(text) == events


LINE = st.sampled_from(
    [b"data: x", b"data:", b"data: \xc3\xa9", b"id: 1", b"event: e", b"retry: 5", b": c", b"", b"", b"data"]
)
END = st.sampled_from([b"\n", b"\r", b"\r\n"])


@given(
    lines=st.lists(st.tuples(LINE, END), max_size=30),
    cuts=st.lists(st.integers(0, 400), max_size=20),
    has_bom=st.booleans(),
)
def test_where_the_chunks_end_changes_nothing(
    lines: list[tuple[bytes, bytes]], cuts: list[int], has_bom: bool
) -> None:
    text = b"\xef\xbb\xbf" * has_bom + b"".join(line + end for line, end in lines)
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    chunks = [text[a:b] for a, b in pairwise(places)]
    assert decode(*chunks) == decode(text) == decode(*(bytes([byte]) for byte in text))


@pytest.mark.parametrize(
    "chunks",
    [
        [b"data: " + b"x" * 200],
        [b"data: ", *[b"x" * 10] * 20],
        [b"data: xxxxxxxxxx\n"] * 20,
        [b"data\n"] * 20,
        [b"event: " + b"x" * 200],
    ],
)
def test_an_endless_event_is_too_large(chunks: list[bytes]) -> None:
    decoder = SseDecoder(limit=100)
    with pytest.raises(UpstreamError) as caught:
        for chunk in chunks:
            decoder.feed(chunk)
    assert caught.value.code == "upstream_too_large"


def test_the_limit_is_of_one_event_and_counts_a_cut_line_once() -> None:
    decoder = SseDecoder(limit=100)
    events = []
    for _ in range(10):
        for chunk in (b"data: " + b"x" * 34, b"x" * 34, b"\n\n"):
            events += decoder.feed(chunk)
    assert events == [SseEvent(b"x" * 68)] * 10


def test_what_is_not_utf8_is_refused_where_it_would_be_text() -> None:
    with pytest.raises(UpstreamError, match="UTF-8"):
        decode(b"id: \xff\n\n")
