"""Where a lock leaves only reading open: what is known to read passes, and nothing that is not."""

from dataclasses import replace

import pytest

from firedoor.core.decide.reading import (
    facts_to_read,
    needs_facts,
    only_reads,
    passes_anyway,
    shut,
    understood,
)
from firedoor.core.decide.shell.understand import understand_shell
from firedoor.core.decide.sql.understand import understand_sql
from firedoor.model.facts import Need
from firedoor.model.lock import Lock, LockId, LockMode, Target
from firedoor.model.message import MessageKind
from firedoor.model.policy import Confirmed
from firedoor.model.verdict import Effect, Verdict
from tests.helpers.nouns import ALLOW_ALL, facts, message, upstream

CONFIRMED = replace(ALLOW_ALL, confirmed=(Confirmed(tools=("add",), is_read_only=True),))


def sql(*texts: str):
    return facts(
        to=upstream(kind="sql", dialect="sqlite"),
        sql=tuple(understand_sql(text, "sqlite") for text in texts),
    )


def shell(*lines: str):
    return facts(to=upstream(kind="shell"), shell=tuple(understand_shell(line) for line in lines))


@pytest.mark.parametrize(
    ("about", "reads"),
    [
        (sql("SELECT 1"), True),
        (sql("SELECT 1", "DELETE FROM t"), False),
        (sql("SELEC 1"), False),
        (sql(*["SELECT 1"] * 65), False),
        (shell("ls /tmp"), True),
        (shell("rm -rf /"), False),
        (facts(), False),
        (facts(message("resources/read", "file:///x")), True),
        (facts(message("tasks/cancel", "t")), False),
        (facts(message("made/up", "")), False),
    ],
)
def test_only_what_is_understood_to_read_passes(about, reads) -> None:
    assert only_reads(ALLOW_ALL, about) is reads


def test_a_tool_that_an_administrator_has_confirmed_reads_and_others_do_not() -> None:
    assert only_reads(CONFIRMED, facts())
    assert not only_reads(CONFIRMED, facts(message(name="remove")))


def test_a_confirmed_tool_whose_text_writes_does_not_pass() -> None:
    assert not only_reads(CONFIRMED, sql("DROP TABLE t"))


def test_a_prompt_that_carries_a_writing_text_does_not_read() -> None:
    assert not only_reads(ALLOW_ALL, replace(sql("DROP TABLE t"), message=message("prompts/get", "p")))


def test_the_guard_of_the_upstream_is_asked() -> None:
    assert facts_to_read(sql()) == {Need.SQL}
    assert facts_to_read(shell()) == {Need.SHELL}
    assert facts_to_read(facts()) == frozenset()


@pytest.mark.parametrize(
    ("about", "passes", "needs"),
    [
        (message("tools/list", ""), True, False),
        (message("tools/call"), False, True),
        (message("notifications/cancelled", kind=MessageKind.NOTIFICATION), True, False),
        (message("notifications/made/up", kind=MessageKind.NOTIFICATION), False, False),
        (message("", kind=MessageKind.RESPONSE), False, False),
        (message("", kind=MessageKind.LISTEN), True, False),
        (message("", kind=MessageKind.END), True, False),
    ],
)
def test_what_describes_listens_or_lets_go_passes_and_an_answer_to_the_upstream_does_not(
    about, passes, needs
) -> None:
    assert (passes_anyway(about), needs_facts(about)) == (passes, needs)


@pytest.mark.parametrize("reason", ["Incident 7.", "Incident 7"])
def test_who_is_shut_out_is_told_the_reason_also_where_an_upstream_is_only_observed(reason: str) -> None:
    lock = Lock(
        id=LockId("l_1"), targets=((Target.ALL, ""),), mode=LockMode.READ_ONLY, reason=reason,
        by="sam", created_at_us=1,
    )  # fmt: skip
    verdict = shut(lock, ALLOW_ALL, sql("DROP TABLE t"))
    assert (verdict.effect, verdict.lock, verdict.is_enforced) == (Effect.DENY, "l_1", True)
    assert verdict.reasons == ("Only reading is open: Incident 7. Reference l_1.",)
    assert verdict.understood


@pytest.mark.parametrize(
    ("about", "may"),
    [
        (message("tools/list", ""), True),
        (message("initialize", ""), True),
        (message("resources/read", "file:///x"), True),
        (message("tools/call"), True),
        (message("tools/call", "remove"), False),
        (message("made/up", ""), False),
        (message("subscriptions/listen", ""), False),
        (message("notifications/initialized", kind=MessageKind.NOTIFICATION), True),
        (message("notifications/made/up", kind=MessageKind.NOTIFICATION), False),
        (message("", kind=MessageKind.RESPONSE), False),
        (message("", kind=MessageKind.LISTEN), False),
        (message("", kind=MessageKind.END), False),
    ],
)
def test_without_a_record_only_what_reads_may_go_on_and_nothing_that_stays_open(about, may) -> None:
    allowed = Verdict(effect=Effect.ALLOW)
    there = facts(about, to=upstream(may_go_unrecorded=True))
    assert understood(CONFIRMED, there, allowed).is_read is may
    assert understood(CONFIRMED, facts(about), allowed) is allowed


def test_a_confirmed_tool_whose_text_writes_is_no_read() -> None:
    there = upstream(kind="sql", dialect="sqlite", may_go_unrecorded=True)
    allowed = Verdict(effect=Effect.ALLOW)
    assert understood(CONFIRMED, replace(sql("SELECT 1"), upstream=there), allowed).is_read
    assert not understood(CONFIRMED, replace(sql("DROP TABLE t"), upstream=there), allowed).is_read
