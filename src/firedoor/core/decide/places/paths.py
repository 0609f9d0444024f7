"""Facts on a path: normalised, absolute, home, traversal. Reads no file system, follows no link."""

import re
from dataclasses import dataclass

_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_MOST_DECODINGS = 3
"""`%25252e` is decoded this often; what is still encoded then counts as encoded."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PathFacts:
    """What can be seen of a path by its text alone."""

    text: str
    normalised: str
    """Without `.`, `..` where they can be resolved, and doubled slashes; percent-encoding taken away."""
    is_absolute: bool
    is_home: bool
    """Begins with `~` or `$HOME`."""
    has_traversal: bool
    """Holds `..` as a part, in any encoding, with either slash."""
    leaves_root: bool
    """Whether `..` leads above where the path begins."""
    is_encoded: bool
    has_control: bool
    """Holds NUL or another control character: some readers end the path there."""


def path_facts(text: str) -> PathFacts:
    """Return the facts of a path."""
    decoded = decoded_fully(text)
    slashed = decoded.replace("\\", "/")
    parts = slashed.split("/")
    return PathFacts(
        text=text,
        normalised=normalised(text),
        is_absolute=slashed.startswith("/") or _DRIVE.match(decoded) is not None,
        is_home=slashed.startswith(("~", "$HOME", "${HOME}")),
        has_traversal=".." in parts,
        leaves_root=_leaves(parts),
        is_encoded=decoded != text,
        has_control=_CONTROL.search(decoded) is not None,
    )


def normalised(text: str) -> str:
    """Return a path without encodings, doubled slashes, `.` and the `..` that can be resolved."""
    slashed = decoded_fully(text).replace("\\", "/")
    is_absolute = slashed.startswith("/")
    kept: list[str] = []
    for part in slashed.split("/"):
        if part in {"", "."}:
            continue
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif part != ".." or not is_absolute:
            kept.append(part)
    joined = "/".join(kept)
    return f"/{joined}" if is_absolute else joined or "."


def decoded_fully(text: str) -> str:
    """Take percent-encoding away, as often as a chain of readers could."""
    for _ in range(_MOST_DECODINGS):
        if _PERCENT.search(text) is None:
            break
        raw = _PERCENT.sub(lambda found: chr(int(found[1], 16)), text)
        text = raw.replace("\u00c0\u00af", "/").replace("\u00c0\u00ae", ".")  # over-long UTF-8 of / and .
    return text


def _leaves(parts: list[str]) -> bool:
    depth = 0
    for part in parts:
        if part == "..":
            depth -= 1
        elif part not in {"", "."}:
            depth += 1
        if depth < 0:
            return True
    return False
