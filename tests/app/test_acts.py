import os
import pwd
import threading
from pathlib import Path

import pytest

from firedoor.app.acts import RecordedActs, RecordedGrants, open_journal, this_operator
from firedoor.app.admin_client import ask_gateway
from firedoor.app.inspect import open_store
from firedoor.app.settings.resolved import Settings
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.layout import segment_file
from firedoor.edges.store.journal.reader import RecordedEntry, read_all
from firedoor.model.entry import EntryKind
from firedoor.model.errors import ClientError, IntegrityError, RecordError
from firedoor.model.ids import GrantId
from firedoor.model.json import JsonObject
from firedoor.ports.index import CallFilter
from tests.app.recorded import acts, settings_in
from tests.app.running import running
from tests.helpers.nouns import session


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


def controls(settings: Settings) -> list[RecordedEntry]:
    entries = read_all(settings.data_dir, keys=KeyRing.open(settings.data_dir))
    return [entry for entry in entries if entry.kind is EntryKind.CONTROL]


def test_an_act_is_recorded_while_no_gateway_runs_with_who_did_it(settings: Settings) -> None:
    RecordedActs(settings).note("looked", {"at": "it"})
    (entry,) = controls(settings)
    by = {"name": pwd.getpwuid(os.getuid()).pw_name, "uid": os.getuid()}
    assert entry.envelope == {"what": "looked", "at": "it", "by": by}
    with open_store(settings) as store:
        assert [call.method for call in store.index.calls(CallFilter())] == ["looked"]


def test_an_act_is_recorded_by_the_gateway_that_runs(settings: Settings) -> None:
    with running(settings) as journal:
        RecordedActs(settings).note("looked", {})
        found = controls(settings)  # durable when `note` returned
    assert [(each.session, each.envelope["what"]) for each in found] == [(journal.control, "looked")]
    assert found[0].envelope["by"] == {"name": this_operator().name, "uid": os.getuid()}


def test_who_asks_cannot_say_who_did_it_nor_speak_as_the_gateway(settings: Settings) -> None:
    with running(settings):
        forged = {"by": {"name": "root", "uid": 0}, "what": "other"}
        ask_gateway(settings.data_dir, "note", {"act": "looked", "about": forged})
        unusable: list[JsonObject] = [{"act": "shredded", "about": {}}, {"act": 1, "about": {}}, {"act": "x"}]
        for arguments in unusable:
            with pytest.raises(ClientError) as caught:
                ask_gateway(settings.data_dir, "note", arguments)
            assert caught.value.code == "act_unusable"
        with pytest.raises(ClientError) as caught:
            ask_gateway(settings.data_dir, "shred", {"tombstones": [{"session": "x"}]})
        assert caught.value.code == "tombstone_unusable"
    (entry,) = controls(settings)
    assert entry.envelope["what"] == "looked"
    assert entry.envelope["by"] == {"name": this_operator().name, "uid": os.getuid()}


def test_a_writer_that_answers_nobody_is_not_passed_by(settings: Settings) -> None:
    with open_journal(settings), pytest.raises(RecordError) as caught:
        RecordedActs(settings).note("looked", {})
    assert caught.value.code == "record_in_use"


def test_an_act_waits_for_another_command_that_has_the_journal_for_a_moment(settings: Settings) -> None:
    begun = threading.Event()

    def other() -> None:
        with open_journal(settings):
            begun.set()

    thread = threading.Thread(target=other)
    thread.start()
    assert begun.wait(timeout=10)
    RecordedActs(settings).note("looked", {})
    thread.join()
    assert [act["what"] for act in acts(settings)] == ["looked"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to somebody else")
def test_root_leaves_no_files_among_those_of_the_gateways_user(settings: Settings) -> None:
    settings.data_dir.mkdir()
    os.chown(settings.data_dir, 12345, -1)
    with pytest.raises(RecordError) as caught:
        RecordedActs(settings).note("looked", {})
    assert caught.value.code == "record_of_another_user"
    assert list(settings.data_dir.iterdir()) == []


def test_nothing_is_added_to_a_damaged_journal(settings: Settings) -> None:
    for _ in range(2):
        RecordedActs(settings).note("looked", {})
    file = segment_file(settings.data_dir, 1)
    content = bytearray(file.read_bytes())
    content[200] ^= 1
    file.write_bytes(content)
    with pytest.raises(IntegrityError):
        RecordedActs(settings).note("looked", {})
    assert file.read_bytes() == content


class Refusing:
    """A record that takes nothing."""

    def note(self, act: str, about: JsonObject) -> None:
        raise RecordError("record_unavailable", f"{act} {about}")


def test_a_token_is_made_and_revoked_once_that_is_recorded(settings: Settings) -> None:
    grant = session().grant
    told: list[RecordError] = []
    with open_store(settings) as store:
        with pytest.raises(RecordError):
            RecordedGrants(store.grants, Refusing(), told.append).create(grant)
        assert store.grants.list() == ()
        grants = RecordedGrants(store.grants, RecordedActs(settings), told.append)
        grants.create(grant)
        assert grants.list() == (grants.find(grant.id),)
        assert grants.revoke(grant.id, 5, "lost")
        assert not grants.revoke(grant.id, 6, "again")
        assert not grants.revoke(GrantId("g_none"), 6, "")
    recorded = acts(settings)
    assert [(act["what"], act["grant"]) for act in recorded] == [
        ("token_created", grant.id), ("token_revoked", grant.id),
    ]  # fmt: skip
    assert recorded[1]["reason"] == "lost"
    assert told == []
    assert grant.token_digest not in repr(recorded)


def test_a_record_that_takes_nothing_does_not_keep_a_token_alive(settings: Settings) -> None:
    grant = session().grant
    told: list[RecordError] = []
    with open_store(settings) as store:
        store.grants.create(grant)
        assert RecordedGrants(store.grants, Refusing(), told.append).revoke(grant.id, 5, "lost")
        found = store.grants.find(grant.id)
    assert found is not None
    assert found.revoked_at_us == 5
    assert len(told) == 1
