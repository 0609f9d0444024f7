"""An engine with fakes on all its ports, and the requests that tests put through it."""

import asyncio
import itertools

from firedoor.core.authenticate.token import digest_of
from firedoor.engine.deciding import Deciding
from firedoor.engine.doors.containment import Containment
from firedoor.engine.doors.door import Door
from firedoor.engine.ending.enforcement import Enforcement
from firedoor.engine.people.approvers import Approvers
from firedoor.engine.people.approving import Approving
from firedoor.engine.people.holding import Holding, HoldTerms
from firedoor.engine.people.permitting import PermitTerms, Permitting
from firedoor.engine.rates import Rates
from firedoor.engine.run import Engine
from firedoor.engine.sessions import Fresh, Sessions
from firedoor.engine.upstreams.eras import Eras
from firedoor.engine.upstreams.pins import NothingPinned
from firedoor.model.approval import ApprovalId
from firedoor.model.arrival import Arrival
from firedoor.model.gate import Gate
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId, SessionId
from firedoor.model.permit import PermitId
from firedoor.model.policy import Policy
from tests.helpers.approvals import approver
from tests.helpers.fakes import (
    FakeApprovals,
    FakeClient,
    FakeClock,
    FakeDirectory,
    FakeLocks,
    FakeNotifier,
    FakeRecorder,
    FakeUpstreams,
    FixedPolicy,
    Story,
    idle,
)
from tests.helpers.nouns import (
    ALLOW_ALL,
    INITIALIZE,
    arrival,
    gate,
    grant,
    in_session,
    modern_arrival,
    result,
)
from tests.helpers.permits import FakePermits

DISCOVERED = result("firedoor-era", supportedVersions=["2026-07-28"])


async def settled() -> None:
    """Let everything run that can run now."""
    for _ in range(50):
        await asyncio.sleep(0)


class Bench:
    def __init__(
        self,
        doors: Gate | None = None,
        *grants: Grant,
        policy: Policy = ALLOW_ALL,
        pins: NothingPinned | None = None,
    ) -> None:
        self.story: Story = []
        self.clock = FakeClock()
        self.recorder = FakeRecorder(self.story)
        self.locks = FakeLocks()
        self.upstreams = FakeUpstreams(self.story)
        self.directory = FakeDirectory(*(grants or (grant(),)))
        numbers, secrets = itertools.count(1), itertools.count(1)
        self.sessions = Sessions(
            recorder=self.recorder,
            upstreams=self.upstreams,
            eras=Eras(recorder=self.recorder, upstreams=self.upstreams, now_us=self.clock),
            fresh=Fresh(
                now_us=self.clock,
                session=lambda _: SessionId(f"01999999-0000-7000-8000-{next(numbers):012}"),
                secret=lambda: f"m{next(secrets)}",
            ),
        )
        doors = doors or gate()
        self.policies = FixedPolicy(policy)
        self.people: dict[GrantId, Grant | None] = {}
        """Approvers of whom there is something to say; all others are known, and may."""
        self.approvals, self.notifier = FakeApprovals(), FakeNotifier()
        self.approving = Approving(
            store=self.approvals,
            recorder=self.recorder,
            notifier=self.notifier,
            now_us=self.clock,
            approvers=Approvers(find=lambda each: self.people.get(each, approver(each.removeprefix("g_")))),
            is_quick=True,
        )
        tickets = itertools.count(1)
        self.holding = Holding(
            self.approving,
            HoldTerms(key=b"k" * 32),
            fresh_id=lambda: ApprovalId(f"apr_{next(tickets):016x}"),
        )
        self.permits, permits = FakePermits(), itertools.count(1)
        self.permitting = Permitting(
            store=self.permits,
            approving=self.approving,
            policies=self.policies,
            upstreams=doors.upstreams,
            terms=PermitTerms(),
            fresh_id=lambda: PermitId(f"prm_{next(permits):016x}"),
        )
        self.engine = Engine(
            gate=doors,
            recorder=self.recorder,
            directory=self.directory,
            upstreams=self.upstreams,
            sessions=self.sessions,
            containment=Containment(locks=self.locks, now_us=self.clock, wall_us=self.clock),
            deciding=Deciding(
                policies=self.policies,
                rates=Rates(now_us=self.clock),
                permits=self.permitting,
                pins=pins or NothingPinned(),
            ),
            holding=self.holding,
        )
        self.approving.approvers.lock_on = self.engine.containment.lock_on
        self.enforcement = Enforcement(self.engine)

    def client(self, body: bytes | None = b"") -> FakeClient:
        return FakeClient(self.story, body)

    async def run(self, body: bytes | None, at: Arrival | None = None) -> FakeClient:
        client = self.client(body)
        await self.engine.run(at or arrival(*in_session()), client)
        return client

    def start(self, client: FakeClient, at: Arrival | None = None) -> "asyncio.Task[None]":
        return asyncio.get_running_loop().create_task(self.engine.run(at or arrival(*in_session()), client))

    def door(self) -> Door:
        """Of an exchange that no lock can name."""
        running = idle(self.client())
        return Door(self.engine.containment, running)

    async def opened(self) -> "Bench":
        """With a legacy session m1, whose upstream calls it u1."""
        self.upstreams.will_answer(result(0), session="u1")
        client = await self.run(INITIALIZE, arrival())
        assert dict(client.replies[0].headers) == {"Mcp-Session-Id": "m1"}
        self.story.clear()
        return self

    async def known_modern(self) -> "Bench":
        """With an upstream that is known to speak the stateless revision."""
        self.upstreams.will_answer(DISCOVERED)
        assert await self.sessions.eras.is_modern("disk", self.door())
        self.story.clear()
        self.upstreams.sent.clear()
        self.upstreams.ended.clear()
        return self

    async def ask_modern(self, body: bytes) -> FakeClient:
        return await self.run(body, modern_arrival())


def other_token(token: str) -> tuple[tuple[bytes, bytes], Grant]:
    """A second grant, and the header that carries its token."""
    found = grant("g_0000000000000002", token_digest=digest_of(token))
    return (b"authorization", b"Bearer " + token.encode()), found
