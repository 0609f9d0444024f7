"""How a lock is asked for: what has no sense is told by the name of its member, and nothing is guessed."""

import secrets
from pathlib import Path

import pytest

from firedoor.app.locking import ask_to_verify, open_locks, request_of, standing_locks, wanted_of
from firedoor.model.errors import ClientError, IntegrityError
from firedoor.model.json import JsonObject
from firedoor.model.lock import LockMode, Target
from firedoor.operations.create_lock import create_lock
from tests.app.recorded import settings_in

ASKED: JsonObject = {"targets": [["principal", "dana"], ["tool", "wipe"]], "reason": "Stolen."}


def test_what_is_asked_for_is_read() -> None:
    whole = {**ASKED, "mode": "suspend", "case": "c-7", "ttl_us": 5}
    request = request_of(wanted_of(whole), "sam")
    assert request.targets == ((Target.PRINCIPAL, "dana"), (Target.TOOL, "wipe"))
    assert (request.mode, request.case, request.ttl_us) == (LockMode.SUSPEND, "c-7", 5)
    assert (request.reason, request.by, request.grant, request.upstream) == ("Stolen.", "sam", None, None)


def test_what_is_not_said_is_a_stop_until_it_is_lifted() -> None:
    request = request_of(wanted_of(ASKED), "sam")
    assert (request.mode, request.case, request.ttl_us) == (LockMode.STOP, None, None)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"targets": [["all", ""]]}, '"reason" is missing.'),
        ({**ASKED, "grant": "g_0123456789abcdef"}, '"grant" is no part of what is asked for.'),
        ({**ASKED, "upstream": "crm"}, '"upstream" is no part of what is asked for.'),
        ({**ASKED, "x" * 5_000: 1}, f'"{"x" * 64}" is no part of what is asked for.'),
        ({**ASKED, "reason": 1}, '"reason" is not a text.'),
        ({**ASKED, "case": ["c"]}, '"case" is not a text.'),
        ({**ASKED, "ttl_us": True}, '"ttl_us" is not a whole number of microseconds, or null.'),
        ({**ASKED, "ttl_us": "5000000"}, '"ttl_us" is not a whole number of microseconds, or null.'),
        ({**ASKED, "ttl_us": 5.0}, '"ttl_us" is not a whole number of microseconds, or null.'),
        (
            {**ASKED, "targets": [["principal"]]},
            '"targets" is not a list of pairs such as ["principal", "dana"].',
        ),
        ({**ASKED, "targets": "all"}, '"targets" is not a list of pairs such as ["principal", "dana"].'),
    ],
)
def test_a_member_that_makes_no_sense_is_named(asked: JsonObject, told: str) -> None:
    with pytest.raises(ClientError) as refused:
        wanted_of(asked)
    assert (refused.value.code, refused.value.message) == ("body_unusable", told)


@pytest.mark.parametrize(
    ("changes", "code", "told"),
    [
        ({"targets": [["shoe", "x"]]}, "lock_target", "'shoe' is no target of a lock."),
        ({"mode": "halt"}, "lock_mode", "'halt' is no mode of a lock."),
    ],
)
def test_a_target_or_a_mode_that_is_none_is_told_with_those_there_are(
    changes: JsonObject, code: str, told: str
) -> None:
    with pytest.raises(ClientError) as refused:
        request_of(wanted_of({**ASKED, **changes}), "sam")
    assert (refused.value.code, refused.value.message) == (code, told)
    assert refused.value.hint.startswith("It is one of: ")


def test_to_read_locks_where_there_are_none_makes_no_folder(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    for _ in range(2):
        assert standing_locks(settings) == ()
        with pytest.raises(ClientError, match="There is no lock"):
            ask_to_verify(settings, "l_0123456789abcdef")
        assert not settings.lock_dir.exists()
        settings.data_dir.mkdir(exist_ok=True)


def test_a_folder_of_locks_that_was_taken_away_is_missed_and_not_made_anew(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    locks, mark = open_locks(settings)
    create_lock(request_of(wanted_of(ASKED), "sam"), locks, now_us=1, random=secrets.token_bytes)
    mark.keep(locks.view().epoch)
    mark.close()
    locks.close()
    settings.lock_dir.rename(tmp_path / "away")
    asks = (
        lambda: standing_locks(settings),
        lambda: ask_to_verify(settings, "l_0123456789abcdef"),
        lambda: open_locks(settings),
    )
    for ask in asks:
        with pytest.raises(IntegrityError, match="Locks are missing"):
            ask()
        assert not settings.lock_dir.exists()
    (tmp_path / "away").rename(settings.lock_dir)
    assert len(standing_locks(settings)) == 1
