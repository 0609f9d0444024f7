"""What approvers see, and for how long it is known."""

from dataclasses import replace

from firedoor.engine.people.shown import ENDED, KEPT, Looks, shown_of
from firedoor.model.approval import Approval, ApprovalId, ApprovalState, Shown
from firedoor.model.ids import GrantId
from tests.helpers.approvals import approval, review


def test_the_parameters_are_shown_character_by_character() -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"b": 1.0,  "a":"\\u00e9"}}'
    shown = shown_of(body, ("It writes.",))
    assert shown == Shown(params='{"b": 1.0,  "a":"é"}', understood=("It writes.",))
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
    looks.decided(refused(id=ApprovalId("apr_2")))
    looks.keep(approval(id=ApprovalId("apr_3")), Shown(params="3"))
    looks.keep(approval(id=ApprovalId("apr_4"), name="other"), Shown(params="4"))
    again = "The same call was refused once before, by sam last."
    assert looks.of(ApprovalId("apr_3")) == Shown(params="3", before="2", refusal=again)
    assert looks.of(ApprovalId("apr_4")) == Shown(params="4")


def test_the_same_again_and_what_only_looks_the_same_are_told_apart() -> None:
    looks = Looks()
    for number in range(3):
        one = approval(id=ApprovalId(f"apr_{number}"))
        looks.keep(one, Shown(params="EMAIL"))
        looks.decided(refused(id=one.id))
    # Through another token: it is the same asker.
    whom = replace(approval().whom, grant=GrantId("g_other"))
    looks.keep(approval(id=ApprovalId("apr_3"), whom=whom), Shown(params="EMAIL"))
    looks.keep(approval(id=ApprovalId("apr_4"), digest="e" * 64), Shown(params="EMAIL"))
    looks.keep(approval(id=ApprovalId("apr_5"), digest="f" * 64), Shown(params="IBAN"))
    told = [looks.of(ApprovalId(f"apr_{number}")).refusal for number in (3, 4, 5)]
    assert told == [
        "The same call was refused 3 times before, by sam last.",
        "It looks like the call that was refused before, and is another: what differs is not shown.",
        "",
    ]


def refused(**changes) -> Approval:
    return approval(state=ApprovalState.REFUSED, reviews=(review("sam", is_approval=False),), **changes)


def test_the_oldest_are_forgotten() -> None:
    looks = Looks()
    for number in range(KEPT + 1):
        one = refused(id=ApprovalId(f"apr_{number}"), name=str(number))
        looks.keep(one, Shown(params="1"))
    assert looks.of(ApprovalId("apr_0")) is None
    assert looks.of(ApprovalId("apr_1")) is not None
    for number in range(KEPT + 1):
        looks.decided(refused(id=ApprovalId(f"apr_{number}"), name=str(number)))
    assert looks.of(ApprovalId(f"apr_{KEPT - ENDED}")) is None
    assert looks.of(ApprovalId(f"apr_{KEPT}")) is not None
    looks.keep(approval(name="0"), Shown(params="2"))
    assert looks.of(approval().id) == Shown(params="2")
    looks.decided(refused(id=ApprovalId("apr_unknown")))


def test_who_asks_and_withdraws_buries_nothing_that_waits() -> None:
    looks = Looks()
    looks.keep(approval(), Shown(params="waits"))
    for number in range(KEPT + 1):
        one = ApprovalId(f"apr_{number}")
        looks.keep(approval(id=one), Shown(params="1"))
        looks.over(one)
    assert looks.of(approval().id) == Shown(params="waits")


def test_of_refusals_the_oldest_is_forgotten() -> None:
    looks = Looks()
    for number in range(KEPT + 1):
        one = ApprovalId(f"apr_{number}")
        looks.keep(approval(id=one, name=str(number)), Shown(params="1"))
        looks.decided(refused(id=one, name=str(number)))
    looks.keep(approval(id=ApprovalId("a"), name="0"), Shown(params="2"))
    looks.keep(approval(id=ApprovalId("b"), name="1"), Shown(params="2"))
    assert [looks.of(ApprovalId(each)).before for each in "ab"] == ["", "1"]
