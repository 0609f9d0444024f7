"""What is suspicious in a definition: text that people do not see, and text that speaks to the model.

It finds what is known from poisoned tools, in every string of a definition, names of members included. It is
no proof that a definition is harmless: whoever accepts one reads it. What it finds keeps a definition from
being accepted by itself. Every pattern runs in linear time: the text is an attacker's.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

import re2

from firedoor.model.definition import Suspicion
from firedoor.model.json import Json

LONG = 4_096
"""Characters of one text above which nobody reads it to its end."""
FEW = 24
"""Suspicions of one definition that are told. A flood of them hides the one that counts."""

_INVISIBLE = frozenset(
    (
        *(0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2800, 0x3164, 0xFEFF, 0xFFA0),
        *range(0x180B, 0x180E),
        *range(0x200B, 0x200E),
        *range(0x2060, 0x2065),
        *range(0x206A, 0x2070),
        *range(0xFE00, 0xFE10),
        *range(0xFFF9, 0xFFFC),
        *range(0xE0100, 0xE01F0),
        *range(0x1D173, 0x1D17B),
    )
)
"""Default-ignorable and blank characters, https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point."""
_BIDI = frozenset([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Trojan Source: what is shown in another order than it is read."""
_TAGS = range(0xE0000, 0xE0080)
"""ASCII in characters that no font shows and models read."""
_EMOJI_PARTS = frozenset([0x200D, 0xFE0F])
_PLAIN_CONTROLS = frozenset("\n\r\t")
_FIRST_PRINTED, _DELETE, _C1 = 0x20, 0x7F, range(0x80, 0xA0)

_INSTRUCTIONS = (
    r"\b(ignore|disregard|forget|override|bypass)\b.{0,40}"
    r"\b(previous|prior|above|earlier|preceding|all other|system|safety|user'?s?)\b.{0,40}"
    r"\b(instructions?|prompts?|messages?|rules?|guidelines?|directions?|request)",
    r"\b(do not|don'?t|never|without)\b.{0,30}\b(tell|telling|mention|mentioning|inform|informing|reveal|"
    r"revealing|notify|notifying|alert|alerting|show|showing|ask|asking)\b.{0,30}\bthe? ?(user|human|person|"
    r"operator|developer)",
    r"\b(before|prior to|when|whenever|after) (using|calling|invoking|running|you use|you call) "
    r"(this|any|every|any other|another|all|the other)( other)? (tool|function|server)",
    r"\b(you|the (assistant|model|agent|ai)) (must|should|shall|have to|need to|are required to) "
    r"(always |first |also |never |instead )*"
    r"(read|send|call|use|invoke|include|pass|copy|append|upload|forward|fetch|execute|run|ignore)\b",
    r"<\s*/?\s*(important|system|instructions?|secret|hidden|admin|assistant|prompt|critical)\b[^>]{0,60}>",
    r"\b(system prompt|system message|developer message|hidden instructions?|jailbreak|new instructions?:)",
    r"\[\s*(system|inst|/inst)\s*\]|<\|[a-z_]{1,20}\|>",
    r"\b(instead of|rather than|in place of) (using |calling )?(the |any )?"
    r"(other|original|built-?in|official)( \w+)? (tool|function)",
)
_PLACES = (
    r"(~|/home/[^/\s]+|/root|/users/[^/\s]+)/\.\w|\bid_(rsa|ed25519|ecdsa|dsa)\b|/etc/(passwd|shadow|sudoers)",
    r"\.(ssh|aws|gnupg|kube|netrc|npmrc|pypirc|git-credentials)(/|\b)|\b(mcp|claude_desktop_config)\.json\b",
    r"(^|[\s/'\"`(])\.env\b|\b(env|environ(ment)?) (variables?|vars?)\b.{0,40}\b(value|content|all|every)",
)
_MARKUP = (
    r"<\s*(script|iframe|img|svg|object|embed|style|link|meta|form|base)\b|\bon(error|load|click)\s*=|<!--",
    r"javascript:|vbscript:|data:text/html",
    r"!\[[^\]]{0,200}\]\(\s*https?:",
)
_PLACES_TO_SEND = (
    r"https?://[^\s/]{0,200}\.?(webhook\.site|requestbin\.\w+|pipedream\.net|ngrok(-free)?\.(io|app|dev)|"
    r"oast\.\w+|interact\.sh|oastify\.com|burpcollaborator\.net|beeceptor\.com|hookbin\.com|dnslog\.cn|"
    r"trycloudflare\.com|pastebin\.com|transfer\.sh|file\.io)\b",
    r"https?://([0-9]{1,3}\.){3}[0-9]{1,3}\b|https?://\[[0-9a-f:]+\]|https?://0x[0-9a-f]+|https?://[0-9]{8,10}\b",
    r"https?://[^\s/@]{1,200}@|https?://([^\s/]{1,200}\.)?xn--",
    r"https?://[^\s]{0,300}[?&][\w.-]{1,60}=(\{|\$|%7b|<)",
)
_BLOB = re2.compile(
    r"[A-Za-z0-9+/_-]{96,}={0,2}|(?:[0-9a-fA-F]{2}[\s:]?){64,}|(?:\\?[ux][0-9a-fA-F]{2,6}){16,}"
)
_PADDING = re2.compile(r"\s{120,}|(?:\n[ \t]*){20,}")
_ODD_KEYS = frozenset({"__proto__", "constructor", "prototype", "__class__"})
_SECRET_NAME = re2.compile(r"(?i)passw|secret|token|api.?key|credential|private.?key")
_NAME = re2.compile(r"\A[A-Za-z0-9_./-]{1,128}\z")


