"""What an upstream may ask of the client. Sampling and roots are closed unless the settings open them."""

from functools import lru_cache

from firedoor.model.json import Json, JsonObject, text_in
from firedoor.model.upstream import Upstream


def may_ask(upstream: Upstream, method: str) -> bool:
    """Whether this upstream's request may reach the client. Unknown methods may not."""
    if method == "ping":
        return True
    if method == "sampling/createMessage":
        return upstream.may_sample
    if method == "roots/list":
        return upstream.may_list_roots
    return method == "elicitation/create" and upstream.may_elicit


def closed_capabilities(upstream: Upstream) -> frozenset[str]:
    """The client capabilities that this upstream is not told of."""
    return _closed(upstream.may_sample, upstream.may_list_roots, upstream.may_elicit)


@lru_cache(maxsize=8)
def _closed(*is_open: bool) -> frozenset[str]:
    names = ("sampling", "roots", "elicitation")
    return frozenset(name for name, may in zip(names, is_open, strict=True) if not may)


def asked_in(result: JsonObject) -> tuple[tuple[str, JsonObject], ...]:
    """What a result of several rounds asks of the client: the method and params of each input request."""
    requests = result.get("inputRequests")
    if not isinstance(requests, dict):
        return ()
    return tuple(_asked(request) for request in requests.values())


def _asked(request: Json) -> tuple[str, JsonObject]:
    if not isinstance(request, dict):
        return "", {}
    params = request.get("params")
    return text_in(request, "method"), params if isinstance(params, dict) else {}
