"""What clients of held calls are told."""

import json

import pytest

from firedoor.core.reply.answer import MARK
from firedoor.core.reply.held import ended, pending, progress, too_large, unasked
from firedoor.model.approval import ApprovalState
from firedoor.model.ids import CallId
from tests.helpers.approvals import approval
from tests.helpers.nouns import message

CALL = CallId("s.4")


def test_a_ticket_says_that_nothing_was_executed_and_how_to_come_back() -> None:
    told = json.loads(pending(message(), approval(), CALL))["result"]
    text = told["content"][0]["text"]
    assert told["isError"] is True
    assert text.startswith("Waiting for approval (rule writes): Another person decides. Not executed. Ticket")
    assert "identical arguments" in text
    assert told["_meta"][MARK] == {
        "decision": "hold", "approval": approval().id, "pollAfterMs": 30_000, "call": "s.4",
    }  # fmt: skip


def test_a_default_that_holds_names_no_rule() -> None:
    text = json.loads(pending(message(), approval(rules=(), reasons=()), CALL))["result"]["content"][0][
        "text"
    ]
    assert text.startswith("Waiting for approval: another person decides about this call. Not executed.")


@pytest.mark.parametrize(
    ("state", "code", "begins"),
    [
        (ApprovalState.REFUSED, 4403, "Refused by an approver. Reason: No. Not executed. Do not repeat"),
        (ApprovalState.EXPIRED, 4408, "Nobody approved it in time. Reason: No. Not executed. Repeating"),
        (ApprovalState.WITHDRAWN, 4403, "The request for approval is withdrawn. Reason: No. Not executed."),
        (ApprovalState.DONE, 4403, "The request for approval is withdrawn. Reason: No. Not executed."),
    ],
)
def test_an_end_is_told_as_an_error_where_no_tool_was_called(
    state: ApprovalState, code: int, begins: str
) -> None:
    error = json.loads(ended(message("resources/read"), approval(state=state), "No.", CALL))["error"]
    assert error["code"] == code
    assert error["message"].startswith(begins)
    assert error["data"][MARK]["decision"] == state.value


def test_without_a_reason_none_is_told() -> None:
    told = ended(message(), approval(state=ApprovalState.EXPIRED), "", CALL)
    assert "Reason" not in told.decode()


def test_who_cannot_be_asked_for_is_told_why() -> None:
    assert b"nobody was asked: Too many." in unasked(message(), "Too many.", CALL)


def test_an_answer_that_does_not_fit_says_how_to_get_it() -> None:
    text = json.loads(too_large(message(), "apr_1", 5, CALL))["result"]["content"][0]["text"]
    assert "executed once" in text
    assert "not executed again" in text


def test_progress_grows_and_stays_below_what_an_upstream_reports() -> None:
    first, second = (json.loads(progress("p", beat, approval()))["params"] for beat in (1, 2))
    assert 0 < first["progress"] < second["progress"] < 0.001
    assert first["progressToken"] == "p"
    assert approval().id in first["message"]
