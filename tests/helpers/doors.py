"""The door of an exchange that tests lock and open, without an engine behind it."""

from firedoor.core.decide.locks import whom_of
from firedoor.engine.doors.containment import Containment
from firedoor.engine.doors.door import Door
from firedoor.model.lock import Lift, Lock, LockId, LockMode, Target
from tests.helpers.fakes import FakeClock, FakeLocks, idle
from tests.helpers.nouns import grant


class Doorway:
    """Of dana's exchange with the upstream disk."""

    def __init__(self, *, is_named: bool = True) -> None:
        self.locks, self.clock = FakeLocks(), FakeClock()
        self.containment = Containment(locks=self.locks, now_us=self.clock, wall_us=self.clock)
        self.running = idle()
        if is_named:
            self.running.whom = whom_of(grant(), "127.0.0.1", "disk")
        self.door = Door(self.containment, self.running)

    def lock(self, mode: LockMode = LockMode.STOP, name: str = "l_1", **changes) -> None:
        targets = ((Target.PRINCIPAL, "dana"),)
        fields = {"id": LockId(name), "targets": targets, "mode": mode, "reason": "Fire.", "by": "sam"}
        self.locks.create(Lock(**{**fields, "created_at_us": 1, **changes}))

    def lift(self, name: str = "l_1") -> None:
        self.locks.lift(Lift(id=LockId(name), by="sam", reason="Over.", at_us=2))
        self.containment.is_quiet()
