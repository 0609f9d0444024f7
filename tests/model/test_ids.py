"""A call is named by where its record begins."""

from firedoor.model.ids import SessionId, call_id


def test_a_call_is_named_by_its_session_and_the_number_of_its_intent() -> None:
    assert (
        call_id(SessionId("01999999-9999-7999-8999-999999999999"), 3)
        == "01999999-9999-7999-8999-999999999999.3"
    )
