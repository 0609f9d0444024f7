"""Locks as tables: what each target means, who is not meant, and which of several counts."""

from dataclasses import replace

import pytest

from firedoor.core.decide.locks import (
    holds,
    is_about,
    is_in_network,
    is_of_the_credential,
    lock_on,
    probe_of,
)
from firedoor.model.ids import GrantId, SessionId, TokenDigest
from firedoor.model.lock import Lock, LockId, LockMode, LockView, Target, Whom

NOW = 1_000
WHOM = Whom(
    principal="dana",
    groups=frozenset({"support"}),
    grant=GrantId("g_1"),
    token=TokenDigest("aa"),
    agents=("claw", "helper"),
    peer="10.0.0.7",
    upstream="crm",
    session=SessionId("s1"),
    tool="query",
)


def lock(*targets: tuple[Target, str], **changes) -> Lock:
    given = {"id": LockId("l_1"), "mode": LockMode.STOP, "reason": "r", "by": "sam", "created_at_us": 1}
    return Lock(targets=targets, **{**given, **changes})


def holding(*locks: Lock, now_us: int = NOW) -> Lock | None:
    return lock_on(LockView(1, locks), WHOM, now_us)


@pytest.mark.parametrize(
    ("target", "meant", "other"),
    [
        (Target.PRINCIPAL, "dana", "Dana"),
        (Target.GROUP, "support", "sup"),
        (Target.GRANT, "g_1", "g_12"),
        (Target.CREDENTIAL, "aa", "a"),
        (Target.AGENT, "helper", "help"),
        (Target.SESSION, "s1", "s"),
        (Target.UPSTREAM, "crm", "crm*"),
        (Target.TOOL, "query", "query "),
        (Target.NETWORK, "10.0.0.0/24", "10.0.1.0/24"),
    ],
)
def test_a_target_is_met_by_exactly_its_value(target, meant, other) -> None:
    assert holding(lock((target, meant))) is not None
    assert holding(lock((target, other))) is None


@pytest.mark.parametrize(
    "targets",
    [
        *(((target, value),) for target, value in (
            (Target.PRINCIPAL, "dana"), (Target.GROUP, "support"), (Target.GRANT, "g_1"),
            (Target.CREDENTIAL, "aa"), (Target.AGENT, "helper"), (Target.SESSION, "s1"),
            (Target.UPSTREAM, "crm"), (Target.TOOL, "query"), (Target.ALL, ""),
            (Target.NETWORK, "10.0.0.0/24"),
        )),
        ((Target.GROUP, "a"), (Target.GROUP, "b"), (Target.AGENT, "c"), (Target.AGENT, "d")),
        ((Target.TOOL, "query"), (Target.UPSTREAM, "crm"), (Target.NETWORK, "::1/128")),
    ],
)  # fmt: skip
def test_a_lock_holds_for_its_own_probe(targets) -> None:
    made = lock(*targets)
    assert holds(made, probe_of(made), NOW)
    assert not holds(lock((Target.PRINCIPAL, "sam")), probe_of(made), NOW)


def test_a_lock_on_everything_holds_for_everyone() -> None:
    assert holding(lock((Target.ALL, ""))) is not None


def test_no_lock_holds_for_nobody() -> None:
    assert holding() is None


def test_several_targets_must_all_be_met() -> None:
    assert holding(lock((Target.PRINCIPAL, "dana"), (Target.UPSTREAM, "crm"))) is not None
    assert holding(lock((Target.PRINCIPAL, "dana"), (Target.UPSTREAM, "wiki"))) is None


def test_a_lock_on_a_session_holds_for_what_its_grant_begins_anew_on_that_upstream() -> None:
    assert holding(lock((Target.SESSION, "s0"), grant=GrantId("g_1"), upstream="crm")) is not None
    assert holding(lock((Target.SESSION, "s0"), grant=GrantId("g_1"), upstream="wiki")) is None
    assert holding(lock((Target.SESSION, "s0"), grant=GrantId("g_2"), upstream="crm")) is None


def test_a_lock_ends_at_its_instant() -> None:
    assert holding(lock((Target.ALL, ""), expires_at_us=NOW + 1)) is not None
    assert holding(lock((Target.ALL, ""), expires_at_us=NOW)) is None


