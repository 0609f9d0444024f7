"""Text or words → facts: the door of this package. Pure; never raises, and what is unclear is unknown."""

from firedoor.core.decide.shell.bounds import LONGEST_TEXT, MOST_ARGUMENTS, refused_character, refused_size
from firedoor.core.decide.shell.findings import Findings
from firedoor.core.decide.shell.harm import effect_of
from firedoor.core.decide.shell.judge import Judge
from firedoor.core.decide.shell.syntax import Unclear
from firedoor.core.decide.shell.values import known
from firedoor.model.shell import ShellEffect, ShellFacts

_HINT = "Allowed are commands that are specified as reads; see the table of the shell guard."


def understand_shell(text: str) -> ShellFacts:
    """Return what was understood of a text that a POSIX shell (sh, bash, zsh) would run."""
    findings = Findings()
    if not text.strip():
        findings.refuse("It holds no command.")
        return findings.facts()
    try:
        Judge(findings).text(text)
    except Unclear as unclear:
        findings.refuse(unclear.reason, _guess(text))
    return _with_hint(findings)


def understand_argv(words: tuple[str, ...]) -> ShellFacts:
    """Return what was understood of a command that is run without a shell: its name and its arguments."""
    findings = Findings()
    if not words or not words[0]:
        findings.refuse("It holds no command.")
        return findings.facts()
    refused = _refused_words(words)
    if refused is not None:
        findings.refuse(refused, effect_of(words))
        return findings.facts()
    try:
        Judge(findings).command(tuple(map(known, words)))
    except Unclear as unclear:
        findings.refuse(unclear.reason, effect_of(words))
    return _with_hint(findings)


def too_long_together() -> ShellFacts:
    """Return what is said of a command that is not read, since those before it have used the room."""
    findings = Findings()
    findings.refuse(f"The commands are longer than {LONGEST_TEXT} characters together; send them one by one.")
    return findings.facts()


def _refused_words(words: tuple[str, ...]) -> str | None:
    if len(words) > MOST_ARGUMENTS:
        return f"It has more than {MOST_ARGUMENTS} words."
    refused = refused_size(" ".join(words))
    return refused or next((found for word in words if (found := refused_character(word))), None)


def _guess(text: str) -> ShellEffect:
    """Name the effect of a text that cannot be read, by its first words. It never allows anything."""
    return effect_of(tuple(text[:1000].replace("'", "").replace('"', "").replace("\\", "").split()))


def _with_hint(findings: Findings) -> ShellFacts:
    if not findings.is_allowed:
        findings.reasons.append(_HINT)
    return findings.facts()