def _any(patterns: Sequence[str]) -> "re2.Pattern[str]":
    return re2.compile("(?is)" + "|".join(f"(?:{pattern})" for pattern in patterns))


_PHRASES = (
    ("instruction", "speaks to the model, not about the tool", _any(_INSTRUCTIONS)),
    ("place", "names a place where credentials are kept", _any(_PLACES)),
    ("markup", "holds markup that a client may run or load", _any(_MARKUP)),
    ("address", "names an address of a kind that data is sent to", _any(_PLACES_TO_SEND)),
)


def suspicions_of(definition: Json) -> tuple[Suspicion, ...]:
    """What is suspicious in it, the first `FEW` of them."""
    found: list[Suspicion] = []
    for where, text, is_key in _strings(definition):
        found += _of_key(where, text) if is_key else _of_text(where, text)
        if len(found) >= FEW:
            break
    name = definition.get("name") if isinstance(definition, Mapping) else None
    if isinstance(name, str) and _NAME.search(name) is None:
        found.append(Suspicion("name", "name", "The name has characters that names of tools do not have."))
    return tuple(dict.fromkeys(found))[:FEW]


def split_over(texts: Sequence[str]) -> dict[int, Suspicion]:
    """Phrases that only show when the descriptions of a list are read one after the other."""
    folded = [_folded(text[:_SEAM]) for text in texts], [_folded(text[-_SEAM:]) for text in texts]
    found: dict[int, Suspicion] = {}
    for index, (end, start) in enumerate(zip(folded[1], folded[0][1:], strict=False)):
        seam = f"{end} {start}"
        for kind, says, pattern in _PHRASES:
            hit = pattern.search(seam)
            if hit is not None and hit.start() < len(end) < hit.end() - 1:
                found[index] = found[index + 1] = Suspicion(
                    kind, "", f"Read together with its neighbour in the list, it {says}."
                )
    return found


_SEAM = 160
"""Characters on each side of where two definitions meet."""


def _strings(value: Json) -> Iterator[tuple[str, str, bool]]:
    """Every string with the way to it; names of members too."""
    waiting: list[tuple[str, Json]] = [("", value)]
    while waiting:
        where, here = waiting.pop()
        if isinstance(here, str):
            yield where, here, False
        elif isinstance(here, Mapping):
            for name, inner in here.items():
                path = f"{where}.{name}" if where else name
                yield path, name, True
                waiting.append((path, inner))
        elif isinstance(here, list | tuple):
            waiting += [(f"{where}.{index}", inner) for index, inner in enumerate(here)]


