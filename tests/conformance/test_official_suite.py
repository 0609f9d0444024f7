"""The official suite says the same of the upstream through the gateway as directly, check by check."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance import suite
from tests.helpers.gateway import Gateway
from tests.helpers.upstreams import Listening

pytestmark = pytest.mark.timeout(300)

Found = Callable[[str], suite.Findings]

# What the suite, at its pinned version, says of the reference upstream: passed, failed.
# The 25 are all of an extension (tasks) that the SDK does not have, and that no revision requires.
FIGURES = {"2025-11-25": (84, 0), "2026-07-28": (169, 25)}

_NO_EVENT_IDS = "an upstream of this kind has no streams of its own to close, and gives no event ids"
_ONE_MESSAGE_IS_JSON = (
    "an answer that is one message goes out as JSON; the suite notes that and judges streams"
)
_NO_STREAMS = {
    ("server-sse-polling", "server-sse-priming-event"): _NO_EVENT_IDS,
    ("server-sse-polling", "server-sse-retry-field"): _NO_EVENT_IDS,
    ("server-sse-polling", "server-sse-disconnect-resume"): _NO_EVENT_IDS,
    ("server-sse-multiple-streams", "server-sse-streams-functional"): _ONE_MESSAGE_IS_JSON,
}

# The kinds of upstream at each revision, and the checks that cannot be the same over them:
# (kind, revision) → {(scenario, check): reason}. The transport of 2024-11-05 has no later revision.
NOT_THE_SAME: dict[tuple[str, str], dict[tuple[str, str], str]] = {
    ("http", "2025-11-25"): {},
    ("http", "2026-07-28"): {},
    ("stdio", "2025-11-25"): _NO_STREAMS,
    ("stdio", "2026-07-28"): {},
    ("sse", "2025-11-25"): _NO_STREAMS,
}


def unexplained(found: dict[suite.Check, str], allowed: dict[tuple[str, str], str]) -> list[str]:
    return [
        f"{name.scenario} / {name.id}: {what}"
        for name, what in found.items()
        if (name.scenario, name.id) not in allowed
    ]


@pytest.mark.parametrize("revision", suite.REVISIONS)
def test_the_reference_upstream_scores_as_the_official_one(found_directly: Found, revision: str) -> None:
    assert suite.passed_and_failed(found_directly(revision)) == FIGURES[revision]


@pytest.mark.parametrize("revision", suite.REVISIONS)
def test_a_failure_of_the_reference_upstream_is_of_the_tasks_extension(
    found_directly: Found, revision: str
) -> None:
    failing = {name.scenario for name, what in found_directly(revision).items() if what.status == "FAILURE"}
    assert all(scenario.startswith("tasks-") for scenario in failing)


@pytest.mark.parametrize("revision", suite.REVISIONS)
def test_a_proxy_that_changes_nothing_changes_no_check(
    found_directly: Found, proxied: Listening, tmp_path: Path, revision: str
) -> None:
    """Without this, an equal result below could come from a suite that cannot stand any proxy."""
    found = suite.run(proxied.url.replace("127.0.0.1", "localhost"), revision, tmp_path)
    left = unexplained(suite.differences(found_directly(revision), found), {})
    assert not left, "\n".join(left)


@pytest.mark.promise("PATH-4")
@pytest.mark.parametrize(("kind", "revision"), NOT_THE_SAME)
def test_the_gateway_changes_no_check(
    found_directly: Found, gateway: Gateway, tmp_path: Path, kind: str, revision: str
) -> None:
    allowed = NOT_THE_SAME[kind, revision]
    found = suite.run(gateway.shim_url(kind), revision, tmp_path)
    different = suite.differences(found_directly(revision), found)
    left = unexplained(different, allowed)
    assert not left, "\n".join([str(suite.figures(found)), *left])
    # An exemption that is no longer needed is taken away.
    assert {(name.scenario, name.id) for name in different} >= set(allowed)


def test_a_check_that_got_better_is_a_difference_too() -> None:
    name = suite.Check(scenario="a", id="b", occurrence=0)
    worse, better = suite.Finding(status="FAILURE", message="no"), suite.Finding(status="SUCCESS", message="")
    assert list(suite.differences({name: worse}, {name: better})) == [name]
    assert list(suite.differences({name: better}, {})) == [name]
    assert suite.differences({name: better}, {name: better}) == {}
