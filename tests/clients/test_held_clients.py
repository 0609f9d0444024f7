"""Real clients whose calls are held: what their users see, and that each call is executed once."""

from collections.abc import Iterator

import pytest

from tests.architecture.source import REPOSITORY
from tests.clients.held_ground import Ground, ground, shown
from tests.clients.holds import CASES, NAMES, see

pytestmark = pytest.mark.timeout(180)
PAGE = (REPOSITORY / "docs" / "explain" / "approvals.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("held")) as on:
        yield on


@pytest.mark.promise("APR-3")
@pytest.mark.parametrize("name", NAMES)
def test_a_user_sees_the_answer_the_ticket_the_refusal_or_the_expiry(held: Ground, name: str) -> None:
    number = 100 * (NAMES.index(name) + 1)
    seen = dict(zip(CASES, see(held, name, number), strict=True))
    assert seen["approved in time"]["text"] == f"refunded {number + 1}"
    assert "Waiting for approval" in seen["past its time-out"]["text"]
    assert seen["past its time-out"]["failed"] is True
    assert seen["repeated after the approval"]["text"] == f"refunded {number + 2}"
    assert "Refused by an approver. Reason: Not without the form." in seen["refused"]["text"]
    assert "Nobody approved it in time." in seen["expired"]["text"]
    assert "executed once" in seen["1.5 MiB, followed by progress"]["text"]
    assert seen["1.5 MiB, repeated"]["size"] == 1_500_000
    done = [held.executed(f"{tool} {number + n}") for tool, n in
            (("refund", 1), ("refund", 2), ("refund", 3), ("brief", 4), ("large", 5))]  # fmt: skip
    assert done == [1, 1, 0, 0, 1]
    row = f"| {name} | " + " | ".join(shown(each) for each in seen.values()) + " |"
    assert row in PAGE
