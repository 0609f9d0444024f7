"""What an approver easily overlooks in the arguments of a call, in words.

Says nothing of what they mean and changes nothing: a notice is a reason to look again. That there is none
proves nothing: a word that is written in the letters of another script from end to end is not told.
"""

import re
import unicodedata
from collections.abc import Iterator

from firedoor.core.reply.spelling import is_seen

MOST = 5
"""Words that are told. Who writes more of them is refused for the first."""
LONG = 4_000
"""Characters. More than two screens of a terminal are seldom read to the end."""
_GAP = 40
"""Spaces in a row: half a line, after which nobody looks for more."""
_WORD = re.compile(r"[^\W\d_]+")
_HIDDEN = re.compile(r"(?<!\\)(?:\\\\)*(\\u[0-9a-fA-F]{4})")
_BREAKS = {"\\u000a", "\\u000d", "\\u0009"}


def notices(params: str) -> tuple[str, ...]:
    """What there is to say of JSON text as approvers see it."""
    return tuple(_found(params))


def _found(params: str) -> Iterator[str]:
    hidden = sum(each.lower() not in _BREAKS for each in _HIDDEN.findall(params))
    hidden += sum(not is_seen(character) for character in params if character not in "\r\n\t")
    if hidden:
        many = "One character" if hidden == 1 else f"{hidden} characters"
        yield f"{many} in it cannot be seen where it is used: here it is an escape."
    gap = max((len(run) for run in re.findall(f" {{{_GAP},}}", params)), default=0)
    if gap:
        yield f"It has {gap} spaces in a row: look for what comes after them."
    if len(params) > LONG:
        yield f"It has {len(params)} characters: look at all of them."
    mixed = [word for word in dict.fromkeys(_WORD.findall(params)) if _is_mixed(word)]
    for word in mixed[:MOST]:
        others = ", ".join(_named(character) for character in dict.fromkeys(word) if not character.isascii())
        yield f"One word has letters of several scripts: {word[:_GAP]} ({others[:200]})."
    if len(mixed) > MOST:
        yield f"{len(mixed) - MOST} more words have letters of several scripts."


def _is_mixed(word: str) -> bool:
    return not word.isascii() and len({_script(character) for character in word} - {""}) > 1


def _script(character: str) -> str:
    """The first word of a letter's name, which is its script; marks and signs have none."""
    if not character.isalpha():
        return ""
    return unicodedata.name(character, "?").partition(" ")[0]


def _named(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, 'unnamed')}"
