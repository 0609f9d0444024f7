import pytest

from firedoor.core.decide.shell.findings import MOST_REASONS, Findings
from firedoor.core.decide.shell.values import known
from firedoor.model.shell import ShellEffect


def test_the_worst_effect_counts_and_a_refusal_stays() -> None:
    findings = Findings()
    findings.refuse("a", ShellEffect.DESTRUCTIVE)
    findings.refuse("b", ShellEffect.READ)
    facts = findings.facts()
    assert (facts.effect, facts.allowed, facts.reasons) == (ShellEffect.DESTRUCTIVE, False, ("a", "b"))


def test_reasons_are_few_and_each_is_given_once() -> None:
    findings = Findings()
    for number in range(100):
        findings.refuse(str(number % 20))
    assert len(findings.facts().reasons) == MOST_REASONS


@pytest.mark.parametrize(
    ("text", "paths", "urls"),
    [
        ("/etc/x", ("/etc/x",), ()),
        ("--file=/etc/x", ("/etc/x",), ()),
        ("https://x/y", (), ("https://x/y",)),
        ("a/b", ("a/b",), ()),
        ("word", (), ()),
    ],
)
def test_places_are_noted(text: str, paths: tuple, urls: tuple) -> None:
    findings = Findings()
    findings.note_places(known(text))
    assert (findings.facts().paths, findings.facts().urls) == (paths, urls)


def test_a_command_is_named_once() -> None:
    findings = Findings()
    findings.ran(("git", "log"))
    findings.ran(("git", "log"))
    assert findings.facts().commands == ("git log",)
