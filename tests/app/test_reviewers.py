"""Who decides is looked at as they are now: no agent, and nobody whom a lock names."""

from dataclasses import replace

import pytest

from firedoor.app.reviewers import Reviewers
from firedoor.core.authenticate.token import digest_of
from firedoor.model.errors import ClientError
from firedoor.model.lock import Target
from tests.helpers.approvals import approver
from tests.helpers.doors import Doorway
from tests.helpers.fakes import FakeDirectory
from tests.helpers.nouns import grant

pytestmark = pytest.mark.anyio

TOKEN = "fd_c29tZWJvZHktd2hvLWRlY2lkZXMtYWJvdXQtY2E"


def reviewers(way: Doorway, whose=None) -> Reviewers:
    found = replace(whose or approver("dana"), token_digest=digest_of(TOKEN))
    return Reviewers(directory=FakeDirectory(found), containment=way.containment, now_us=way.clock)


async def test_whom_no_lock_names_may_decide() -> None:
    way = Doorway()
    way.lock(targets=((Target.PRINCIPAL, "eve"),))
    assert (await reviewers(way).reviewer(TOKEN)).principal.name == "dana"


@pytest.mark.parametrize("narrowed", [(), ((Target.UPSTREAM, "disk"),), ((Target.TOOL, "drop"),)])
async def test_whom_a_lock_names_decides_nothing_whatever_narrows_it(narrowed) -> None:
    way = Doorway()
    way.lock(targets=((Target.PRINCIPAL, "dana"), *narrowed))
    with pytest.raises(ClientError, match=r"Locked: Fire\."):
        await reviewers(way).known(TOKEN)


async def test_while_everything_is_locked_nobody_decides() -> None:
    way = Doorway()
    way.lock(targets=((Target.ALL, ""),))
    with pytest.raises(ClientError, match=r"Locked: Fire\."):
        await reviewers(way).known(TOKEN)


async def test_no_agent_decides() -> None:
    with pytest.raises(ClientError, match="an agent's"):
        await reviewers(Doorway(), grant()).known(TOKEN)
