"""A client's trace goes on as it is; without one, the call's own id makes one that anybody can find."""

import pytest

from firedoor.core.forward.trace import Trace, trace_headers, trace_of
from firedoor.model.ids import call_id
from tests.helpers.nouns import SESSION, message

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OTHER = "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-00"
CALL = call_id(SESSION, 3)


def with_meta(**meta):
    return message(params={"name": "add", "_meta": meta})


def test_the_header_of_a_client_is_recorded_and_goes_on() -> None:
    trace = trace_of(PARENT, "vendor=1", message())
    assert trace.facts() == {"traceparent": PARENT, "tracestate": "vendor=1"}
    assert trace_headers(trace, CALL) == (("traceparent", PARENT), ("tracestate", "vendor=1"))


def test_the_body_outranks_the_header() -> None:
    trace = trace_of(PARENT, "vendor=1", with_meta(traceparent=OTHER))
    assert trace_headers(trace, CALL) == (("traceparent", OTHER),)
    assert trace_of(PARENT, None, with_meta(progressToken=1)).parent == PARENT


@pytest.mark.parametrize(
    "odd",
    [
        "", "00", PARENT.upper(), PARENT + "-x", "ff" + PARENT[2:], PARENT.replace("4bf9", "zzzz"),
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01", "00-" + "a" * 32 + "-" + "0" * 16 + "-01", 7, None, {},
        PARENT + "\r\nx-evil: 1",
    ],
)  # fmt: skip
def test_what_is_no_trace_context_goes_nowhere(odd) -> None:
    for trace in (
        trace_of(odd if isinstance(odd, str) else None, "a=b", message()),
        trace_of(PARENT, "a=b", with_meta(traceparent=odd, tracestate="a=b")),
    ):
        assert trace == Trace()
        assert trace.facts() == {}


@pytest.mark.parametrize("state", ["", "a" * 513, "a=b\r\nx-evil: 1", "é", None])
def test_a_state_that_is_too_long_or_odd_is_left_out(state) -> None:
    assert trace_headers(trace_of(PARENT, state, message()), CALL) == (("traceparent", PARENT),)


def test_without_one_the_call_has_a_trace_of_its_own_that_its_id_tells() -> None:
    ((name, made),) = trace_headers(Trace(), CALL)
    assert name == "traceparent"
    assert trace_of(made, None, message()).parent == made
    assert trace_headers(Trace(), CALL) == ((name, made),)
    assert trace_headers(Trace(), call_id(SESSION, 4)) != ((name, made),)
