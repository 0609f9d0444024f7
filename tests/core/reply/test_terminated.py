"""What a client learns of a lock, in the form that each kind of client acts on."""

import json
from dataclasses import replace

import pytest

from firedoor.core.reply.answer import MARK
from firedoor.core.reply.terminated import locked, locked_out, locked_result, terminated_text
from firedoor.model.era import Era
from firedoor.model.lock import Lock, LockId, LockMode, Target
from tests.helpers.nouns import message


def lock(target: Target = Target.PRINCIPAL, mode: LockMode = LockMode.STOP) -> Lock:
    return Lock(
        id=LockId("l_1"), targets=((target, "x"),), mode=mode, reason="Stolen.", by="sam", created_at_us=1
    )


def test_a_dead_credential_is_unauthorised_in_the_words_of_rfc_6750() -> None:
    refusal = locked_out(lock())
    assert (refusal.status, refusal.reason) == (401, "locked")
    assert (
        'error="invalid_token", error_description="terminated"' in dict(refusal.headers)["WWW-Authenticate"]
    )
    assert refusal.fields == {MARK: {"decision": "locked", "lock": "l_1"}}


@pytest.mark.parametrize(
    ("target", "method", "era", "status"),
    [
        (Target.SESSION, "tools/call", Era.LEGACY, 404),
        (Target.SESSION, "initialize", Era.LEGACY, 200),
        (Target.SESSION, "tools/call", Era.MODERN, 200),
        (Target.UPSTREAM, "tools/call", Era.LEGACY, 200),
    ],
)
def test_only_what_names_a_dead_session_is_not_found(target, method, era, status) -> None:
    refusal = locked(lock(target), message(method, "add", era=era))
    assert (refusal.status, refusal.code, refusal.id) == (status, 4401, 7)
    assert refusal.text == "Terminated: Stolen. Repeating it will not help. Reference l_1. Not executed."


def test_who_is_suspended_is_told_that_it_may_pass() -> None:
    refusal = locked(lock(mode=LockMode.SUSPEND), message())
    assert refusal.reason == "suspended"
    assert refusal.text == "Suspended: Stolen. Try again later. Reference l_1. Not executed."


def test_a_model_reads_it_as_the_result_of_its_tool() -> None:
    refusal = locked(lock(), message())
    result = json.loads(locked_result(refusal, lock(), message()))["result"]
    assert result["isError"] is True
    assert result["content"][0]["text"] == refusal.text
    assert result["_meta"][MARK] == {"decision": "locked", "lock": "l_1"}


def test_other_methods_and_dead_sessions_are_answered_by_the_refusal_itself() -> None:
    other = message("prompts/get", "p")
    assert locked_result(locked(lock(), other), lock(), other) == b""
    gone = lock(Target.SESSION)
    assert locked_result(locked(gone, message()), gone, message()) == b""


def test_a_call_that_was_cut_short_may_have_been_executed() -> None:
    assert terminated_text(lock()).endswith("The call may or may not have been executed.")


def test_a_reason_without_a_full_stop_reads_as_a_sentence_all_the_same() -> None:
    refusal = locked_out(replace(lock(), reason="drill"))
    assert refusal.text == "Terminated: drill. Repeating it will not help. Reference l_1."
