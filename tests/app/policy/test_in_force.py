"""The policy in force: what a start takes, what a running gateway sees, what never replaces a good one."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from firedoor.app.policy.file import Documents, read_documents
from firedoor.app.policy.in_force import (
    BY_SETTINGS,
    Ground,
    LivePolicies,
    at_start,
    draft_of,
    drafts_of,
    ground_of,
    in_force,
    made_of,
    packed,
    policy_on,
    unpacked,
)
from firedoor.app.settings.file import load
from firedoor.app.settings.resolved import Settings
from firedoor.edges.store.policies import StoredPolicies
from firedoor.edges.store.store import Store
from firedoor.model.entry import EntryKind
from firedoor.model.errors import RecordError, SettingsError
from firedoor.model.policy import Policy
from firedoor.ports.policy_versions import PolicyVersion
from tests.helpers.fakes import FakeRecorder

pytestmark = pytest.mark.anyio

ECHO = "rules:\n  - {id: echo, match: {upstream: crm, tool: echo}, effect: allow}\n"
OTHER = ECHO.replace("allow", "deny")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "rules.yaml").write_text(ECHO)
    file = tmp_path / "firedoor.yaml"
    file.write_text('upstreams:\n  crm: {url: "http://127.0.0.1:1/"}\npolicies: [rules.yaml]\n')
    return load(file)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open("sqlite", tmp_path)
    yield opened
    opened.close()


def live(
    settings: Settings, store: Store, recorder: FakeRecorder, ground: Ground | None = None
) -> LivePolicies:
    policy = at_start(settings, store.policies, lambda: 7)
    return LivePolicies(store.policies, policy, ground or ground_of(settings), recorder, lambda: 8)


def added(settings: Settings, store: Store, text: str) -> None:
    documents = Documents(files=(("x.yaml", text),))
    policy = policy_on(ground_of(settings), documents)
    drafts = drafts_of(read_documents(settings.policies))
    store.policies.add(made_of(documents, policy, by="dana", note="", at_us=9).seen_with(drafts))


def test_documents_are_kept_as_they_are() -> None:
    documents = Documents(files=(("a.yaml", "rules: [] # é"),), packs={"p": "text"})
    assert unpacked(packed(documents)) == documents
    for broken in ("nonsense", "{}", '{"files": [1], "packs": {}}', '{"files": [], "packs": 3}'):
        with pytest.raises(SettingsError):
            unpacked(broken)


def test_a_start_takes_files_that_changed_and_leaves_what_was_applied_otherwise(
    settings: Settings, store: Store
) -> None:
    first = at_start(settings, store.policies, lambda: 7)
    assert store.policies.newest().by == BY_SETTINGS
    added(settings, store, OTHER)
    assert at_start(settings, store.policies, lambda: 7).version != first.version
    assert len(store.policies.list()) == 2
    settings.policies[0].write_text(ECHO + "# again\n")
    assert at_start(settings, store.policies, lambda: 7).version == first.version
    assert len(store.policies.list()) == 3
    settings.policies[0].write_text("rules: nonsense")
    with pytest.raises(SettingsError):
        at_start(settings, store.policies, lambda: 7)
    assert in_force(settings, store.policies).version == first.version


def test_of_gateways_that_start_at_once_with_the_same_files_one_brings_them_into_force(
    settings: Settings, tmp_path: Path
) -> None:
    stores = [Store.open("sqlite", tmp_path) for _ in range(8)]
    together = Barrier(len(stores))

    def start(store: Store) -> Policy:
        together.wait()
        return at_start(settings, store.policies, lambda: 7)

    with ThreadPoolExecutor(len(stores)) as threads:
        found = list(threads.map(start, stores))
    assert {policy.version for policy in found} == {found[0].version}
    assert [kept.number for kept in stores[0].policies.list()] == [1]
    for store in stores:
        store.close()


class Outrun:
    """Versions of which another process adds one whenever somebody has looked."""

    def __init__(self, stored: StoredPolicies, times: int) -> None:
        self._stored = stored
        self._times = times

    def newest(self) -> PolicyVersion | None:
        found = self._stored.newest()
        if self._times:
            self._times -= 1
            self._stored.add(PolicyVersion(version="x", documents="{}", drafts="other", by="eve", at_us=1))
        return found

    def add(self, made: PolicyVersion, *, expected: int | None = None) -> PolicyVersion:
        return self._stored.add(made, expected=expected)


def test_a_start_that_was_outrun_looks_again_and_not_for_ever(settings: Settings, store: Store) -> None:
    assert at_start(settings, Outrun(store.policies, 63), lambda: 7).version
    newest = store.policies.newest()
    assert (newest.number, newest.by) == (64, BY_SETTINGS)
    settings.policies[0].write_text(OTHER)
    with pytest.raises(SettingsError, match="changed all the while"):
        at_start(settings, Outrun(store.policies, 64), lambda: 7)


def test_a_start_whose_store_cannot_be_written_says_so(settings: Settings, store: Store) -> None:
    class Full(Outrun):
        def add(self, made: PolicyVersion, *, expected: int | None = None) -> PolicyVersion:
            raise SettingsError(
                "database_unavailable", f"The disk is full before {made.version}, {expected}."
            )

    with pytest.raises(SettingsError, match="disk is full"):
        at_start(settings, Full(store.policies, 0), lambda: 7)


def test_a_draft_is_what_is_named_or_else_the_files_of_the_settings(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "draft.yaml").write_text(OTHER)
    assert draft_of(settings, [])[1].rules[0].effect == "allow"
    assert draft_of(settings, [tmp_path / "draft.yaml"])[1].rules[0].effect == "deny"


@pytest.mark.promise("DEC-4")
async def test_a_version_is_in_the_record_before_it_decides(settings: Settings, store: Store) -> None:
    recorder = FakeRecorder([])
    policies = live(settings, store, recorder)
    before = await policies.current()
    assert await policies.current() is before
    added(settings, store, OTHER)
    recorder.fails_on = lambda entry: entry.kind is EntryKind.CONTROL
    with pytest.raises(RecordError):
        await policies.current()
    recorder.fails_on = lambda _: False
    after = await policies.current()
    assert after.rules[0].effect == "deny"
    told = [entry.envelope for entry in recorder.of_kind(EntryKind.CONTROL)]
    assert [(one["what"], one["number"]) for one in told] == [("policy_in_force", 1), ("policy_in_force", 2)]
    assert told[1]["previous"] == before.version
    assert json.loads(recorder.of_kind(EntryKind.CONTROL)[1].payload)["files"] == [["x.yaml", OTHER]]


@pytest.mark.promise("DEC-4")
async def test_a_version_that_cannot_be_used_here_leaves_the_good_one_in_force(
    settings: Settings, store: Store
) -> None:
    recorder = FakeRecorder([])
    policies = live(settings, store, recorder)
    good = await policies.current()
    documents = Documents(files=(("x.yaml", ECHO.replace("crm", "gone")),))
    made = made_of(documents, good, by="eve", note="", at_us=9)
    store.policies.add(made)
    assert await policies.current() is good
    assert await policies.current() is good
    told = [entry.envelope["what"] for entry in recorder.of_kind(EntryKind.CONTROL)]
    assert told == ["policy_in_force", "policy_refused"]


async def test_the_same_rules_again_are_the_same_policy(settings: Settings, store: Store) -> None:
    policies = live(settings, store, FakeRecorder([]))
    before = await policies.current()
    added(settings, store, "# the same\n" + ECHO)
    assert await policies.current() is before
