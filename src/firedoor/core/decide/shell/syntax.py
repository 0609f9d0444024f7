"""The shapes of a command line that was read. Only shapes; reading: `lexer`, `grammar`."""

from dataclasses import dataclass
from enum import Enum


class Unclear(Exception):
    """A text cannot be read with certainty. Thrown inside this package and caught in `understand`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PartKind(Enum):
    """What a piece of a word is."""

    LITERAL = "literal"
    """Text as written, without quotes."""
    QUOTED = "quoted"
    """Text within quotes, or behind a backslash."""
    VARIABLE = "variable"
    CUT = "cut"
    """A variable whose beginning or end is taken away: `${path##*/}`."""
    COMMANDS = "commands"
    """The output of commands: `$(…)`."""
    READ_AS_FILE = "read as file"
    """The output of commands under the name of a file: `<(…)`."""
    NUMBER = "number"
    """The result of arithmetic over digits: `$((1 + 2))`."""
    GLOB = "glob"
    """A sign that stands for names of files: `*`, `?`, `[`."""
    BRACES = "braces"
    """Alternatives: `{a,b}`, `{1..3}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a word."""

    kind: PartKind
    text: str = ""
    is_quoted: bool = False
    script: "Script | None" = None
    alternatives: tuple[str, ...] = ()
    cut: tuple[str, str] = ("", "")
    """Which sign, and the pattern of what is taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word as written, with its place in the text (code points)."""

    parts: tuple[Part, ...]
    start: int
    end: int

    @property
    def bare(self) -> str:
        """The text of a word that has no quotes and nothing to expand; else empty."""
        if len(self.parts) == 1 and self.parts[0].kind in {PartKind.LITERAL, PartKind.GLOB}:
            return self.parts[0].text
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """`> file`, `2>&1`, `<< EOF`. A here-document has no target."""

    operator: str
    target: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """`NAME=value`; `NAME+=value` adds."""

    name: str
    value: Word
    is_added: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Simple:
    """One command with its words."""

    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """`[[ … ]]`: its words, without the brackets."""

    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Commands that run side by side, each reading what the one before it writes."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Scripts within `( )`, `{ }`, `if`, `while`, `until`, in the order in which they are written."""

    scripts: tuple["Script", ...]
    is_subshell: bool = False
    is_loop: bool = False
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class For:
    """`for NAME in WORDS; do …; done`."""

    name: str
    words: tuple[Word, ...]
    body: "Script"
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Pipelines joined by `&&` and `||`."""

    pipelines: tuple[Pipeline, ...]
    operators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Chains, one after the other."""

    chains: tuple[Chain, ...]


Node = Simple | Condition | Block | For
