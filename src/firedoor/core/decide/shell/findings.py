"""What has been found so far while a command line is judged. Decides nothing but how effects add up."""

from dataclasses import dataclass, field

from firedoor.core.decide.shell.bounds import Steps
from firedoor.core.decide.shell.values import Argument
from firedoor.model.shell import ShellEffect, ShellFacts

_ORDER = (ShellEffect.READ, ShellEffect.WRITE, ShellEffect.UNKNOWN, ShellEffect.DESTRUCTIVE)
"""From good to bad. What is known to destroy is named even where the rest is unknown."""
MOST_REASONS = 8


@dataclass(slots=True)
class Findings:
    """Collects; the worst effect counts."""

    effect: ShellEffect = ShellEffect.READ
    reasons: list[str] = field(default_factory=list[str])
    commands: list[str] = field(default_factory=list[str])
    paths: set[str] = field(default_factory=set[str])
    urls: set[str] = field(default_factory=set[str])
    steps: Steps = field(default_factory=Steps)
    is_allowed: bool = True

    def refuse(self, reason: str, effect: ShellEffect = ShellEffect.UNKNOWN) -> None:
        """Note why something is not allowed."""
        self.is_allowed = False
        self.effect = max(self.effect, effect, key=_ORDER.index)
        if reason not in self.reasons and len(self.reasons) < MOST_REASONS:
            self.reasons.append(reason)

    def ran(self, path: tuple[str, ...]) -> None:
        """Note a command that would run."""
        shown = " ".join(path)
        if shown not in self.commands:
            self.commands.append(shown)

    def note_places(self, argument: Argument) -> None:
        """Note what an argument points at."""
        text = argument.text if argument.text is not None else argument.prefix
        if text.startswith("-"):
            text = text.partition("=")[2]
        if "://" in text:
            self.urls.add(text)
        elif text.startswith(("/", "~", "./", "../")) or ("/" in text and " " not in text):
            self.paths.add(text)

    def facts(self) -> ShellFacts:
        """Return what was found."""
        reasons = self.reasons
        if self.is_allowed:
            shown = ", ".join(self.commands) or "nothing"
            reasons = [f"It only reads: {shown}."]
        return ShellFacts(
            effect=self.effect,
            allowed=self.is_allowed,
            reasons=tuple(reasons),
            commands=tuple(self.commands),
            paths=tuple(sorted(self.paths)),
            urls=tuple(sorted(self.urls)),
        )
