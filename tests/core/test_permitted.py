"""The script of a call that a permit lets pass. All together: tests/engine/people/test_permitting.py."""

from dataclasses import replace

from firedoor.core.commands import Answer, Append
from firedoor.core.permitted import (
    FindPermits,
    IsPermitLive,
    NoteUnused,
    Standing,
    TakePermit,
    pass_by_permit,
    permitted,
    pinned_again,
)
from firedoor.core.pinned import FindDefinition
from firedoor.model.definition import DefinitionState
from firedoor.model.definition import Standing as DefinitionStanding
from firedoor.model.facts import Need
from firedoor.model.ids import call_id
from firedoor.model.permit import PermitState
from firedoor.model.verdict import Demand, Effect, PermitKind, Verdict
from tests.helpers.approvals import review
from tests.helpers.decided import decided_call, says
from tests.helpers.nouns import ALLOW_ALL, AT_US, SESSION, facts
from tests.helpers.permits import permit
from tests.helpers.playbook import Playbook

LIVE = permit(state=PermitState.LIVE, reviews=(review(), review("kim")), demands=(Demand(quorum=2),))
BROKEN = replace(LIVE, kind=PermitKind.BREAK_GLASS, tools=())
HELD = Verdict(
    effect=Effect.HOLD,
    rules=("writes",),
    policy_version=ALLOW_ALL.version,
    coverable=frozenset(PermitKind),
)
DENIED = replace(HELD, effect=Effect.DENY, rules=(), coverable=frozenset({PermitKind.BREAK_GLASS}))
NAMED = replace(HELD, permit=LIVE.id, permitted_by=("sam", "kim"))
CALL = decided_call()
KNOWN = DefinitionStanding(state=DefinitionState.ACCEPTED, hash="f" * 64)
CHANGED = DefinitionStanding(state=DefinitionState.CHANGED, hash="e" * 64)


def decide(verdict: Verdict) -> tuple[Playbook, list[object], list[frozenset[Need]]]:
    found: list[object] = []
    needed: list[frozenset[Need]] = []

    def find(known, needs):
        needed.append(needs)
        return known
        yield

    def path():
        found.append((yield from permitted(ALLOW_ALL, CALL.session, CALL.head, facts(), verdict, find))[1])

    return Playbook(path(), tells_pins=True), found, needed


def use(flaw: str = "") -> tuple[Playbook, list[object]]:
    found: list[object] = []

    def path():
        found.append((yield from pass_by_permit(CALL, NAMED, says(flaw))))

    return Playbook(path()), found


def test_a_permit_is_asked_for_after_the_definition_and_named_in_the_verdict() -> None:
    book, found, needed = decide(HELD)
    book.asks_a(FindDefinition)
    book.told(KNOWN).asks(FindPermits("dana", "disk", Effect.HOLD)).told(Standing(AT_US, (LIVE,))).ends()
    assert found == [NAMED]
    assert needed == [frozenset()]


def test_a_permit_for_such_calls_is_used_before_break_glass() -> None:
    book, found, _ = decide(HELD)
    book.asks_a(FindDefinition)
    book.told(KNOWN).asks_a(FindPermits)
    book.told(Standing(AT_US, (replace(BROKEN, id="prm_b"), LIVE))).ends()
    assert found == [NAMED]


def test_what_cannot_be_covered_asks_for_no_permit() -> None:
    for verdict in (
        replace(HELD, coverable=frozenset()),
        replace(HELD, effect=Effect.ALLOW),
        replace(HELD, is_enforced=False),
    ):
        book, found, _ = decide(verdict)
        book.asks_a(FindDefinition)
        book.told(KNOWN).ends()
        assert found == [verdict]


def test_where_there_is_none_or_none_fits_the_verdict_stays() -> None:
    for known in ((), (replace(LIVE, policy_version="sha256:" + "c" * 64),)):
        book, found, _ = decide(HELD)
        book.asks_a(FindDefinition)
        book.told(KNOWN).asks_a(FindPermits)
        book.told(Standing(AT_US, known)).ends()
        assert found == [HELD]


def test_what_break_glass_opens_is_asked_for_its_definition_all_the_same() -> None:
    book, found, _ = decide(DENIED)
    book.asks(FindPermits("dana", "disk", Effect.DENY)).told(Standing(AT_US, (BROKEN,)))
    book.asks_a(FindDefinition)
    book.told(KNOWN).ends()
    assert found == [replace(DENIED, permit=BROKEN.id, permitted_by=("sam", "kim"))]


def test_a_definition_that_changed_stays_denied_under_break_glass() -> None:
    book, found, _ = decide(DENIED)
    book.asks_a(FindPermits)
    book.told(Standing(AT_US, (BROKEN,))).asks_a(FindDefinition)
    book.told(CHANGED).ends()
    [verdict] = found
    assert isinstance(verdict, Verdict)
    assert (verdict.effect, verdict.permit, verdict.coverable) == (Effect.DENY, "", frozenset())


def test_at_the_moment_of_forwarding_the_definition_is_asked_for_again() -> None:
    for verdict in (HELD, DENIED):
        found: list[object] = []

        def path(verdict: Verdict = verdict, found: list[object] = found):
            found.append((yield from pinned_again(CALL, facts(), verdict, is_permitted=True)))

        book = Playbook(path(), tells_pins=True)
        book.asks_a(FindDefinition)
        book.told(KNOWN).ends()
        assert found == [(facts(definition="f" * 64), verdict)]


def test_a_use_is_taken_looked_at_recorded_and_asked_about_last() -> None:
    book, found = use()
    taking = book.asks_a(TakePermit)
    assert (taking.permit, taking.call, taking.name) == (LIVE.id, call_id(SESSION, 1), "add")
    entry = book.told(AT_US).asks_a(Append).entry
    assert (entry.envelope["what"], entry.envelope["approvers"]) == ("permit_used", ["sam", "kim"])
    book.told(2).asks(IsPermitLive(LIVE.id)).told(True).ends()
    assert found == [(True, True)]


def test_where_there_is_no_use_to_take_the_call_is_decided_as_without() -> None:
    book, found = use()
    book.asks_a(TakePermit)
    book.told(None).ends()
    assert found == [(False, False)]


def test_what_no_longer_holds_is_recorded_noted_and_told() -> None:
    book, found = use("Locked: Stolen.")
    book.asks_a(TakePermit)
    assert book.told(AT_US).asks_a(Append).entry.envelope["what"] == "permit_unused"
    book.told(2).asks(NoteUnused(LIVE.id, call_id(SESSION, 1), "Locked: Stolen.")).told(None)
    assert book.asks_a(Append).entry.envelope["result"] == "denied"
    assert b"Locked: Stolen. Not executed." in book.told(3).asks_a(Answer).reply.body
    book.told(True).ends()
    assert found == [(True, False)]
