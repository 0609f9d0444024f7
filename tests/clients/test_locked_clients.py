"""Real clients that are locked out mid-call: each user is told, and can come back once the lock is lifted."""

from collections.abc import Iterator

import pytest

from tests.architecture.source import REPOSITORY
from tests.clients.holds import NAMES
from tests.clients.lockouts import CASES, ground, see, shown
from tests.helpers.gateway import Gateway

pytestmark = pytest.mark.timeout(180)
PAGE = (REPOSITORY / "docs" / "howto" / "lock.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with ground(tmp_path_factory.mktemp("locked")) as gateway:
        yield gateway


@pytest.mark.promise("LOCK-2", "PATH-7")
@pytest.mark.parametrize("name", NAMES)
def test_a_user_is_told_why_and_can_come_back_after_the_lift(closed: Gateway, name: str) -> None:
    seen = dict(zip(CASES, see(closed, name, f"user-{NAMES.index(name)}"), strict=True))
    assert "Terminated: Token stolen." in seen["locked out mid-call"]["text"]
    assert seen["its next call"]["failed"]
    assert seen["connected anew after the lift"]["text"] == "quick 1"
    assert f"| {name} | " + " | ".join(shown(each) for each in seen.values()) + " |" in PAGE
