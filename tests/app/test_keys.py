from pathlib import Path

import pytest

from firedoor.app.acts import RecordedActs
from firedoor.app.keys import (
    add_recipient,
    drill,
    init_keys,
    remove_recipient,
    rewrap_keys,
    rotate_identity,
    state_of_keys,
)
from firedoor.app.recording import Looking, replay
from firedoor.app.settings.resolved import Settings
from firedoor.edges.keys.age import IDENTITY_FILE, RETIRED_FILE
from firedoor.model.entry import Entry, EntryKind, Layer
from firedoor.model.errors import ClientError, RecordError, SettingsError
from tests.app.recorded import ONE, acts, record, settings_in, somebody
from tests.app.running import running
from tests.edges.store.journal.around import session


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


def payloads(settings: Settings, *identities: Path, is_raw: bool = False) -> list[bytes]:
    looking = Looking(identities=identities, is_raw=is_raw)
    return [entry.payload for entry in replay(settings, ONE, looking) if entry.payload]


def lose(settings: Settings) -> None:
    (settings.data_dir / "keys" / IDENTITY_FILE).unlink()


def test_the_offline_identity_opens_everything_when_the_local_one_is_lost(
    tmp_path: Path, settings: Settings
) -> None:
    offline = tmp_path / "offline.agekey"
    assert [each.name for each in init_keys(settings, offline)] == ["local", "offline"]
    assert offline.stat().st_mode & 0o777 == 0o600
    record(settings)
    lose(settings)
    with pytest.raises(RecordError) as caught:
        payloads(settings)
    assert caught.value.code == "view_layer_sealed"
    assert payloads(settings, offline, is_raw=True) == [b'"ann@x.example"']
    assert drill(settings, [offline]).lost == ()


def test_an_offline_identity_is_never_written_over_nor_made_twice(tmp_path: Path, settings: Settings) -> None:
    offline = tmp_path / "offline.agekey"
    init_keys(settings, offline)
    before = offline.read_bytes()
    with pytest.raises(ClientError, match="is there already"):
        init_keys(settings, offline)
    with pytest.raises(ClientError) as caught:
        init_keys(settings, tmp_path / "other.agekey")
    assert caught.value.code == "recipient_taken"
    with pytest.raises(ClientError):
        init_keys(settings, tmp_path / "none" / "other.agekey")
    assert offline.read_bytes() == before
    assert not (tmp_path / "other.agekey").exists()


def test_a_drill_names_what_one_identity_alone_does_not_open(tmp_path: Path, settings: Settings) -> None:
    record(settings)
    auditor, file = somebody(tmp_path, "auditor", Layer.VIEW)
    add_recipient(settings, auditor)
    record(settings, session(2))
    found = drill(settings, [file])
    assert ONE in found.lost
    assert session(2) in found.lost  # its raw key is not the auditor's
    assert rewrap_keys(settings).left == ()
    found = drill(settings, [file])
    assert (found.keys - found.opened, found.sessions) == (2, found.keys - 2)
    assert drill(settings, []).lost == ()


def test_a_drill_without_any_identity_says_what_to_name(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "record: {mode: sealed}\n")
    with pytest.raises(SettingsError) as caught:
        drill(settings, [])
    assert caught.value.code == "no_local_identity"


@pytest.mark.promise("REC-3")
def test_who_may_read_the_view_alone_replays_it_and_not_the_raw_layer(
    tmp_path: Path, settings: Settings
) -> None:
    auditor, file = somebody(tmp_path, "auditor", Layer.VIEW)
    add_recipient(settings, auditor)
    record(settings)
    lose(settings)
    assert payloads(settings, file) == [b'"EMAIL_1"']
    with pytest.raises(RecordError) as caught:
        payloads(settings, file, is_raw=True)
    assert caught.value.code == "raw_layer_sealed"


