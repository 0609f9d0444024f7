"""The script of a held call, command by command. All together: tests/engine/people/test_holding.py."""

from dataclasses import replace

import pytest

from firedoor.core.call import Call
from firedoor.core.commands import Answer, Append, Deliver, OpenStream
from firedoor.core.holding import (
    BEAT_S,
    INSTANT_S,
    AwaitReview,
    Held,
    HoldCall,
    LeaveHold,
    Redeem,
    Waited,
    WithdrawHold,
    hold,
)
from firedoor.core.mask.messages.message import Seen
from firedoor.core.sight import Mask
from firedoor.model.approval import ApprovalState
from firedoor.model.entry import EntryKind
from firedoor.model.ids import call_id
from firedoor.model.verdict import Effect, Verdict
from tests.helpers.approvals import approval, review
from tests.helpers.decided import decided_call, says
from tests.helpers.nouns import ALLOW_ALL, SESSION, message, upstream
from tests.helpers.playbook import Playbook

VERDICT = Verdict(effect=Effect.HOLD, rules=("writes",), policy_version=ALLOW_ALL.version)
CALL = decided_call(definition="f" * 64)
ASKED = approval()
APPROVED = approval(state=ApprovalState.APPROVED, reviews=(review(),))


def play(call: Call = CALL, flaw: str = "") -> tuple[Playbook, list[object]]:
    """The script, and what it comes to."""
    found: list[object] = []

    def path():
        found.append((yield from hold(call, VERDICT, says(flaw))))

    return Playbook(path()), found


def test_the_call_is_asked_about_with_its_definition_and_as_approvers_may_see_it() -> None:
    book, _ = play()
    asked = book.asks_a(HoldCall)
    assert (asked.definition, asked.shown, asked.whom.tool) == ("f" * 64, CALL.message.body, "add")
    assert (asked.call, asked.may_stream) == (call_id(SESSION, 1), True)


def test_an_approval_that_is_there_is_redeemed_recorded_and_the_call_goes_on() -> None:
    book, found = play()
    book.asks_a(HoldCall)
    book.told(Held(approval=APPROVED)).asks(Redeem(APPROVED.id)).told(5)
    entry = book.asks_a(Append).entry
    assert (entry.kind, entry.envelope["what"]) == (EntryKind.APPROVAL, "redeemed")
    book.told(2).ends()
    assert found == [replace(CALL, approval=APPROVED.id)]


def test_what_no_longer_holds_withdraws_it_and_the_client_is_told() -> None:
    book, found = play(flaw="The token no longer opens this upstream.")
    book.asks_a(HoldCall)
    book.told(Held(approval=APPROVED)).asks(Redeem(APPROVED.id)).told(5)
    book.asks(WithdrawHold(APPROVED.id, "The token no longer opens this upstream.")).told()
    assert book.asks_a(Append).entry.envelope["result"] == "denied"
    assert b"no longer opens" in book.told(2).asks_a(Answer).reply.body
    book.told(True).ends()
    assert found == [None]


def test_who_was_outrun_is_told_what_became_of_it() -> None:
    book, found = play()
    book.asks_a(HoldCall)
    book.told(Held(approval=APPROVED)).asks(Redeem(APPROVED.id)).told(None)
    book.asks(AwaitReview(APPROVED.id, 0)).told(Waited(replace(APPROVED, state=ApprovalState.DONE), False))
    book.asks_a(Append)
    assert b"An identical call has used the approval." in book.told(2).asks_a(Answer).reply.body
    book.told(True).ends()
    assert found == [None]


@pytest.mark.promise("PATH-1")
def test_a_stream_is_opened_only_after_an_instant_and_a_sign_is_durable_before_it_is_shown() -> None:
    params = {"_meta": {"progressToken": "p"}}
    book, _ = play(replace(CALL, message=replace(CALL.message, params=params)))
    book.asks_a(HoldCall)
    book.told(Held(approval=ASKED, is_streamed=True)).asks(AwaitReview(ASKED.id, INSTANT_S))
    book.told(Waited(ASKED, False)).asks(OpenStream(())).told(True)
    sign = book.asks_a(Append).entry.payload
    assert book.told(2).asks_a(Deliver).event.payload == sign
    book.told(True).asks(AwaitReview(ASKED.id, BEAT_S)).told(Waited(ASKED, False))
    assert book.asks_a(Append).entry.payload > sign
    book.told(3).asks_a(Deliver)
    book.told(True).asks(AwaitReview(ASKED.id, BEAT_S)).told(Waited(ASKED, True))
    assert book.asks_a(Append).entry.envelope["result"] == "pending"
    book.told(3).asks_a(Answer)
    book.told(True).ends()


def test_without_a_progress_token_nothing_is_shown_on_the_stream() -> None:
    book, _ = play(replace(CALL, message=replace(CALL.message, params={"_meta": {"progressToken": True}})))
    book.asks_a(HoldCall)
    book.told(Held(approval=ASKED, is_streamed=True)).asks(AwaitReview(ASKED.id, INSTANT_S))
    book.told(Waited(ASKED, False)).asks(OpenStream(())).told(True).asks(AwaitReview(ASKED.id, BEAT_S))


def test_a_client_that_leaves_is_told_to_the_engine_and_the_path_ends_as_cancelled() -> None:
    book, _ = play()
    book.asks_a(HoldCall)
    book.told(Held(approval=ASKED)).asks(AwaitReview(ASKED.id, INSTANT_S)).cancelled()
    book.asks(LeaveHold(ASKED.id, is_locked=False)).told().gives_up()


def test_an_answer_that_was_kept_is_given_and_nothing_is_asked() -> None:
    book, found = play()
    book.asks_a(HoldCall)
    kept = b'{"jsonrpc":"2.0","id":"other","result":{"n": 1.50}}'
    book.told(Held(approval=None, answer=kept))
    assert book.asks_a(Append).entry.envelope["result"] == "result"
    assert book.told(2).asks_a(Answer).reply.body == b'{"jsonrpc":"2.0","result":{"n": 1.50},"id":7}'
    book.told(True).ends()
    assert found == [None]


def test_where_nobody_can_be_asked_the_call_is_denied() -> None:
    book, found = play(replace(CALL, message=message("resources/read", "file:///x")))
    assert book.asks_a(HoldCall).whom.tool == ""
    book.told(Held(approval=None, why="Too many."))
    assert book.asks_a(Append).entry.envelope["result"] == "denied"
    assert b"Too many." in book.told(2).asks_a(Answer).reply.body
    book.told(True).ends()
    assert found == [None]


def test_nobody_is_asked_about_what_cannot_be_masked_and_so_not_be_shown() -> None:
    terms = replace(CALL.terms, facts=replace(CALL.terms.facts, upstream=upstream(mask="default")))
    book, found = play(replace(CALL, terms=terms))
    book.asks_a(Mask)
    book.told(Seen(view=b"", raw=CALL.message.body, withheld="it holds too many findings"))
    assert b"it holds too many findings. Not executed." in book.asks_a(Append).entry.payload
    book.told(2).asks_a(Answer)
    book.told(True).ends()
    assert found == [None]
