"""The automaton under google-re2's `Pattern`, as it is used here."""

from enum import Enum

class RE2:
    class Anchor(Enum):
        UNANCHORED = ...

    class Options:
        log_errors: bool
        max_mem: int

    def __init__(self, pattern: bytes, options: Options) -> None: ...
    def ok(self) -> bool: ...
    def error(self) -> str: ...
    def NumberOfCapturingGroups(self) -> int: ...  # noqa: N802 - its name
    def Match(  # noqa: N802 - its name
        self, anchor: Anchor, text: bytes, pos: int, endpos: int
    ) -> list[tuple[int, int]]: ...

class Set:
    def __init__(self, anchor: RE2.Anchor, options: RE2.Options) -> None: ...
    def Add(self, pattern: bytes) -> int: ...  # noqa: N802 - its name
    def Compile(self) -> bool: ...  # noqa: N802 - its name
    def Match(self, text: bytes) -> list[int]: ...  # noqa: N802 - its name
