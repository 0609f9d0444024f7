"""Trace context: whose trace a call belongs to, for upstreams that trace. Believes nothing of it.

The client's own `traceparent` goes on as it is: the gateway exports no span, and a parent that nobody ever
sees would tear the trace. In the stateless revision `_meta` outranks the header, since the body is what was
inspected; the body is never changed. Without one, a trace is made from the id of the call: whoever reads the
record finds the upstream's spans, and the other way round. Source: W3C Trace Context; MCP SEP-414.
"""

import hashlib
import re
from dataclasses import dataclass

from firedoor.model.ids import CallId
from firedoor.model.json import Json, JsonObject
from firedoor.model.message import Message

_PARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)
_STATE = re.compile(r"[\x20-\x7e\t]{1,512}", re.ASCII)
"""The length that the specification asks to carry; more could be smuggled data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What the client said, well-formed; empty where it said nothing."""

    parent: str = ""
    state: str = ""

    def facts(self) -> JsonObject:
        """What the record keeps."""
        found: dict[str, Json] = {}
        if self.parent:
            found["traceparent"] = self.parent
        if self.state:
            found["tracestate"] = self.state
        return found


NO_TRACE = Trace()


def trace_of(traceparent: str | None, tracestate: str | None, message: Message) -> Trace:
    """The trace that the client says its message belongs to."""
    meta = message.params.get("_meta")
    if isinstance(meta, dict) and "traceparent" in meta:
        return _trace(meta["traceparent"], meta.get("tracestate"))
    return _trace(traceparent, tracestate)


def trace_headers(trace: Trace, call: CallId) -> tuple[tuple[str, str], ...]:
    """The headers that tell the upstream."""
    if not trace.parent:
        made = hashlib.sha256(f"firedoor trace {call}".encode()).hexdigest()
        return (("traceparent", f"00-{made[:32]}-{made[32:48]}-01"),)
    state = (("tracestate", trace.state),) if trace.state else ()
    return (("traceparent", trace.parent), *state)


def _trace(parent: Json, state: Json) -> Trace:
    if not isinstance(parent, str) or _PARENT.fullmatch(parent) is None:
        return NO_TRACE
    is_state = isinstance(state, str) and _STATE.fullmatch(state) is not None
    return Trace(parent=parent, state=state if is_state and isinstance(state, str) else "")
