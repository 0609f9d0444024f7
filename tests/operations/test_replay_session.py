import json
from dataclasses import dataclass

import pytest

from firedoor.model.entry import EntryKind
from firedoor.model.ids import SessionId
from firedoor.model.json import Json, JsonObject
from firedoor.operations.replay_session import end_of, lines_of, object_of, replay_session

SESSION = SessionId("01990000-0000-7000-8000-000000000001")
START = 1_767_225_600_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    kind: EntryKind
    session: SessionId
    sequence: int
    at_us: int
    envelope: JsonObject
    payload: bytes


def entry(kind: EntryKind, sequence: int, after_us: int, payload: bytes = b"", **said: Json) -> Stored:
    return Stored(
        kind=kind, session=SESSION, sequence=sequence, at_us=START + after_us, envelope=said, payload=payload
    )


DENY: JsonObject = {"effect": "deny", "rules": ["no-drops"], "reasons": ["Not at night."]}
ALLOW: JsonObject = {"effect": "allow", "rules": [], "reasons": []}
RECORDING = (
    entry(EntryKind.OPEN, 0, 0, principal="ci", actors=["triage"], upstream="crm", peer="127.0.0.1"),
    entry(EntryKind.INTENT, 1, 1_000, b'{"id":1}', method="tools/call", name="drop", verdict=DENY),
    entry(EntryKind.OUTCOME, 2, 2_000, b"{}", call=1, status=200, result="denied", code="denied"),
    entry(EntryKind.INTENT, 3, 3_000, b'{"id":2}', method="tools/call", name="query", verdict=ALLOW),
    entry(EntryKind.EVENT, 4, 4_000, b'{"p":1}', call=3, what="message", method="notifications/progress"),
    entry(EntryKind.EVENT, 5, 5_000, call=3, what="cancelled"),
    entry(EntryKind.OUTCOME, 6, 1_500_000, b"[]", call=3, status=200, result="error", code=-32000),
    entry(EntryKind.CONTROL, 7, 1_500_000, what="stop"),
    entry(EntryKind.REFUSED, 8, 1_500_000, b"x", reason="token_revoked", status=401, peer="10.0.0.9"),
    entry(EntryKind.CLOSE, 9, 2_000_000, reason="idle", calls=2),
)


def headlines() -> list[str]:
    return [lines_of(moment)[0] for moment in replay_session(RECORDING)]


def test_a_recording_replays_call_by_call_with_verdict_rule_and_end() -> None:
    assert headlines() == [
        "    +0.000s · session opens ci ← triage with crm from 127.0.0.1 at 2026-01-01T00:00:00.000Z",
        "    +0.001s → #1 tools/call drop [deny: no-drops, Not at night.]",
        "    +0.002s ← #1 tools/call drop denied 200 denied",
        "    +0.003s → #3 tools/call query [allow]",
        "    +0.004s ← #3 notifications/progress",
        "    +0.005s ← #3 cancelled",
        "    +1.500s ← #3 tools/call query error 200 -32000",
        "    +1.500s · control stop",
        "    +1.500s · refused: token_revoked 401 10.0.0.9",
        "    +2.000s · session closes: idle",
    ]


def test_what_has_no_method_says_what_it_is() -> None:
    (moment,) = replay_session([entry(EntryKind.INTENT, 4, 0, message="listen", verdict={"effect": "allow"})])
    assert lines_of(moment)[0] == "    +0.000s → #4 listen [allow]"


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"what": "viewed", "session": "s1", "by": {"name": "root", "uid": 0}}, "control viewed: s1 by root"),
        (
            {"what": "lock_lifted", "id": "l_1", "reason": "Over.", "by": {"name": "sam"}},
            "control lock_lifted: l_1 by sam Over.",
        ),
        ({"what": "token_created", "grant": "g_1", "by": "sam"}, "control token_created: g_1 by sam"),
    ],
)
def test_an_act_is_shown_with_what_it_was_done_to_and_by_whom(said: JsonObject, line: str) -> None:
    (moment,) = replay_session([entry(EntryKind.CONTROL, 1, 0, **said)])
    assert lines_of(moment)[0].endswith(f"· {line}")


@pytest.mark.parametrize(
    ("last", "close_reason", "said"),
    [
        (EntryKind.CLOSE, "idle", ""),
        (EntryKind.OUTCOME, "idle", ""),  # the index is ahead of what was read
        (EntryKind.CONTROL, None, ""),
        (EntryKind.INTENT, None, "the session goes on"),
        (
            EntryKind.INTENT,
            "lost",
            "no end: the gateway was killed; what has no outcome may have been executed",
        ),
    ],
)
def test_a_recording_without_a_last_word_says_why(
    last: EntryKind, close_reason: str | None, said: str
) -> None:
    assert end_of(last, close_reason) == said


def test_each_moment_says_whose_words_its_payload_is() -> None:
    assert [moment.who for moment in replay_session(RECORDING)] == [
        "gateway", "client", "gateway", "client", "upstream", "gateway", "upstream", "gateway", "client",
        "gateway",
    ]  # fmt: skip


