"""What approvers see, and for how long it is known."""

from firedoor.engine.shown import KEPT, Looks, shown_of
from firedoor.model.approval import ApprovalId, ApprovalState, Shown
from tests.helpers.approvals import approval


def test_the_parameters_are_shown_character_by_character() -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"b": 1.0,  "a":"\\u00e9"}}'
    shown = shown_of(body, ("It writes.",))
    assert shown == Shown(params='{"b": 1.0,  "a":"\\u00e9"}', understood=("It writes.",))
    assert shown_of(b'{"method":"x"}', ()) == Shown(params="{}")


def test_what_cannot_be_read_or_is_too_long_is_not_shown_at_all() -> None:
    assert shown_of(b"", ()) is None
    assert shown_of(b'{"params":"' + b"x" * 65_536 + b'"}', ()) is None


def test_a_new_attempt_is_shown_beside_the_last_that_was_refused() -> None:
    looks = Looks()
    looks.keep(approval(), Shown(params="1"))
    looks.decided(approval(state=ApprovalState.APPROVED))
    looks.keep(approval(id=ApprovalId("apr_2")), Shown(params="2"))
    assert looks.of(ApprovalId("apr_2")) == Shown(params="2")
    looks.decided(approval(id=ApprovalId("apr_2"), state=ApprovalState.REFUSED))
    looks.keep(approval(id=ApprovalId("apr_3")), Shown(params="3"))
    looks.keep(approval(id=ApprovalId("apr_4"), name="other"), Shown(params="4"))
    assert looks.of(ApprovalId("apr_3")) == Shown(params="3", before="2")
    assert looks.of(ApprovalId("apr_4")) == Shown(params="4")


def test_the_oldest_are_forgotten() -> None:
    looks = Looks()
    for number in range(KEPT + 1):
        one = approval(id=ApprovalId(f"apr_{number}"), name=str(number), state=ApprovalState.REFUSED)
        looks.keep(one, Shown(params="1"))
        looks.decided(one)
    assert looks.of(ApprovalId("apr_0")) is None
    assert looks.of(ApprovalId("apr_1")) is not None
    looks.keep(approval(name="0"), Shown(params="2"))
    assert looks.of(approval().id) == Shown(params="2")
    looks.decided(approval(id=ApprovalId("apr_unknown"), state=ApprovalState.REFUSED))