def test_a_sealed_gateway_records_for_others_alone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "record: {mode: sealed}\n")
    with pytest.raises(SettingsError) as refused:
        record(settings)
    assert refused.value.code == "recipients_missing"
    offline, file = somebody(tmp_path, "offline", *Layer)
    assert add_recipient(settings, offline) == (offline,)
    record(settings)
    assert not (settings.data_dir / "keys" / IDENTITY_FILE).exists()
    with pytest.raises(RecordError) as caught:
        payloads(settings)
    assert caught.value.code == "view_layer_sealed"
    assert payloads(settings, file) == [b'"EMAIL_1"']
    with pytest.raises(ClientError) as cannot:
        rotate_identity(settings)
    assert cannot.value.code == "no_local_identity"
    with pytest.raises(ClientError, match="Nobody else reads"):
        remove_recipient(settings, "offline")


def test_old_recordings_stay_readable_after_rotation(tmp_path: Path, settings: Settings) -> None:
    record(settings)
    old = tmp_path / "old.agekey"
    old.write_bytes((settings.data_dir / "keys" / IDENTITY_FILE).read_bytes())
    old.chmod(0o600)
    assert rotate_identity(settings).left == ()
    assert not (settings.data_dir / "keys" / RETIRED_FILE).exists()
    assert payloads(settings, is_raw=True) == [b'"ann@x.example"']
    assert drill(settings, [old]).opened == 0


def test_a_rotation_that_could_not_open_everything_keeps_the_old_identity_until_it_could(
    tmp_path: Path, settings: Settings
) -> None:
    offline, file = somebody(tmp_path, "offline", *Layer)
    add_recipient(settings, offline)
    record(settings_in(tmp_path, "record: {mode: sealed}\n"))
    done = rotate_identity(settings)
    assert {each.session for each in done.left} >= {ONE}
    assert (settings.data_dir / "keys" / RETIRED_FILE).exists()
    assert rewrap_keys(settings, [file]).left == ()
    assert not (settings.data_dir / "keys" / RETIRED_FILE).exists()
    assert payloads(settings) == [b'"EMAIL_1"']


def test_each_change_is_recorded_and_names_who_may_read_from_then_on(
    tmp_path: Path, settings: Settings
) -> None:
    auditor, _ = somebody(tmp_path, "auditor", Layer.VIEW)
    add_recipient(settings, auditor)
    remove_recipient(settings, "auditor")
    rotate_identity(settings)
    rewrap_keys(settings)
    drill(settings, [])
    recorded = acts(settings)
    whats = ["recipients_set", "recipients_set", "identity_rotated", "keys_rewrapped", "keys_drilled"]
    assert [act["what"] for act in recorded] == whats
    line = {"name": "auditor", "recipient": auditor.recipient, "layers": ["view"]}
    assert [act.get("recipients") for act in recorded[:2]] == [[line], []]


def test_a_running_gateway_goes_on_under_new_keys_for_those_who_may_read_now(
    tmp_path: Path, settings: Settings
) -> None:
    auditor, file = somebody(tmp_path, "auditor", Layer.VIEW)
    with running(settings) as journal:
        opened = Entry(kind=EntryKind.OPEN, session=ONE, at_us=1, envelope={})
        journal.put(opened)
        add_recipient(settings, auditor)
        journal.put(Entry(kind=EntryKind.EVENT, session=ONE, at_us=2, envelope={}, payload=b"later"))
    keys = sorted(each.name for each in (settings.data_dir / "keys" / ONE).iterdir())
    assert keys == ["view-0.age", "view-1.age"]
    assert payloads(settings) == [b"later"]
    found = drill(settings, [file])
    assert found.keys - found.opened == 2  # the first keys of the session and of the gateway's own
    assert "keys_changed" in [act["what"] for act in acts(settings)]


def test_the_state_tells_who_may_read_and_makes_nothing(settings: Settings) -> None:
    assert state_of_keys(settings).recipients == ()
    assert not settings.data_dir.exists()
    RecordedActs(settings).note("looked", {})
    state = state_of_keys(settings)
    assert ([each.name for each in state.recipients], state.sessions, state.keys) == (["local"], 1, 1)