def _of_key(where: str, name: str) -> list[Suspicion]:
    found = [*_hidden(where, name)]
    if name in _ODD_KEYS:
        found.append(
            Suspicion("member", _shown(where), "A member has a name that changes objects in some languages.")
        )
    if name == "x-mcp-header" and _SECRET_NAME.search(where) is not None:
        said = "An argument that sounds like a secret is copied into a header."
        found.append(Suspicion("header", _shown(where), said))
    return found


def _of_text(where: str, text: str) -> list[Suspicion]:
    found = [*_hidden(where, text)]
    at = _shown(where)
    if len(text) > LONG and not _is_picture(where, text):
        found.append(
            Suspicion("long", at, f"The text has {len(text)} characters: nobody reads it to its end.")
        )
    if _PADDING.search(text) is not None:
        found.append(Suspicion("padding", at, "Blanks push a part of the text out of sight."))
    if not _is_picture(where, text) and any(_is_blob(hit.group()) for hit in _BLOB.finditer(text)):
        found.append(Suspicion("blob", at, "The text holds something encoded."))
    folded = _folded(text)
    found += [
        Suspicion(kind, at, f"The text {says}.") for kind, says, p in _PHRASES if p.search(folded) is not None
    ]
    return found


def _hidden(where: str, text: str) -> Iterator[Suspicion]:
    """Characters that people do not see, each kind once."""
    if text.isascii() and text.isprintable():
        return
    kinds: dict[str, str] = {}
    for index, character in enumerate(text):
        kind = _kind_of(character, text[index - 1] if index else "")
        if kind:
            kinds.setdefault(kind, f"U+{ord(character):04X}")
    for kind, code in kinds.items():
        yield Suspicion(kind, _shown(where), f"{_SAID[kind]} ({code}).")


_SAID = {
    "tag": "The text holds characters that only models read",
    "invisible": "The text holds characters that are not shown",
    "direction": "The text holds marks that change the order in which it is shown",
    "control": "The text holds characters that a terminal obeys",
    "private": "The text holds characters that no standard gives a meaning",
}


def _kind_of(character: str, before: str) -> str:
    code = ord(character)
    if code in _TAGS:
        return "tag"
    if code in _BIDI:
        return "direction"
    if code in _INVISIBLE:
        # Between and behind pictures they choose how the picture looks.
        is_picture = (
            code in _EMOJI_PARTS and before != "" and unicodedata.category(before) in ("So", "Sk", "Mn")
        )
        is_key_cap = code in _EMOJI_PARTS and before in _KEYCAPS
        return "" if is_picture or is_key_cap else "invisible"
    if code < _FIRST_PRINTED or code == _DELETE or code in _C1:
        return "" if character in _PLAIN_CONTROLS else "control"
    return "private" if unicodedata.category(character) in ("Co", "Cn", "Cs") else ""


_KEYCAPS = frozenset("0123456789#*\u00a9\u00ae\u2122\u2194\u2195\u21a9\u21aa\u203c\u2049\u2139")


def _folded(text: str) -> str:
    """As a model reads it: without what is not shown, one case, one width, one blank between words."""
    seen = "".join(c for c in text if ord(c) not in _INVISIBLE and ord(c) not in _BIDI)
    tagless = "".join(chr(ord(c) - _TAGS.start) if ord(c) in _TAGS else c for c in seen)
    return " ".join(unicodedata.normalize("NFKC", tagless).casefold().replace("\u2019", "'").split())


def _is_blob(text: str) -> bool:
    """Lines of dashes and long words are none."""
    kinds = len(set(text))
    is_hex = kinds >= _DISTINCT_HEX and text.strip("0123456789abcdefABCDEF: \n") == ""
    return "\\" in text or kinds >= _DISTINCT or is_hex


_DISTINCT, _DISTINCT_HEX = 20, 8


def _is_picture(where: str, text: str) -> bool:
    return "icons." in where and where.endswith(".src") and text.startswith("data:image/")


def _shown(where: str) -> str:
    """The way to a member, as it may be printed."""
    safe = "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in where[:200])
    return safe.encode("ascii", "backslashreplace").decode()
