"""Real clients that know tasks: what their users see of a held call, and that each is executed once."""

from collections.abc import Iterator

import pytest

from tests.architecture.source import REPOSITORY
from tests.clients.held_ground import Ground, ground
from tests.clients.holds_as_tasks import CASES, NAMES, cells, see

pytestmark = pytest.mark.timeout(180)
PAGE = (REPOSITORY / "docs" / "explain" / "approvals.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("tasks")) as on:
        yield on


@pytest.mark.promise("APR-3")
@pytest.mark.parametrize("name", NAMES)
def test_a_user_of_tasks_sees_who_decides_and_the_answer_or_why_there_is_none(
    held: Ground, name: str
) -> None:
    number = 1_000 + 100 * NAMES.index(name)
    seen = see(held, name, number)
    by_case = dict(zip(CASES, cells(seen), strict=True))
    assert by_case["at once"].startswith("Waiting for approval (rule money)")
    assert by_case["approved"] == "completed: refunded"
    assert by_case["refused"].endswith("Refused by an approver.")
    assert by_case["expired"].endswith("Nobody approved it in time.")
    assert by_case["cancelled"] == "cancelled: Cancelled by its client."
    assert seen[-1]["size"] == 1_500_000
    done = [held.executed(f"{tool} {number + n}") for tool, n in
            (("refund", 1), ("refund", 2), ("brief", 3), ("refund", 4), ("large", 5))]  # fmt: skip
    assert done == [1, 0, 0, 0, 1]
    assert f"| {name} | " + " | ".join(by_case.values()) + " |" in PAGE
