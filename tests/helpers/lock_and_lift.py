"""A lock with everything that one can say, and its end."""

from firedoor.model.ids import GrantId
from firedoor.model.lock import Lift, Lock, LockId, LockMode, Target

LOCK = Lock(
    id=LockId("l_1"),
    targets=((Target.PRINCIPAL, "dana"), (Target.NETWORK, "10.0.0.0/8")),
    mode=LockMode.SUSPEND,
    reason='a "reason"\nof two lines',
    by="sam",
    created_at_us=17,
    case="c-1",
    expires_at_us=99,
    grant=GrantId("g_1"),
    upstream="crm",
)
LIFT = Lift(id=LOCK.id, by="kim", reason="over", at_us=30)
