"""What still passes where only reading is open, by a lock or without a record: what is known to read.

Known is what the guards for SQL and shell understood, and what an administrator has confirmed of a tool. What
a server says of its own tools is never believed, and what is not known to read does not pass.
"""

from dataclasses import replace

from firedoor.core.decide.evaluate import MOST_TEXTS, only_describes
from firedoor.core.decide.rules.vocabulary import confirmed_of
from firedoor.model.facts import Facts, Need
from firedoor.model.lock import Lock
from firedoor.model.message import Message, MessageKind
from firedoor.model.policy import Policy
from firedoor.model.shell import ShellEffect
from firedoor.model.sql import SqlEffect
from firedoor.model.verdict import Effect, Verdict

_READING = frozenset(
    {
        "resources/read",
        "resources/subscribe",
        "prompts/get",
        "completion/complete",
        "subscriptions/listen",
        "tasks/get",
        "tasks/list",
        "tasks/result",
    }
)
"""Methods that read by their definition, whatever they name."""
_LISTENING = "subscriptions/listen"
_HARMLESS = frozenset({"notifications/initialized", "notifications/cancelled", "notifications/progress"})


def needs_facts(message: Message) -> bool:
    """Whether it depends on what a message would do if it passes: those that are calls."""
    return message.kind is MessageKind.REQUEST and not only_describes(message)


def passes_anyway(message: Message) -> bool:
    """Whether a message passes whatever it says: it describes, listens, ends a session or lets go of a call.

    A response to what an upstream has asked does not: it may be the word that a call waits for.
    """
    if message.kind is MessageKind.NOTIFICATION:
        return message.method in _HARMLESS
    return message.kind is not MessageKind.RESPONSE and not needs_facts(message)


def facts_to_read(facts: Facts) -> frozenset[Need]:
    """What has to be found before it can be said whether a message only reads."""
    return {"sql": frozenset({Need.SQL}), "shell": frozenset({Need.SHELL})}.get(
        facts.upstream.kind, frozenset[Need]()
    )


def only_reads(policy: Policy, facts: Facts) -> bool:
    """Whether a call is known to read only."""
    message = facts.message
    if message.method in _READING:
        return (not facts.sql and not facts.shell) or _texts_read(facts)
    if message.method != "tools/call":
        return False
    if facts.sql or facts.shell:
        return _texts_read(facts)
    return confirmed_of(policy, facts.upstream.name, message.name).is_read_only


def _texts_read(facts: Facts) -> bool:
    sql, shell = facts.sql or (), facts.shell or ()
    if len(sql) + len(shell) > MOST_TEXTS:
        return False
    return all(text.effect is SqlEffect.READ for text in sql) and all(
        line.effect is ShellEffect.READ for line in shell
    )


def understood(policy: Policy, facts: Facts, verdict: Verdict) -> Verdict:
    """The verdict, with whether the call is known to read only. Said where somebody asks: of best effort.

    What stays open for as long as a client likes is no such call, nor what answers a question.
    """
    if not facts.upstream.may_go_unrecorded:
        return verdict
    return replace(verdict, is_read=_is_read(policy, facts))


def _is_read(policy: Policy, facts: Facts) -> bool:
    message = facts.message
    if message.kind is MessageKind.NOTIFICATION:
        return message.method in _HARMLESS
    if message.kind is not MessageKind.REQUEST or message.method == _LISTENING:
        return False
    return only_describes(message) or only_reads(policy, facts)


def shut(lock: Lock, policy: Policy, facts: Facts) -> Verdict:
    """The verdict on a call that is not known to read. It counts where an upstream is only observed, too."""
    understood = (*(facts.sql or ()), *(facts.shell or ()))
    why = lock.reason if lock.reason.endswith((".", "!", "?")) else f"{lock.reason}."
    return Verdict(
        effect=Effect.DENY,
        reasons=(f"Only reading is open: {why} Reference {lock.id}.",),
        policy_version=policy.version,
        understood=tuple(reason for text in understood for reason in text.reasons),
        lock=lock.id,
    )
