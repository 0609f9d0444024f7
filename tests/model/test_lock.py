"""Somebody whose session becomes known is the same otherwise."""

from dataclasses import fields

from firedoor.model.ids import GrantId, SessionId, TokenDigest
from firedoor.model.lock import Whom


def test_a_session_that_becomes_known_leaves_all_else_as_it_is() -> None:
    before = Whom(
        principal="ann",
        groups=frozenset({"ops"}),
        grant=GrantId("g_1"),
        token=TokenDigest("d"),
        agents=("bot",),
        peer="10.0.0.7",
        upstream="disk",
        tool="add",
    )
    after = before.within(SessionId("s1"))

    assert (before.session, after.session) == (None, "s1")
    others = [each.name for each in fields(before) if each.name != "session"]
    assert [getattr(after, name) for name in others] == [getattr(before, name) for name in others]
    # None of them is empty: one that was forgotten would be seen.
    assert all(getattr(before, name) for name in others)
