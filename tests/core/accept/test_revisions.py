"""The tables say what each revision lets a client send."""

import pytest

from firedoor.core.accept.revisions import (
    ASSUMED,
    MODERN_VERSIONS,
    NAMED_BY,
    REVISIONS,
    ROUTED_BY_NAME,
)
from firedoor.model.era import Era


def test_the_served_revisions_are_these_oldest_first() -> None:
    assert list(REVISIONS) == ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]
    assert MODERN_VERSIONS == ("2026-07-28",)
    assert REVISIONS[ASSUMED].era is REVISIONS["2025-11-25"].era is Era.LEGACY


@pytest.mark.parametrize("version", list(REVISIONS))
def test_only_stateless_revisions_do_without_the_handshake(version: str) -> None:
    revision = REVISIONS[version]
    assert ("initialize" in revision.requests) == (revision.era is Era.LEGACY)
    assert ("server/discover" in revision.requests) == (revision.era is Era.MODERN)


def test_tasks_came_with_the_last_handshake_revision() -> None:
    assert [v for v, r in REVISIONS.items() if "tasks/result" in r.requests] == ["2025-11-25"]
    assert "notifications/tasks/status" in REVISIONS["2025-11-25"].notifications
    assert "notifications/tasks/status" not in REVISIONS["2025-06-18"].notifications


def test_what_is_routed_by_name_has_a_name() -> None:
    assert set(NAMED_BY) >= ROUTED_BY_NAME
    assert REVISIONS["2026-07-28"].requests >= ROUTED_BY_NAME
