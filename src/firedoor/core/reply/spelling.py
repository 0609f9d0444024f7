r"""JSON text in the spelling that people read: a letter that was written as an escape is that letter.

`"\u0044ROP"` and `"DROP"` are one text to every upstream, and only one of them can be read by an approver.
What cannot be seen stays an escape, as do quotes and backslashes: nothing is understood, no text ends early,
and numbers, order and white space are kept.
"""

import re
import unicodedata

_ESCAPE = re.compile(r"((?:\\u[0-9a-fA-F]{4})+)|\\[^u]")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
"""General categories of what leaves no mark, or moves others."""
_BLANK = frozenset(
    map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0x1D159))
) | frozenset(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Letters, signs and marks that show nothing all the same: fillers, and selectors that can carry a text.
Those of Default_Ignorable_Code_Point, https://www.unicode.org/reports/tr44/, and two that are drawn empty."""
_KEPT = '"\\'


def is_seen(character: str) -> bool:
    """Whether a character leaves a mark that a reader sees, where it stands. A space does."""
    is_plain = character == " " or unicodedata.category(character) not in _UNSEEN
    return is_plain and character not in _BLANK


def spelled_out(text: str) -> str:
    """The same JSON, with every escape of a character that can be seen replaced by the character."""
    return _ESCAPE.sub(_spelled, text) if "\\" in text else text


def _spelled(found: re.Match[str]) -> str:
    if found[1] is None:
        return "/" if found[0] == "\\/" else found[0]
    units = bytes.fromhex(found[1].replace("\\u", ""))
    characters = units.decode("utf-16-be", "surrogatepass")
    return "".join(map(_one, characters))


def _one(character: str) -> str:
    if is_seen(character) and character not in _KEPT and not unicodedata.combining(character):
        return character
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
