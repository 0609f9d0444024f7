"""The proving ground: one reference upstream of each kind, one gateway in front of all of them, per process.

Fixtures to import into a conftest. They start what is asked for, and nothing else.
"""

from collections.abc import Iterator

import pytest

from tests.helpers.gateway import Gateway
from tests.helpers.upstreams import REFERENCE, Listening, Way, rawproxy, reference_http, reference_sse

__all__ = ["direct", "gateway", "old_upstream", "proxied", "through", "upstream"]

KINDS = ("http", "stdio", "sse")
"""The ways from the gateway to an upstream; each is also the name of an upstream in the settings."""


@pytest.fixture(scope="session")
def upstream() -> Iterator[Listening]:
    with reference_http() as listening:
        yield listening


@pytest.fixture(scope="session")
def old_upstream() -> Iterator[Listening]:
    with reference_sse() as listening:
        yield listening


@pytest.fixture(scope="session")
def proxied(upstream: Listening) -> Iterator[Listening]:
    """The upstream behind a proxy that changes nothing."""
    with rawproxy(upstream.port) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def gateway(
    upstream: Listening, old_upstream: Listening, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway that allows everything, in front of the reference upstream in all three kinds."""
    entries = {
        "http": {"url": upstream.url},
        "stdio": {"command": REFERENCE[0], "args": [*REFERENCE[1:], "--stdio"]},
        "sse": {"url": old_upstream.url, "transport": "sse"},
    }
    with Gateway(tmp_path_factory.mktemp("gateway"), entries) as running:
        yield running


@pytest.fixture(scope="session")
def direct(upstream: Listening) -> Way:
    """Straight to the upstream."""
    return Way(name="direct", url=upstream.url)


@pytest.fixture
def through(request: pytest.FixtureRequest) -> Way:
    """The way named by the parameter: `rawproxy`, or the kind of upstream behind the gateway."""
    if request.param == "rawproxy":
        return Way(name="rawproxy", url=request.getfixturevalue("proxied").url)
    return request.getfixturevalue("gateway").way(request.param)
