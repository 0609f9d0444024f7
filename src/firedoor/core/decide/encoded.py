"""Words that are another text, encoded: percent signs of a URI, base64, hexadecimal. Judges nothing.

A tool that decodes an argument runs what no guard has seen. Only words without blanks are looked at: a text
with blanks is read as it is.
"""

import base64
import binascii
import re

_BLANK = re.compile(r"\s")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_MOST_DECODINGS = 3
"""A chain of servers may undo one encoding each."""
_BASE64 = re.compile(r"(?=.{8})[A-Za-z0-9+/_-]+={0,2}")
_HEX = re.compile(r"(?:0x|\\x)?((?:[0-9A-Fa-f]{2}){6,})")
_WORDS_OF_BASE64 = str.maketrans("-_", "+/")


def decoded(text: str) -> tuple[str, ...]:
    """Return the texts that a word stands for. None for most words: what is decoded has to be text."""
    if not text.isascii() or _BLANK.search(text) is not None:
        return ()
    found = (_of_uri(text), _of_base64(text), _of_hex(text))
    return tuple(one for one in found if one is not None)


def _of_uri(text: str) -> str | None:
    raw = text.encode()
    if _PERCENT.search(raw) is None and not ("?" in text and "+" in text):
        return None
    for _ in range(_MOST_DECODINGS):
        raw = _PERCENT.sub(lambda found: bytes.fromhex(found[1].decode()), raw.replace(b"+", b" "))
    plain = raw.decode(errors="replace")
    return None if plain == text else plain


def _of_base64(text: str) -> str | None:
    if _BASE64.fullmatch(text) is None:
        return None
    bare = text.rstrip("=").translate(_WORDS_OF_BASE64)
    try:
        return _as_text(base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True))
    except binascii.Error:
        return None


def _of_hex(text: str) -> str | None:
    match = _HEX.fullmatch(text)
    return None if match is None else _as_text(bytes.fromhex(match[1]))


def _as_text(raw: bytes) -> str | None:
    """What is text in UTF-8 or, as some write it, in UTF-16. Ids and hashes are neither."""
    for encoding in ("utf-8", "utf-16-le"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(sign.isprintable() or sign in "\r\n\t" for sign in text) and text.isascii():
            return text
    return None
