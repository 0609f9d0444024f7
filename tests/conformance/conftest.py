"""The proving ground's fixtures, and what the suite finds without any gateway."""

from collections.abc import Callable
from functools import cache

import pytest

from tests.conformance import suite
from tests.helpers.ground import direct, gateway, old_upstream, proxied, through, upstream
from tests.helpers.upstreams import Listening

__all__ = ["direct", "found_directly", "gateway", "old_upstream", "proxied", "through", "upstream"]


@pytest.fixture(scope="session")
def found_directly(
    upstream: Listening, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], suite.Findings]:
    """What the suite finds at the reference upstream itself, at a revision; run once."""

    @cache
    def find(revision: str) -> suite.Findings:
        url = upstream.url.replace("127.0.0.1", "localhost")
        return suite.run(url, revision, tmp_path_factory.mktemp("direct"))

    return find