def test_the_worst_of_several_locks_counts() -> None:
    modes = [LockMode.READ_ONLY, LockMode.STOP, LockMode.SUSPEND]
    found = holding(*(lock((Target.ALL, ""), id=LockId(mode), mode=mode) for mode in modes))
    assert found is not None
    assert found.mode is LockMode.STOP


@pytest.mark.parametrize("is_older", [True, False])
def test_of_equals_one_on_the_credential_counts_and_of_those_the_oldest(is_older: bool) -> None:
    wide = lock((Target.UPSTREAM, "crm")), lock((Target.PRINCIPAL, "dana"), (Target.UPSTREAM, "crm"))
    named = lock((Target.PRINCIPAL, "dana")), lock((Target.GRANT, "g_1"))
    assert holding(*(wide + named if is_older else named + wide)) is named[0]


def test_a_worse_lock_counts_before_one_on_the_credential() -> None:
    stop = lock((Target.UPSTREAM, "crm"))
    assert holding(lock((Target.PRINCIPAL, "dana"), mode=LockMode.SUSPEND), stop) is stop


ME = replace(WHOM, upstream="", session=None, tool="")
"""Dana, who asks about locks, and calls nothing."""
NARROWED = [
    (),
    ((Target.UPSTREAM, "crm"),),
    ((Target.TOOL, "query"),),
    ((Target.NETWORK, "192.0.2.0/24"),),
    ((Target.SESSION, "s9"),),
]


@pytest.mark.parametrize("narrowed", NARROWED)
@pytest.mark.parametrize(
    ("named", "is_mine"),
    [
        ([(Target.PRINCIPAL, "dana")], True),
        ([(Target.PRINCIPAL, "sam")], False),
        ([(Target.GROUP, "support")], True),
        ([(Target.GROUP, "support"), (Target.GROUP, "night")], False),
        ([(Target.GRANT, "g_1")], True),
        ([(Target.GRANT, "g_2")], False),
        ([(Target.CREDENTIAL, "aa")], True),
        ([(Target.AGENT, "claw")], True),
        ([(Target.AGENT, "other")], False),
        ([(Target.PRINCIPAL, "dana"), (Target.AGENT, "other")], True),
        ([(Target.PRINCIPAL, "sam"), (Target.GROUP, "support")], False),
    ],
)
def test_a_lock_is_about_whom_it_names_whatever_narrows_it(narrowed, named, is_mine) -> None:
    assert is_about(lock(*narrowed, *named), ME) is is_mine


@pytest.mark.parametrize(
    ("target", "is_mine"),
    [
        ((Target.ALL, ""), False),
        ((Target.UPSTREAM, "crm"), False),
        ((Target.TOOL, "query"), False),
        ((Target.NETWORK, "10.0.0.0/24"), True),
        ((Target.NETWORK, "192.0.2.0/24"), False),
    ],
)
def test_a_lock_that_names_nobody_is_about_those_in_its_network(target, is_mine) -> None:
    assert is_about(lock(target), ME) is is_mine


def test_a_lock_on_a_session_is_about_its_grant_where_that_is_known() -> None:
    session = (Target.SESSION, "s0")
    assert is_about(lock(session, grant=GrantId("g_1"), upstream="crm"), ME)
    assert not is_about(lock(session, grant=GrantId("g_2"), upstream="crm"), ME)
    assert not is_about(lock(session), ME)


@pytest.mark.parametrize(
    ("address", "network", "is_in"),
    [
        ("10.0.0.7", "10.0.0.7", True),
        ("10.0.0.7", "10.0.0.8", False),
        ("::ffff:10.0.0.7", "10.0.0.0/8", True),
        ("2001:db8::1", "2001:db8::/32", True),
        ("2001:db8::1", "10.0.0.0/8", False),
        ("", "10.0.0.0/8", True),
        ("unix", "10.0.0.0/8", True),
    ],
)
def test_an_address_is_placed_in_a_network_or_in_every_one(address, network, is_in) -> None:
    assert is_in_network(address, network) is is_in


def test_only_a_lock_that_names_nothing_but_the_caller_makes_the_credential_dead() -> None:
    assert is_of_the_credential(lock((Target.PRINCIPAL, "dana"), (Target.AGENT, "claw")))
    assert not is_of_the_credential(lock((Target.PRINCIPAL, "dana"), (Target.TOOL, "query")))
    assert not is_of_the_credential(lock((Target.ALL, "")))
