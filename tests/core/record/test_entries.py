"""Which facts stand in the envelope of each kind."""

import hashlib

import pytest

from firedoor.core.record.entries import (
    REFUSED_PAYLOAD,
    InForce,
    Told,
    event_entry,
    intent_entry,
    open_entry,
    outcome_entry,
    refused_entry,
)
from firedoor.model.entry import EntryKind, Layered
from firedoor.model.reply import Refusal
from firedoor.model.verdict import Effect, Verdict
from tests.helpers.nouns import AT_US, CONTROL, LEGACY, SESSION, TOKEN, arrival, message, session


def test_a_session_opens_with_who_through_whom_and_under_which_policy() -> None:
    entry = open_entry(session(), {"name": "probe"}, "10.0.0.7", InForce(policy="sha256:1"))
    assert (entry.kind, entry.session, entry.at_us, entry.payload) == (EntryKind.OPEN, SESSION, AT_US, b"")
    assert entry.envelope == {
        "principal": "dana",
        "principal_kind": "person",
        "actors": ["claw"],
        "grant": "g_0000000000000001",
        "token": session().grant.token_digest[:12],
        "upstream": "disk",
        "era": "legacy",
        "client": {"name": "probe"},
        "peer": "10.0.0.7",
        "policy": "sha256:1",
    }
    assert TOKEN not in repr(entry)


def test_a_session_opens_with_what_its_upstream_lists_where_that_is_known() -> None:
    listed = {"tool": {"sha256": "0" * 64, "seen_at_us": 5}}
    entry = open_entry(session(), None, "10.0.0.7", InForce(policy="sha256:1", definitions=listed))
    assert entry.envelope["definitions"] == listed


@pytest.mark.promise("DEC-1")
def test_an_intent_holds_the_exact_bytes_and_all_that_explains_the_verdict() -> None:
    verdict = Verdict(effect=Effect.DENY, rules=("a", "b"), reasons=("No.",), policy_version="sha256:1")
    entry = intent_entry(session(), message(), verdict, 5)
    assert (entry.kind, entry.at_us, entry.payload) == (EntryKind.INTENT, 5, message().body)
    assert entry.envelope == {
        "message": "request",
        "method": "tools/call",
        "id": 7,
        "name": "add",
        "revision": LEGACY,
        "verdict": {"effect": "deny", "rules": ("a", "b"), "reasons": ("No.",), "policy": "sha256:1"},
    }


@pytest.mark.parametrize(("code", "more"), [("", {}), ("upstream_gone", {"code": "upstream_gone"})])
def test_an_outcome_names_its_call_and_how_it_ended(code, more) -> None:
    entry = outcome_entry(session(), 3, Told(status=200, result="result", code=code), 5, b"{}")
    assert (entry.kind, entry.payload) == (EntryKind.OUTCOME, b"{}")
    assert entry.envelope == {"call": 3, "status": 200, "result": "result", **more}


def test_an_event_names_its_call_and_what_happened() -> None:
    entry = event_entry(session(), 3, {"what": "declined"}, 5, b"x")
    assert (entry.kind, entry.payload) == (EntryKind.EVENT, b"x")
    assert entry.envelope == {"call": 3, "what": "declined"}


def test_refused_input_is_kept_in_part_and_hashed_whole() -> None:
    body = b"x" * (REFUSED_PAYLOAD + 1)
    refusal = Refusal(status=400, code=-32700, reason="not_json", text="")
    entry = refused_entry(CONTROL, arrival(to="u" * 500, verb="V" * 50), refusal, body)
    assert (entry.kind, entry.session, entry.payload) == (EntryKind.REFUSED, CONTROL, body[:-1])
    assert entry.envelope == {
        "status": 400,
        "code": -32700,
        "reason": "not_json",
        "peer": "10.0.0.7",
        "upstream": "u" * 128,
        "verb": "V" * 16,
        "bytes": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    assert TOKEN not in repr(entry)


def test_a_masked_message_has_both_sides_and_says_what_was_masked() -> None:
    masked = ({"kind": "email", "at": "/result/0"},)
    both = Layered(view=b"EMAIL_1", raw=b"ann@example.com", masked=masked)
    told = Told(status=200, result="result")
    for entry in (outcome_entry(session(), 3, told, 5, both), event_entry(session(), 3, {}, 5, both)):
        assert (entry.payload, entry.raw) == (b"EMAIL_1", b"ann@example.com")
        assert entry.envelope["masked"] == masked
    nothing = outcome_entry(session(), 3, told, 5, Layered(view=b"x", raw=b"x"))
    assert "masked" not in nothing.envelope
    assert not nothing.is_layered


def test_an_intent_keeps_what_the_upstream_is_sent_if_that_is_something_else() -> None:
    verdict = Verdict(effect=Effect.ALLOW, rules=(), reasons=(), policy_version="sha256:1")
    entry = intent_entry(session(), message(), verdict, 5, b'{"to": "ann@example.com"}')
    assert (entry.payload, entry.raw) == (message().body, b'{"to": "ann@example.com"}')
    assert not intent_entry(session(), message(), verdict, 5, message().body).is_layered


def test_an_intent_says_what_was_understood_and_that_it_was_only_observed() -> None:
    verdict = Verdict(effect=Effect.DENY, understood=("DROP TABLE x",), is_enforced=False)
    said = intent_entry(session(), message(), verdict, 5).envelope["verdict"]
    assert (said["understood"], said["mode"]) == (("DROP TABLE x",), "observe")
