"""A new policy on old calls: what it would have said to each."""

from dataclasses import dataclass, field, replace

from firedoor.core.decide.sql.understand import understand_sql
from firedoor.core.record.entries import InForce, intent_entry, open_entry
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.message import Message, MessageKind
from firedoor.model.policy import Policy, Rule
from firedoor.model.verdict import Effect, Verdict
from firedoor.operations.replay_policy import PolicyTrial
from tests.helpers.nouns import AT_US, SESSION, message, request, session, upstream

CRM = upstream("disk", kind="sql", dialect="postgres")
ALLOWED = Verdict(effect=Effect.ALLOW, rules=("old",), policy_version="sha256:0")


@dataclass
class Read:
    """An entry as it is read."""

    entry: Entry
    sequence: int
    kind: EntryKind = field(init=False)

    def __post_init__(self) -> None:
        self.kind, self.session, self.at_us = self.entry.kind, self.entry.session, self.entry.at_us
        self.envelope, self.payload = self.entry.envelope, self.entry.payload


def recorded(*messages: Message, at_us: int = AT_US) -> list[Read]:
    entries = [open_entry(session(), None, "10.0.0.7", InForce(policy="sha256:0"))]
    entries += [intent_entry(session(), given, ALLOWED, at_us + n) for n, given in enumerate(messages)]
    return [Read(entry, number) for number, entry in enumerate(entries)]


def called(name: str, **arguments) -> Message:
    params = {"name": name, "arguments": arguments}
    return message(name=name, body=request("tools/call", params), params=params)


def trial(*rules: Rule, upstreams=(CRM,)) -> PolicyTrial:
    return PolicyTrial(
        policy=Policy(version="sha256:1", rules=rules),
        upstreams={known.name: known for known in upstreams},
        understand=understand_sql,
    )


READS = Rule(id="reads", effect=Effect.ALLOW, when="sql.effect == 'read'")


def test_each_call_is_told_with_what_was_said_and_what_would_have_been() -> None:
    tried = list(
        trial(READS).over(recorded(called("q", query="select 1"), called("q", query="drop table t")))
    )
    assert [(t.before, t.after, t.rules, t.is_changed) for t in tried] == [
        ("allow", "allow", ("reads",), False),
        ("allow", "deny", (), True),
    ]
    assert (tried[1].principal, tried[1].upstream, tried[1].name) == ("dana", "disk", "q")
    assert tried[1].rules_before == ("old",)


def test_what_came_before_is_read_for_who_calls_and_what_was_done() -> None:
    few = Rule(id="few", effect=Effect.ALLOW, when="session.calls < 2 && principal.name == 'dana'")
    tried = list(trial(few).over(recorded(*[called("a")] * 3), since_us=AT_US + 1))
    assert [t.after for t in tried] == ["allow", "deny"]


def test_what_only_describes_is_not_tried() -> None:
    listed = message("tools/list", "", body=request("tools/list", {}))
    assert list(trial(READS).over(recorded(listed))) == []


def test_calls_that_cannot_be_tried_are_counted() -> None:
    known = trial(READS)
    assert list(known.over(recorded(called("a"))[1:])) == []
    assert known.unknown == 1
    gone = trial(READS, upstreams=())
    assert list(gone.over(recorded(called("a")))) == []
    assert gone.unknown == 1
    torn = trial(READS)
    assert list(torn.over(recorded(message(body=b"not json")))) == []
    assert torn.unknown == 1


def test_the_gateways_own_session_and_ended_ones_are_nobodys_calls() -> None:
    entries = recorded(called("q", query="select 1"))
    own = Read(Entry(kind=EntryKind.OPEN, session=SESSION, at_us=1, envelope={"control": True}), 0)
    close = Read(Entry(kind=EntryKind.CLOSE, session=SESSION, at_us=2, envelope={"reason": "idle"}), 9)
    known = trial(READS)
    assert len(list(known.over([own, *entries, close]))) == 1
    assert list(known.over(entries[1:])) == []
    assert known.unknown == 1


def test_command_lines_are_tried_too() -> None:
    shell = upstream("disk", kind="shell")
    reads = Rule(id="reads", effect=Effect.ALLOW, when="shell.allowed")
    tried = trial(reads, upstreams=(shell,)).over(recorded(called("run", command="ls -l")))
    assert [one.after for one in tried] == ["allow"]


def test_a_body_that_is_no_message_cannot_be_tried() -> None:
    odd = trial(READS)
    assert list(odd.over(recorded(message(body=b"[]")))) == []
    assert odd.unknown == 1


def test_what_is_no_request_is_not_tried() -> None:
    noted = replace(called("add"), kind=MessageKind.NOTIFICATION)
    assert list(trial(Rule(id="no", effect=Effect.DENY)).over(recorded(noted))) == []
