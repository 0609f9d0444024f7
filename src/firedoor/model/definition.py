"""What an upstream says of itself to a model: tools, prompts and instructions, each with its hash."""

from dataclasses import dataclass
from enum import StrEnum

from firedoor.model.frozen import frozen


class DefinitionKind(StrEnum):
    """What is defined."""

    TOOL = "tool"
    PROMPT = "prompt"
    INSTRUCTIONS = "instructions"


class PinMode(StrEnum):
    """What becomes of definitions that nobody has accepted."""

    ACCEPT_FIRST = "accept-first"
    """Those that are there when an upstream is first seen are accepted, if nothing in them is suspicious."""
    REQUIRE = "require"
    """A person accepts each."""


class DefinitionState(StrEnum):
    """Where a definition stands."""

    ACCEPTED = "accepted"
    NEW = "new"
    """Nothing of this name was ever accepted."""
    CHANGED = "changed"
    """Another definition of this name was."""
    UNLISTED = "unlisted"
    """The upstream does not list it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpinned:
    """Members of definitions that may change, for servers that write the date into a description."""

    names: str
    """Of tools and prompts; `*` and `?` are wildcards."""
    paths: tuple[tuple[str, ...], ...]
    """From the root of the definition; `*` stands for any one member or item."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Something in a definition that a person should look at before anybody relies on it."""

    kind: str
    where: str
    """The members that lead to it, joined by dots."""
    what: str
    """In one sentence, with nothing that a terminal would obey."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One definition, as an upstream has listed it."""

    kind: DefinitionKind
    name: str
    hash: str
    """SHA-256 over the canonical text, without what is not pinned: 64 hexadecimal digits."""
    text: str
    """The canonical text, whole."""
    suspicions: tuple[Suspicion, ...] = ()


@frozen(kw_only=True)
class Standing:
    """What is known of the definition of what a message acts on."""

    hash: str = ""
    state: DefinitionState = DefinitionState.UNLISTED
    why: str = ""
    """Given: nobody can tell how it stands, and this is why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A definition that was seen, and what became of it. Instants are unix microseconds."""

    upstream: str
    definition: Definition
    first_seen_at_us: int
    accepted_at_us: int | None = None
    accepted_by: str = ""
    gone_at_us: int | None = None
    """Since when the upstream lists it no longer."""

    @property
    def is_accepted(self) -> bool:
        """Whether somebody relies on it."""
        return self.accepted_at_us is not None
