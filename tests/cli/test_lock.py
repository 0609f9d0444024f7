"""What a person in a hurry reads of a lock: who is locked out, what has ended, what has not."""

import pytest

from firedoor.cli.lock import SHOWN, say, say_proof
from firedoor.model.json import JsonObject

MACHINE = "http://127.0.0.1:8484 (process 7)"


def told(target: str = "principal", mode: str = "stop", **changes: object) -> JsonObject:
    return {
        "lock": {
            "id": "l_0123456789abcdef",
            "targets": [{"target": target, "value": "" if target == "all" else "dana"}],
            "mode": mode,
            "grant": changes.pop("grant", None),
        },
        "is_running": True,
        "is_complete": True,
        "calls_ended": 0,
        "streams_ended": 0,
        "sessions_ended": [],
        "approvals_withdrawn": 0,
        "recordings_held": 0,
        "acknowledged_by": [MACHINE],
        "not_acknowledged_by": [],
    } | changes


def lines(capsys: pytest.CaptureFixture[str], what: JsonObject) -> list[str]:
    say(what)
    return capsys.readouterr().out.splitlines()


def test_of_nobody_it_is_said_that_the_name_may_be_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, told()) == [
        "l_0123456789abcdef is in force.",
        "Calls ended: 0. Streams ended: 0.",
        "Approvals withdrawn: 0.",
        "Sessions ended: 0.",
        "Recordings under legal hold: 0.",
        "Nobody whom it holds for is here: look whether the name is right.",
        f"Acknowledged by: {MACHINE}.",
    ]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (told(recordings_held=2), "Nobody whom it holds for is here now. The recordings are of earlier"),
        (told("all"), "Nobody is here."),
        (told(recordings_held=None), "Nobody whom it holds for is here now."),
    ],
)
def test_who_was_here_before_is_not_taken_for_a_name_that_is_wrong(
    capsys: pytest.CaptureFixture[str], what: JsonObject, said: str
) -> None:
    (line,) = [line for line in lines(capsys, what) if line.startswith("Nobody")]
    assert line.startswith(said)


@pytest.mark.parametrize(
    "what",
    [
        told(calls_ended=1),
        told(streams_ended=1),
        told(approvals_withdrawn=1),
        told(sessions_ended=["s"]),
        told(mode="suspend"),
        told("session", grant="g_1", calls_ended=1),
    ],
)
def test_where_something_ended_or_nothing_is_to_end_nobody_is_said_to_be_missing(
    capsys: pytest.CaptureFixture[str], what: JsonObject
) -> None:
    assert not [line for line in lines(capsys, what) if "Nobody" in line or "NOBODY" in line]


def test_a_session_that_nobody_knows_locks_nobody_out_and_that_is_said_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = lines(capsys, told("session"))
    assert len([line for line in said if "nobody" in line.lower()]) == 1
    assert "No gateway knows that session: NOBODY IS LOCKED OUT." in "\n".join(said)


def test_each_session_that_ended_is_named_and_of_a_crowd_the_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    crowd = [f"session-{number:05}" for number in range(10_000)]
    assert lines(capsys, told(sessions_ended=crowd[:1]))[3:5] == ["Sessions ended: 1.", "  session-00000"]
    said = lines(capsys, told(sessions_ended=crowd[:SHOWN]))
    assert sum(line.startswith("  ") for line in said) == SHOWN
    said = lines(capsys, told(sessions_ended=crowd, calls_ended=10_000))
    assert "Sessions ended: 10000." in said
    assert said[4 + SHOWN] == f"  and {10_000 - SHOWN} more: `firedoor sessions` shows them"
    assert len(said) == SHOWN + 7


def test_text_of_others_moves_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    said = lines(capsys, told(not_acknowledged_by=["\x1b[2Jnode"], sessions_ended=["\x1b[2J"]))
    assert "\x1b" not in "\n".join(said)
    assert said[-1] == "Something still ends: look again with `firedoor lock verify`."


@pytest.mark.parametrize(("what", "said"), [("legal_holds", "NOT held:"), ("approvals", "NOT withdrawn:")])
def test_what_failed_is_said_and_that_it_is_tried_again(
    capsys: pytest.CaptureFixture[str], what: str, said: str
) -> None:
    found = lines(capsys, told(is_complete=False, tried_again=[what]))
    (line,) = [line for line in found if line.startswith(said)]
    assert "tried again" in line
    assert not [line for line in found if "name is right" in line]


def test_a_proof_of_a_lock_on_a_session_that_nobody_knows_says_that_nobody_is_locked_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    proof: JsonObject = {"is_in_force": True, "exchanges_left": 0, "sessions_left": [], "holds": True}
    for lock, is_said in ((told("session"), True), (told("session", grant="g_1"), False), (told(), False)):
        say_proof(
            "l_0123456789abcdef",
            {**proof, "lock": lock["lock"], "acknowledged_by": [], "not_acknowledged_by": []},
        )
        assert ("NOBODY IS LOCKED OUT" in capsys.readouterr().out) == is_said
