"""A look at many locks says what asking each of them says, and costs the same however many they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.decide.lock_index import LockIndex, merged
from firedoor.core.decide.locks import lock_on
from firedoor.model.ids import GrantId, SessionId, TokenDigest
from firedoor.model.lock import Lock, LockId, LockMode, LockView, Target, Whom

NAMES = st.sampled_from(["a", "b", "A", ""])
PEERS = st.sampled_from(["10.0.0.7", "::ffff:10.0.0.7", "10.1.0.1", "fe80::1", "nowhere", ""])
NETWORKS = st.sampled_from(["10.0.0.0/24", "10.0.0.7/32", "0.0.0.0/0", "fe80::/10", "::/0", "10.0.0.0/8"])
WHOM = st.builds(
    Whom,
    principal=NAMES, groups=st.frozensets(NAMES, max_size=2), grant=NAMES.map(GrantId),
    token=NAMES.map(TokenDigest), agents=st.lists(NAMES, max_size=2).map(tuple), peer=PEERS, upstream=NAMES,
    session=st.none() | NAMES.map(SessionId), tool=NAMES,
)  # fmt: skip
TARGETS = st.lists(
    st.sampled_from(list(Target)).flatmap(
        lambda target: st.tuples(st.just(target), NETWORKS if target is Target.NETWORK else NAMES)
    ),
    min_size=1, max_size=3,
).map(tuple)  # fmt: skip
LOCKS = st.builds(
    Lock,
    id=st.just(LockId("l")), targets=TARGETS, mode=st.sampled_from(list(LockMode)), reason=st.just("r"),
    by=st.just("sam"), created_at_us=st.just(0), expires_at_us=st.none() | st.integers(0, 2),
    grant=st.none() | NAMES.map(GrantId), upstream=st.none() | NAMES,
)  # fmt: skip


def lock(name: str, mode: LockMode = LockMode.STOP, *targets: tuple[Target, str]) -> Lock:
    given = targets or ((Target.PRINCIPAL, name),)
    return Lock(id=LockId(f"l_{name}"), targets=given, mode=mode, reason="r", by="sam", created_at_us=0)


def somebody(name: str, peer: str = "10.0.0.7") -> Whom:
    return Whom(principal=name, groups=frozenset(), grant=GrantId("g"), token=TokenDigest("t"), agents=(),
                peer=peer, upstream="crm")  # fmt: skip


@given(locks=st.lists(LOCKS, max_size=8).map(tuple), whom=WHOM, now_us=st.integers(0, 2))
def test_it_says_of_everybody_what_asking_each_lock_says(
    locks: tuple[Lock, ...], whom: Whom, now_us: int
) -> None:
    view = LockView(1, locks)
    assert LockIndex(view).lock_on(whom, now_us) is lock_on(view, whom, now_us)


def test_only_those_that_may_hold_are_asked_of_ten_thousand() -> None:
    class Asked(str):
        """Counts how often it is compared."""

        times = 0
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            Asked.times += 1
            return str.__eq__(self, other)

    names = [lock(str(number)) for number in range(10_000)]
    places = [
        lock(f"n{number}", LockMode.STOP, (Target.NETWORK, f"10.{number >> 8}.{number & 255}.0/24"))
        for number in range(10_000)
    ]
    index = LockIndex(LockView(1, (*names, *places)))
    assert index.lock_on(somebody(Asked("77"), "192.0.2.1"), 0) is names[77]
    assert Asked.times < 10
    assert index.lock_on(somebody("nobody", "10.1.2.3"), 0) is places[258]
    assert index.lock_on(somebody("nobody", "192.0.2.1"), 0) is None


@pytest.mark.parametrize("network", ["10.0.0.0/24", "fe80::/10"])
@pytest.mark.parametrize("peer", ["nowhere", ""])
def test_who_cannot_be_placed_is_in_every_network(network: str, peer: str) -> None:
    locked = lock("net", LockMode.STOP, (Target.NETWORK, network))
    index = LockIndex(LockView(1, (locked,)))
    assert index.lock_on(somebody("dana", peer), 0) is locked
    assert index.lock_on(somebody("dana", "192.0.2.1"), 0) is None


def test_the_locks_of_two_instants_hold_together_and_only_a_stop_ends() -> None:
    stop, suspend = lock("dana"), lock("kim", LockMode.SUSPEND)
    earlier, later = LockIndex(LockView(1, (stop,))), LockIndex(LockView(3, (suspend,)))
    both = merged(earlier, later)
    assert both is not None
    assert both.view == LockView(3, (stop, suspend))
    assert merged(None, later) is later
    assert merged(earlier, None) is earlier
    assert later.stop_on(somebody("kim")) is None
    assert both.stop_on(somebody("dana")) is stop
