"""What the index promises, whichever database keeps it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.record.facts import IndexRow, facts
from firedoor.edges.store.indexed import fact_of
from firedoor.edges.store.store import Store
from firedoor.model.entry import EntryKind
from firedoor.model.ids import SessionId
from firedoor.model.json import Json, JsonObject
from firedoor.ports.index import CallFilter, CallRow, Field, SessionFilter

ONE = SessionId("01990000-0000-7000-8000-000000000001")
TWO = SessionId("01990000-0000-7000-8000-000000000002")
CONTROL = SessionId("01990000-0000-7000-8000-00000000000c")


def row(kind: EntryKind, session: SessionId, sequence: int, at_us: int, **said: Json) -> IndexRow:
    return facts(kind, session, sequence, at_us, said)


def opened(session: SessionId, principal: str, upstream: str, at_us: int) -> IndexRow:
    return row(
        EntryKind.OPEN, session, 0, at_us, principal=principal, principal_kind="service",
        actors=["outer", "triage"], grant=f"g_{principal}", upstream=upstream, era="legacy",
        client={"name": "probe", "version": "1.2"},
        peer="127.0.0.1", policy="sha256:0", token="0" * 12,
    )  # fmt: skip


def intent(session: SessionId, sequence: int, at_us: int, name: str, verdict: JsonObject) -> IndexRow:
    return row(
        EntryKind.INTENT, session, sequence, at_us, message="request", method="tools/call", id=1, name=name,
        revision="2025-11-25", verdict=verdict,
    )  # fmt: skip


ALLOW: JsonObject = {"effect": "allow", "rules": ["reads-pass"], "reasons": [], "policy": "p"}
DENY: JsonObject = {"effect": "deny", "rules": ["no_drops", "night"], "reasons": ["No."], "policy": "p"}
RECORD = (
    row(EntryKind.OPEN, CONTROL, 0, 5, control=True),
    opened(ONE, "ci", "crm", 10),
    intent(ONE, 1, 11, "query", ALLOW),
    row(EntryKind.EVENT, ONE, 2, 12, call=1, what="progress"),
    row(EntryKind.OUTCOME, ONE, 3, 13, call=1, status=200, result="tool_error", code=-32000),
    opened(TWO, "ops", "wiki", 20),
    intent(TWO, 1, 21, "drop_100%", DENY),
    row(EntryKind.OUTCOME, TWO, 2, 22, call=1, status=200, result="denied", code="denied"),
    intent(TWO, 3, 23, "query", ALLOW),
    row(EntryKind.REFUSED, CONTROL, 1, 30, status=401, code=-32600, reason="token_revoked", peer="10.0.0.9",
        upstream="crm", verb="POST", bytes=3, sha256="0" * 64),
    row(EntryKind.CONTROL, CONTROL, 2, 31, what="stop"),
    row(EntryKind.CLOSE, ONE, 4, 40, reason="idle", calls=1),
)  # fmt: skip


def found(store: Store, *fields: tuple[Field, str], **more: object) -> list[tuple[SessionId, int]]:
    return [(c.session, c.sequence) for c in store.index.calls(CallFilter(fields=fields, **more))]


def everything(store: Store) -> tuple[object, ...]:
    return (store.index.sessions(SessionFilter()), store.index.calls(CallFilter()), store.index.watermark())


@pytest.fixture
def filled(store: Store) -> Store:
    store.index.note(RECORD)
    assert store.index.flush()
    return store


def test_a_call_is_one_row_with_who_made_it_what_was_decided_and_how_it_ended(filled: Store) -> None:
    (call,) = filled.index.calls(CallFilter(fields=((Field.SESSION, ONE),)))
    assert call == CallRow(
        session=ONE, sequence=1, at_us=11, principal="ci", agent="triage", upstream="crm", peer="127.0.0.1",
        message="request", method="tools/call", name="query", effect="allow", rules=("reads-pass",),
        status=200, result="tool_error", code="-32000", ended_at_us=13,
    )  # fmt: skip


def test_a_verdict_that_was_only_observed_is_found_as_that(store: Store) -> None:
    store.index.note([*RECORD, intent(ONE, 9, 90, "drop", {**DENY, "mode": "observe"})])
    assert store.index.flush()
    (call,) = store.index.calls(CallFilter(fields=((Field.MODE, "observe"),)))
    assert (call.sequence, call.effect, call.mode) == (9, "deny", "observe")


def test_a_call_whose_end_was_not_recorded_has_none(filled: Store) -> None:
    (call,) = filled.index.calls(CallFilter(fields=((Field.SESSION, TWO), (Field.NAME, "query"))))
    assert (call.result, call.status, call.ended_at_us) == (None, None, None)


def test_the_end_of_a_call_may_come_later_than_its_beginning(store: Store) -> None:
    for item in RECORD:
        store.index.note([item])
        assert store.index.flush()
    (call,) = store.index.calls(CallFilter(fields=((Field.SESSION, ONE),)))
    assert (call.principal, call.result, call.ended_at_us) == ("ci", "tool_error", 13)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([(Field.PRINCIPAL, "ops")], [(TWO, 3), (TWO, 1)]),
        ([(Field.PRINCIPAL, "o*")], [(TWO, 3), (TWO, 1)]),
        ([(Field.PRINCIPAL, "o")], []),
        ([(Field.AGENT, "tri?ge")], [(TWO, 3), (TWO, 1), (ONE, 1)]),
        ([(Field.UPSTREAM, "crm")], [(CONTROL, 1), (ONE, 1)]),
        ([(Field.UPSTREAM, "crm"), (Field.NAME, "query")], [(ONE, 1)]),
        ([(Field.NAME, "drop_100%")], [(TWO, 1)]),
        ([(Field.NAME, "drop?100%*")], [(TWO, 1)]),
        ([(Field.NAME, "%*")], []),
        ([(Field.NAME, "quer_*")], []),
        ([(Field.VERDICT, "deny")], [(TWO, 1)]),
        ([(Field.RULE, "night")], [(TWO, 1)]),
        ([(Field.RULE, "no_d*")], [(TWO, 1)]),
        ([(Field.RULE, "nodrops")], []),
        ([(Field.RULE, "nigh")], []),
        ([(Field.RESULT, "refused")], [(CONTROL, 1)]),
        ([(Field.CODE, "token_revoked")], [(CONTROL, 1)]),
        ([(Field.CODE, "-32000")], [(ONE, 1)]),
        ([(Field.PEER, "10.0.0.*")], [(CONTROL, 1)]),
        ([(Field.METHOD, "stop")], [(CONTROL, 2)]),
        ([(Field.METHOD, "'; DROP TABLE calls; --")], []),
    ],
)
def test_calls_are_found_by_any_field_newest_first(
    filled: Store, fields: list[tuple[Field, str]], expected: list[tuple[SessionId, int]]
) -> None:
    assert found(filled, *fields) == expected


def test_a_word_is_found_in_any_name_whatever_its_case(filled: Store) -> None:
    assert found(filled, words=("REVOKED",)) == [(CONTROL, 1)]
    assert found(filled, words=("Query", "ops")) == [(TWO, 3)]
    assert found(filled, words=("100%",)) == [(TWO, 1)]
    assert found(filled, words=("*",)) == []


def test_a_search_has_a_beginning_an_end_that_is_not_in_it_and_a_limit(filled: Store) -> None:
    assert found(filled, since_us=21, until_us=23) == [(TWO, 1)]
    assert found(filled, limit=2) == [(CONTROL, 2), (CONTROL, 1)]


def test_sessions_are_listed_newest_first_without_that_of_the_gateway(filled: Store) -> None:
    live, ended = filled.index.sessions(SessionFilter())
    assert (live.id, live.principal, live.closed_at_us, live.calls) == (TWO, "ops", None, 2)
    assert (ended.id, ended.client_name, ended.close_reason, ended.calls) == (ONE, "probe", "idle", 1)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (SessionFilter(session="0199*1"), [ONE]),
        (SessionFilter(principal="ops"), [TWO]),
        (SessionFilter(agent="triage", upstream="crm"), [ONE]),
        (SessionFilter(grant="g_ops"), [TWO]),
        (SessionFilter(since_us=11), [TWO]),
        (SessionFilter(is_live=True), [TWO]),
        (SessionFilter(is_live=False), [ONE]),
        (SessionFilter(limit=1), [TWO]),
    ],
)
def test_sessions_are_found_by_any_field(
    filled: Store, wanted: SessionFilter, expected: list[SessionId]
) -> None:
    assert [session.id for session in filled.index.sessions(wanted)] == expected


def test_the_same_facts_again_change_nothing(filled: Store) -> None:
    before = everything(filled)
    filled.index.catch_up(RECORD)
    for item in RECORD:  # a beginning alone must not undo the end that is known
        filled.index.catch_up([item] if item.kind in {EntryKind.OPEN, EntryKind.INTENT} else [])
    assert everything(filled)[:2] == before[:2]


def test_an_index_that_is_made_again_from_the_record_says_what_it_said(filled: Store, another: Store) -> None:
    assert another.index.watermark() is None
    assert another.index.catch_up(iter(RECORD)) == len(RECORD) - 2
    assert everything(another) == everything(filled)


def test_catching_up_in_the_middle_of_a_session_knows_whose_it_is(store: Store) -> None:
    store.index.catch_up(RECORD[:2])
    assert store.index.watermark() == 10
    store.index.catch_up(RECORD[2:])
    assert found(store, (Field.PRINCIPAL, "ci")) == [(ONE, 1)]
    assert store.index.watermark() == 40


HOSTILE = ("nul\x00", "\ud800", "x" * 100_000, "\u202e", "'")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_client_stops_the_index(store: Store, text: str) -> None:
    store.index.note([
        row(EntryKind.OPEN, ONE, 0, 1, principal=text, actors=[text], client={"name": text, "version": text}),
        intent(ONE, 1, 2, text, {"effect": text[:16], "rules": [text]}),
        row(EntryKind.OUTCOME, ONE, 2, 3, call=1, status=2**80, result="error", code=10**40),
    ])  # fmt: skip
    store.index.note(RECORD[5:7])
    assert store.index.flush()
    assert store.index.lost == 0
    assert found(store, (Field.PRINCIPAL, "ops")) == [(TWO, 1)]
    assert found(store, (Field.SESSION, ONE)) == [(ONE, 1)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(["principal", "actors", "client", "verdict", "call", "status", "code", "name", "what"])


@given(st.sampled_from(EntryKind), st.dictionaries(KEYS, JSON))
def test_no_envelope_raises(kind: EntryKind, envelope: dict[str, Json]) -> None:
    fact = fact_of(facts(kind, ONE, 1, 1, envelope))
    if fact is not None:
        assert all(value is None or isinstance(value, str | int) for value in fact[1].values())


@pytest.mark.promise("REC-3")
def test_what_an_approver_said_is_found_by_who_said_it(filled: Store) -> None:
    said = row(
        EntryKind.APPROVAL, ONE, 5, 14, what="reviewed", approval="apr_1", call=f"{ONE}.1", by="sam",
        decision="approve", reason="Ok.",
    )  # fmt: skip
    filled.index.note([said])
    filled.index.flush()
    assert found(filled, (Field.PRINCIPAL, "sam")) == [(ONE, 5)]
    assert found(filled, (Field.NAME, "apr_*"), (Field.RESULT, "approve")) == [(ONE, 5)]
    [session] = [each for each in filled.index.sessions(SessionFilter()) if each.id == ONE]
    assert session.calls == 1


def test_who_met_a_lock_is_found_by_principal_and_agent(store: Store) -> None:
    met = row(EntryKind.REFUSED, CONTROL, 1, 30, status=401, code=-32600, reason="locked", peer="::1",
              lock="l_1", principal="dana", actors=["cli", "bot"], grant="g_1")  # fmt: skip
    store.index.note((met,))
    assert store.index.flush()
    assert found(store, (Field.PRINCIPAL, "dana"), (Field.AGENT, "bot"), (Field.CODE, "locked")) == [
        (CONTROL, 1)
    ]