def test_a_payload_stands_below_its_headline_as_it_was_sent() -> None:
    (moment,) = replay_session([entry(EntryKind.INTENT, 1, 0, b'{"n":1.50,"n":2,"s":"\\u001b"}')])
    lines = lines_of(moment)[1:]
    assert [line.strip() for line in lines] == ["{", '"n": 1.50,', '"n": 2,', '"s": "\\u001b"', "}"]


@pytest.mark.parametrize(
    "hostile", [b'{"a":"\x1b[2J\x9b"}', "plain \u202e\nsecond\x1b]0;x\x07".encode(), b"\xff\xfe\x1b"]
)
def test_no_recorded_text_acts_on_a_terminal(hostile: bytes) -> None:
    text = hostile.decode("utf-8", "replace")
    stored = entry(
        EntryKind.INTENT, 1, 0, hostile, method=text, name=text, verdict={"effect": text, "rules": [text]}
    )
    (moment,) = replay_session([stored])
    for is_whole in (False, True):
        for line in lines_of(moment, is_whole=is_whole):
            assert line.isprintable()


def test_a_long_payload_is_cut_and_says_so_unless_the_whole_is_wanted() -> None:
    payload = json.dumps(list(range(1_000))).encode()
    (moment,) = replay_session([entry(EntryKind.OUTCOME, 1, 0, payload, call=0)])
    lines = lines_of(moment)
    assert len(lines) == 1 + 40 + 1
    assert lines[-1].strip() == f"… ({len(payload)} bytes in all)"
    assert len(lines_of(moment, is_whole=True)) == 1 + 1_002


def test_a_long_line_and_a_huge_payload_are_cut() -> None:
    (moment,) = replay_session([entry(EntryKind.OUTCOME, 1, 0, b"x" * 100_000, call=0)])
    _, line, note = lines_of(moment)
    assert line.strip() == "x" * 400 + "…"
    assert note.strip() == "… (100000 bytes in all)"


def test_a_moment_is_an_object_for_programs() -> None:
    (moment,) = replay_session([entry(EntryKind.INTENT, 1, 0, b"\xff{}", method="ping", verdict=ALLOW)])
    assert json.loads(json.dumps(object_of(moment))) == {
        "kind": "intent", "sequence": 1, "at": "2026-01-01T00:00:00.000Z", "offset_us": 0, "who": "client",
        "call": 1, "method": "ping", "name": "",
        "said": {"method": "ping", "verdict": ALLOW}, "payload": "\\xff{}",
    }  # fmt: skip


@pytest.mark.parametrize("kind", list(EntryKind))
def test_an_envelope_that_says_nothing_or_nonsense_is_shown_all_the_same(kind: EntryKind) -> None:
    nonsense: dict[str, Json] = {
        "principal": 1, "actors": "x", "verdict": [], "call": True, "status": "x", "method": [], "code": None,
    }  # fmt: skip
    for said in ({}, nonsense, {"verdict": {"rules": "x"}, "call": 7}):
        (moment,) = replay_session([entry(kind, 1, 0, **said)])
        assert lines_of(moment)[0].startswith("    +0.000s")


@pytest.mark.promise("REC-3")
def test_a_held_call_replays_with_who_approved_it_and_why() -> None:
    held = (
        entry(EntryKind.APPROVAL, 2, 0, what="requested", approval="apr_1", call=f"{SESSION}.1"),
        entry(
            EntryKind.APPROVAL,
            3,
            0,
            what="reviewed",
            approval="apr_1",
            by="sam",
            decision="approve",
            reason="Ok.",
        ),
        entry(
            EntryKind.APPROVAL,
            4,
            0,
            what="redeemed",
            approval="apr_1",
            executes="s.1",
            approvers=["sam", "kim"],
        ),
        entry(EntryKind.APPROVAL, 5, 0, what="withdrawn", approval="apr_2", why="A lock ended it."),
    )
    assert [lines_of(moment)[0].strip() for moment in replay_session(held)] == [
        "+0.000s · approval apr_1 requested",
        "+0.000s · approval apr_1 reviewed: sam approve Ok.",
        "+0.000s · approval apr_1 redeemed: s.1, approved by sam, kim",
        "+0.000s · approval apr_2 withdrawn A lock ended it.",
    ]


def test_a_call_that_a_permit_let_pass_replays_with_the_permit_and_who_approved_it() -> None:
    verdict: JsonObject = {
        "effect": "hold", "rules": ["money"], "reasons": [],
        "permit": "prm_1", "permitted_by": ["sam", "kim"],
    }  # fmt: skip
    passed = (
        entry(EntryKind.INTENT, 1, 0, method="tools/call", name="refund", verdict=verdict),
        entry(
            EntryKind.APPROVAL, 2, 0, what="permit_used", permit="prm_1", executes="s.1", approvers=["sam"]
        ),
        entry(EntryKind.APPROVAL, 3, 0, what="permit_unused", permit="prm_1", why="Locked: Stolen."),
    )
    assert [lines_of(moment)[0].strip() for moment in replay_session(passed)] == [
        "+0.000s → #1 tools/call refund [hold: money; let pass by prm_1 of sam, kim]",
        "+0.000s · permit prm_1 permit_used: s.1, approved by sam",
        "+0.000s · permit prm_1 permit_unused Locked: Stolen.",
    ]
